"""The custom resource: it answers a request at once, or in a later poll, and knows that its reply has arrived."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crhelper import FAILED

from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.crhelper_resource import CrhelperResource, log_under
from cdk_personalize_import_handler.custom_resource.event_check import why_not_answered
from cdk_personalize_import_handler.custom_resource.invocation import Clients, Invocation
from cdk_personalize_import_handler.custom_resource.looks import take_looks
from cdk_personalize_import_handler.custom_resource.names import id_without_result
from cdk_personalize_import_handler.custom_resource.outcome import (
    FailedError,
    Finished,
    Outcome,
    ScheduleError,
    SupersededError,
    Waiting,
)
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError
from cdk_personalize_import_handler.custom_resource.reply import Put, deliver, reply_body
from cdk_personalize_import_handler.custom_resource.request import Request, poll_of, read_request
from cdk_personalize_import_handler.custom_resource.resource import Resource

logger = logging.getLogger(__name__)


class UndeliveredReplyError(Exception):
    """CloudFormation did not accept the reply, and no schedule will send it again."""


class PolledResource(CrhelperResource):
    """A custom resource that answers at once, or in a later poll.

    Args:
        resource: Looks where a request stands.
        clients: The AWS clients that polling needs.
        clock: The time.
        put: Sends a reply.
    """

    def __init__(self, resource: Resource, clients: Clients, clock: Clock, put: Put) -> None:
        super().__init__()
        self._resource = resource
        self._clients = clients
        self._clock = clock
        self._put = put
        self._forget()

    def _forget(self) -> None:
        """Forget the request before."""
        self._request: Request | None = None
        self._invocation: Invocation | None = None
        self._outcome: Outcome | FailedError | None = None
        self._superseded = self._undelivered = False
        self._result_id = ""

    def __call__(self, event: dict[str, Any], context: Any) -> None:
        """Answer a request, or leave it to the next poll.

        Raises:
            UndeliveredReplyError: Neither the reply nor a schedule for it was accepted; Lambda repeats the event.
        """
        self._forget()
        why_not = why_not_answered(event)
        if why_not:
            log_under(context)
            logger.error("not a request from CloudFormation for a resource of this stack: %s", why_not)
            return
        super().__call__(event, context)
        if self._undelivered:
            raise UndeliveredReplyError("the reply was not accepted")

    def _answer(self, event: dict[str, Any], context: Any) -> str | None:
        """Return the PhysicalResourceId to reply with, None while there is no answer."""
        request = self._request = read_request(event, self._clock.time())
        invocation = self._invocation = Invocation(self._clients, self._clock, request, context)
        try:
            outcome = self._outcome = take_looks(self._resource, request, invocation)
        except SupersededError:
            logger.info("a newer request has taken over")
            self._superseded = True
            return None
        except FailedError as failure:
            logger.info("failed: %s", failure)
            self._outcome = failure
            if request.is_answered:
                logger.warning("what went on in the background has failed: %s", failure)
                return None
            self._fail(str(failure), failure.result_id)
            return failure.result_id or failure.physical_id
        except InvalidRequestError:
            raise
        except Exception:
            if request.is_poll and self._clock.time() < request.deadline:
                logger.exception("this poll failed, the next one tries again")
                return None
            raise
        if not isinstance(outcome, Finished):
            logger.info("%s", outcome.reason)
            return None
        if outcome.warning:
            logger.warning("%s", outcome.warning)
        if request.is_answered:
            logger.info("what went on in the background is done: %s", outcome.attributes)
            return None
        self.Data = dict(outcome.attributes)
        return outcome.physical_id

    def _polling_init(self, event: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Reply, or let polls go on."""
        request, invocation, outcome = self._request, self._invocation, self._outcome
        if self._superseded:
            if request is not None and invocation is not None and request.is_poll:
                invocation.end_polls()
        elif request is not None and request.is_answered and isinstance(outcome, Finished | FailedError):
            if invocation is not None:
                invocation.end_polls()
        elif self.PhysicalResourceId or self.Status == FAILED:
            self._send_response = True
        elif request is not None and invocation is not None and isinstance(outcome, Waiting):
            if request.is_poll and outcome.memory == request.memory:
                return
            try:
                self._poll_later(request, invocation, outcome.memory, overwrite=bool(outcome.result_id))
            except ScheduleError as error:
                self._reply_without_polls(request, outcome.result_id, error)

    def _poll_later(
        self, request: Request, invocation: Invocation, memory: Mapping[str, Any], *, overwrite: bool
    ) -> None:
        try:
            invocation.keep_polling(poll_of(self._event, request, memory), overwrite=overwrite)
        except SupersededError:
            logger.info("a newer request has taken over")

    def _reply_without_polls(self, request: Request, result_id: str, error: ScheduleError) -> None:
        if request.is_poll:
            logger.warning("%s; they go on with what was known before", error)
            return
        self._send_response = True
        if request.request_type == "Delete":
            logger.warning("deleted without waiting any longer: %s", error)
        else:
            self._fail(str(error), result_id)
            self.PhysicalResourceId = result_id

    def _fail(self, reason: str, result_id: str) -> None:
        self.Status, self.Reason, self._result_id = FAILED, reason, result_id

    def generate_physical_id(self, event: Mapping[str, Any]) -> str:
        """Return an id for a resource that came to nothing."""
        return id_without_result(self._resource.kind, event["StackId"], event["LogicalResourceId"])

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:  # noqa: ARG002
        """Send the reply, and end the polls once it was accepted, or let them go on in the background."""
        if self._request is not None and self._request.is_answered:
            logger.error("not replied to an answered request: %s", reason or self.Reason)
            return
        failed = (status or self.Status) == FAILED
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
        result = f"{self._resource.noun} {self._result_id}, " if self._result_id else ""
        origin = f" ({result}log stream {getattr(self._context, 'log_stream_name', '')})"
        body = reply_body(fields, str(reason or self.Reason), origin if failed else "")
        if not deliver(self._put, self._response_url, body, self._clock):
            self._reply_later()
        elif isinstance(self._outcome, Finished) and self._outcome.goes_on_until:
            self._go_on(self._outcome)
        elif self._request is not None and self._invocation is not None and self._request.is_poll:
            self._invocation.end_polls()

    def _go_on(self, outcome: Finished) -> None:
        """Let the polls of an answered request go on."""
        assert self._request is not None
        assert self._invocation is not None
        answered = replace(self._request, is_answered=True, deadline=outcome.goes_on_until)
        try:
            self._poll_later(answered, self._invocation, outcome.memory, overwrite=True)
        except ScheduleError as error:
            logger.warning("nothing goes on in the background: %s", error)

    def _reply_later(self) -> None:
        """Let a poll send the reply that was not accepted."""
        request, invocation, outcome = self._request, self._invocation, self._outcome
        if request is None or invocation is None:
            self._undelivered = True
        elif not request.is_poll:
            memory = outcome.memory if outcome else {}
            came_to_nothing = outcome is None or (isinstance(outcome, FailedError) and not outcome.result_id)
            try:
                self._poll_later(request, invocation, memory, overwrite=not came_to_nothing)
            except ScheduleError as error:
                logger.warning("%s", error)
                self._undelivered = True
