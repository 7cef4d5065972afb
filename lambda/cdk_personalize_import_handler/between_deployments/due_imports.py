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
from cdk_personalize_import_handler.custom_resource.outcome import FailedError, Finished, SupersededError
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError
from cdk_personalize_import_handler.custom_resource.request import poll_of
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
        invocation = DueInvocation(self._clients, self._clock, request, context)
        try:
            if request.is_pending and not request.is_poll and not self._leave_pending(event, request, invocation):
                return
            outcome = take_looks(self._due_import, request, invocation)
        except JoinedError as joined:
            logger.info("nothing to do: %s", joined)
        except SupersededError:
            logger.info("the resource is being deleted, or another request has taken over")
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
                    poll = poll_of(event, request, outcome.memory)
                    invocation.keep_polling(poll, overwrite=bool(outcome.result_id))
                return
            logger.info("imported")
            self._start_followers(request, context.invoked_function_arn)
        if request.is_pending and not request.is_poll:
            self._pending(request).remove()
        invocation.end_polls()

    def _leave_pending(self, event: Mapping[str, Any], request: DueRequest, invocation: DueInvocation) -> bool:
        """Return whether a pending import can start now, and is polled for from now on.

        Whatever is uploaded before the pending schedule is deleted is older than the job, so the job covers it.
        """
        reason = self._due_import.step(request, invocation).others()
        if reason:
            logger.info("%s", reason)
            return False
        invocation.keep_polling(poll_of(event, request, {}), overwrite=False)
        self._pending(request).remove()
        return True

    def _start_followers(self, request: DueRequest, function_arn: str) -> None:
        """Let the imports that add to this one, whose data it has replaced, be pending."""
        now = self._clock.time()
        for follower in request.followers:
            event = pending(follower, request.cause, now)
            self._pending(read_due(event, now)).put(event, now, now, function_arn)

    def _pending(self, request: DueRequest) -> PendingImport:
        group, role_arn = os.environ["SCHEDULE_GROUP_NAME"], os.environ["SCHEDULE_ROLE_ARN"]
        return PendingImport(self._clients.scheduler, group, role_arn, request)
