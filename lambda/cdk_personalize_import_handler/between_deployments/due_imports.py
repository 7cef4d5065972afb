"""Answers requests for imports between deployments. Nobody waits for a reply; the end is told as an event."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any, Protocol

from cdk_personalize_import_handler.between_deployments.due_import import DueImport
from cdk_personalize_import_handler.between_deployments.due_invocation import DueInvocation
from cdk_personalize_import_handler.between_deployments.due_request import (
    UPLOAD,
    DueRequest,
    moment,
    pending,
    quiet_period,
    read_due,
)
from cdk_personalize_import_handler.between_deployments.due_step import JoinedError
from cdk_personalize_import_handler.between_deployments.pending_import import PendingImport
from cdk_personalize_import_handler.custom_resource import invocation as custom_resource
from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.crhelper_resource import log_under
from cdk_personalize_import_handler.custom_resource.looks import take_looks
from cdk_personalize_import_handler.custom_resource.outcome import FailedError, Finished, SupersededError, Waiting
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError
from cdk_personalize_import_handler.custom_resource.request import poll_of
from cdk_personalize_import_handler.custom_resource.ticks import TICK
from cdk_personalize_import_handler.dataset_import import dataset_import

logger = logging.getLogger(__name__)


class Clients(custom_resource.Clients, dataset_import.Clients, Protocol):
    """The AWS clients."""


class DueImports:
    """The function's handler for imports between deployments.

    Args:
        clients: The AWS clients.
        clock: The time.
    """

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._due_import = DueImport(clients)
        self._clients = clients
        self._clock = clock

    def __call__(self, event: Mapping[str, Any], context: Any) -> None:
        """Take a request, or a poll that repeats it, one invocation further."""
        log_under(context)
        try:
            request = read_due(event, self._clock.time())
        except InvalidRequestError as error:
            logger.error("no request for an import: %s", error)  # Repeating it would change nothing.
            return
        ids = {"RequestId": request.request_id, "LogicalResourceId": request.logical_resource_id}
        log_under(context, RequestType=request.request_type, StackId=request.stack_id, **ids)
        if os.environ.get("STACK_ID", request.stack_id) != request.stack_id:
            logger.error("a request of another stack")
            return
        if event["RequestType"] == UPLOAD:
            ticks_from = self._clock.time() + quiet_period(event)
            later = pending(event, request.cause, request.asked_at)
            self._pending(request).put(later, request.asked_at, ticks_from, context.invoked_function_arn)
            return
        self._import(event, request, DueInvocation(self._clients, self._clock, request, context), context)

    def _import(self, event: Mapping[str, Any], request: DueRequest, invocation: DueInvocation, context: Any) -> None:
        try:
            if not request.is_poll and not self._is_next(event, request, invocation, context.invoked_function_arn):
                return
            outcome = take_looks(self._due_import, request, invocation)
        except JoinedError as joined:
            logger.info("nothing to do: %s", joined)
        except SupersededError:
            logger.info("the resource is being deleted, or another request has taken over")
            if not invocation.deployed().is_gone:
                return  # Delete ends the schedules: by them it sees that a job may have just been started.
        except (FailedError, InvalidRequestError) as failure:
            logger.info("failed: %s", failure)
        except Exception:
            if not request.is_poll:
                raise  # Lambda repeats the request.
            logger.exception("this poll failed, the next one tries again")
            return
        else:
            if not isinstance(outcome, Finished):
                logger.info("%s", outcome.reason)
                if not request.is_poll or outcome.memory != request.memory:
                    _poll_later(event, request, invocation, outcome)
                return
            logger.info("imported")
            self._start_followers(request, outcome, context.invoked_function_arn)
        if request.is_pending and not request.is_poll:
            self._pending(request).remove(request.asked_at)
        invocation.end_polls()

    def _is_next(
        self, event: Mapping[str, Any], request: DueRequest, invocation: DueInvocation, function_arn: str
    ) -> bool:
        """Return whether this import is the construct's next one, and is polled for from now on.

        The polls are there before the job, so that of two requests at the same time one sees the other. One that has
        to wait for others, which may have begun before it was asked for, is pending meanwhile.

        Raises:
            JoinedError: Another import of the construct does what was asked for.
            SupersededError: The resource is being deleted.
        """
        reason = self._due_import.step(request, invocation).others()
        if not reason:
            try:
                invocation.keep_polling(poll_of(event, request, {}), overwrite=False)
            except SupersededError:
                reason = "another import of this construct was a moment earlier, or the resource is being deleted"
        if reason:
            logger.info("%s", reason)
            self._let_wait(event, request, function_arn)
            return False
        if request.is_pending:
            # Whatever is uploaded before this is older than the job, so the job covers it.
            self._pending(request).remove()
        return True

    def _let_wait(self, event: Mapping[str, Any], request: DueRequest, function_arn: str) -> None:
        """Let an import be pending that isn't yet."""
        if request.is_pending:
            return
        later = pending(event, request.cause, request.asked_at)
        self._pending(request).put(later, request.asked_at, self._clock.time() + TICK, function_arn)

    def _start_followers(self, request: DueRequest, outcome: Finished, function_arn: str) -> None:
        """Let the imports that add to this one, whose data it has replaced, be pending.

        They are asked for when this one ended: who finds that end once more asks for nothing new.
        """
        now = self._clock.time()
        ended_at = outcome.attributes["LastUpdatedDateTime"]
        asked_at = moment(ended_at) if ended_at else now
        for follower in request.followers:
            event = pending(follower, request.cause, asked_at)
            self._pending(read_due(event, now)).put(event, asked_at, now, function_arn)

    def _pending(self, request: DueRequest) -> PendingImport:
        group, role_arn = os.environ["SCHEDULE_GROUP_NAME"], os.environ["SCHEDULE_ROLE_ARN"]
        return PendingImport(self._clients.scheduler, group, role_arn, request)


def _poll_later(event: Mapping[str, Any], request: DueRequest, invocation: DueInvocation, outcome: Waiting) -> None:
    try:
        invocation.keep_polling(poll_of(event, request, outcome.memory), overwrite=bool(outcome.result_id))
    except SupersededError:
        logger.info("the resource is being deleted, or another request has taken over")
