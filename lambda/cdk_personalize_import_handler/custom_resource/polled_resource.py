"""crhelper's resource, with polling on a schedule and a reply that is known to have arrived.

crhelper calls the decorated functions, turns what they return or raise into a status, and asks the methods below to
poll and to reply. What is replaced, and why:

- Polling: crhelper makes an EventBridge rule and edits the function's permissions for each request, and leaves both
  behind when the function dies.
- Reply: crhelper takes any HTTP status for success, removes the polling before the reply is sent, and cuts the head off
  a long reason.
- Timeout: crhelper reports a failure when the function is about to time out; here the next invocation goes on.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from crhelper import FAILED, CfnResource

from cdk_personalize_import_handler.custom_resource.poll_schedule import NewerRequestError, PollSchedule, ScheduleError
from cdk_personalize_import_handler.custom_resource.reply import Clock, Put, deliver, reply_body
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest, read_request
from cdk_personalize_import_handler.dataset_import.job_name import resource_hash
from cdk_personalize_import_handler.dataset_import.properties import InvalidRequestError
from cdk_personalize_import_handler.dataset_import.step import ImportFailedError, Outcome, SupersededError, Waiting

logger = logging.getLogger(__name__)

_REPLY_MEMBERS = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId", "RequestType")


class UndeliveredReplyError(Exception):
    """CloudFormation did not accept the reply, and no schedule will send it again."""


class PolledResource(CfnResource):
    """A custom resource whose requests one function answers, at once or in a later poll.

    Args:
        clock: The time.
        put: Sends a reply.
        schedule_for: Returns the schedule of a request's resource.
    """

    # crhelper's own, which its type stubs leave out.
    _event: dict[str, Any]
    _context: Any
    _response_url: str
    _create_func: Any

    def __init__(self, clock: Clock, put: Put, schedule_for: Callable[[ImportRequest], PollSchedule]) -> None:
        # crhelper makes clients for its own polling, except where it believes to run in SAM's local Lambda.
        os.environ["AWS_SAM_LOCAL"] = "true"
        try:
            # At DEBUG crhelper logs the whole event, with the signed ResponseURL.
            super().__init__(json_logging=True, log_level="INFO", boto_level="ERROR", sleep_on_delete=0)
        finally:
            del os.environ["AWS_SAM_LOCAL"]
        self._sam_local = None
        self._clock = clock
        self._put = put
        self._schedule_for = schedule_for
        self._request: ImportRequest | None = None
        self._outcome: Outcome | None = None
        self._superseded = False
        self._job_arn = ""
        self._undelivered = False

    def __call__(self, event: dict[str, Any], context: Any) -> None:
        """Answer a request, or leave it to the next poll.

        Raises:
            UndeliveredReplyError: Neither the reply nor a schedule for it was accepted; Lambda repeats the event.
        """
        missing = [member for member in _REPLY_MEMBERS if not event.get(member)]
        if missing:
            logger.error("not a request from CloudFormation: it has no %s", ", ".join(missing))
            return
        self._request = self._outcome = None
        self._superseded = self._undelivered = False
        self._job_arn = ""
        super().__call__(event, context)
        if self._undelivered:
            raise UndeliveredReplyError("the reply was not accepted")

    def answered_by(self, step: Callable[[ImportRequest, Any], Outcome]) -> None:
        """Answer every kind of request, and every poll, by this function.

        It raises ImportFailedError for a request that has failed and SupersededError for one that is not open any more.
        """

        @self.create
        @self.update
        @self.delete
        @self.poll_create
        @self.poll_update
        @self.poll_delete
        def answer(event: dict[str, Any], context: Any) -> str | None:
            request = self._request = read_request(event, self._clock.time())
            try:
                outcome = self._outcome = step(request, context)
            except (SupersededError, NewerRequestError):
                logger.info("a newer request has taken over")
                self._superseded = True
                return None
            except ImportFailedError as failure:
                logger.info("failed: %s", failure)
                self.Status, self.Reason, self._job_arn = FAILED, str(failure), failure.job_arn
                return failure.physical_id
            except InvalidRequestError:
                raise
            except Exception:
                if request.is_poll and self._clock.time() < request.deadline:
                    logger.exception("this poll failed, the next one tries again")
                    return None
                raise
            if isinstance(outcome, Waiting):
                logger.info("%s", outcome.reason)
                return None
            if outcome.warning:
                logger.warning("%s", outcome.warning)
            self.Data = dict(outcome.attributes)
            return outcome.physical_id

    def _set_timeout(self) -> None:
        """Leave an invocation that is cut off to the next one."""

    def _get_func(self) -> Any:
        kind = self._event["RequestType"].lower()
        name = f"_poll_{kind}_func" if "Poll" in self._event else f"_{kind}_func"
        # An unknown kind gets the function as well, which refuses it with a sentence.
        return getattr(self, name, self._create_func)

    def _poll_enabled(self) -> bool:
        return True

    def _polling_init(self, event: Mapping[str, Any]) -> None:
        if self._superseded:
            if self._request is not None and self._request.is_poll:
                self._schedule_for(self._request).remove()
            return
        if self.PhysicalResourceId or self.Status == FAILED:
            self._send_response = True
            return
        request, outcome = self._request, self._outcome
        if request is None or not isinstance(outcome, Waiting):
            return
        if request.is_poll and outcome.progress == request.progress:
            return
        try:
            self._schedule_for(request).keep(request.as_poll(event, outcome.progress), self._function_arn)
        except NewerRequestError:
            logger.info("a newer request has taken over")
        except ScheduleError as error:
            self._send_response = True
            if request.request_type == "Delete":
                logger.warning("deleted while a job still runs: %s", error)
                return
            self.Status, self.Reason = FAILED, str(error)
            if outcome.progress.started:
                self.PhysicalResourceId = self._job_arn = request.job_arn

    @property
    def _function_arn(self) -> str:
        arn: str = self._context.invoked_function_arn
        return arn

    def generate_physical_id(self, event: Mapping[str, Any]) -> str:
        """Return an id for a resource that has no job."""
        return f"dataset-import-job-{resource_hash(event['StackId'], event['LogicalResourceId'])}"

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:  # noqa: ARG002
        """Send the reply, and end the polls once it was accepted."""
        physical_id = self.PhysicalResourceId or self._event.get("PhysicalResourceId")
        fields = {
            "Status": status or self.Status,
            "PhysicalResourceId": physical_id or self.generate_physical_id(self._event),
            "StackId": self.StackId,
            "RequestId": self.RequestId,
            "LogicalResourceId": self.LogicalResourceId,
            "NoEcho": self.NoEcho,
            "Data": self.Data,
        }
        failed = fields["Status"] == FAILED
        stream = getattr(self._context, "log_stream_name", "")
        origin = f"job {self._job_arn}, log stream {stream}" if self._job_arn else f"log stream {stream}"
        body = reply_body(fields, str(reason or self.Reason), f" ({origin})" if failed else "")
        accepted = deliver(self._put, self._response_url, body, self._clock)
        request = self._request
        if accepted and request is not None and request.is_poll:
            self._schedule_for(request).remove()
        if not accepted:
            self._reply_later()

    def _reply_later(self) -> None:
        """Let a poll send the reply that was not accepted."""
        request = self._request
        if request is None:
            self._undelivered = True
        elif not request.is_poll:
            progress = replace(request.progress, started=self.PhysicalResourceId == request.job_arn)
            try:
                self._schedule_for(request).keep(request.as_poll(self._event, progress), self._function_arn)
            except NewerRequestError:
                logger.info("a newer request has taken over")
            except ScheduleError as error:
                logger.warning("%s", error)
                self._undelivered = True
