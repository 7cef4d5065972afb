"""The function's entry point: wires the parts together, once per execution environment."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from cdk_personalize_import_handler.clients import Boto3Clients, Clients
from cdk_personalize_import_handler.custom_resource.poll_schedule import NewerRequestError, PollSchedule
from cdk_personalize_import_handler.custom_resource.polled_resource import PolledResource
from cdk_personalize_import_handler.custom_resource.reply import Clock, Put, put_over_https
from cdk_personalize_import_handler.dataset_import import spacing
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.jobs import DatasetImportJobs
from cdk_personalize_import_handler.dataset_import.reconcile import reconcile
from cdk_personalize_import_handler.dataset_import.step import UNLISTED, Finished, Outcome, Surroundings, Waiting

logger = logging.getLogger(__name__)

# Later than this CloudFormation may have given the request up: who would start a job asks it before.
_PROMPT = 10.0


def make_handler(clients: Clients, clock: Clock, put: Put) -> Callable[[dict[str, Any], Any], None]:
    """Return the function's handler.

    Args:
        clients: The AWS clients.
        clock: The time.
        put: Sends a reply and returns the HTTP status.
    """

    def is_prompt(request: ImportRequest) -> bool:
        return clock.time() < request.issued_at + _PROMPT

    def is_open(request: ImportRequest) -> bool:
        if is_prompt(request):
            return True
        from cdk_personalize_import_handler.custom_resource import stack_resource

        return stack_resource.is_waiting(clients.cloudformation, request)

    def schedule_for(request: ImportRequest) -> PollSchedule:
        group, role_arn = os.environ["SCHEDULE_GROUP_NAME"], os.environ["SCHEDULE_ROLE_ARN"]
        return PollSchedule(clients.scheduler, clock, group, role_arn, request, lambda: is_open(request))

    def preflight(request: ImportRequest) -> Sequence[str]:
        # Only a request that is about to start a job needs it.
        from cdk_personalize_import_handler.dataset_import.preflight import check

        verdict = check(request, clients.personalize, clients.s3, clock)
        for warning in verdict.warnings:
            logger.warning("%s", warning)
        return verdict.errors

    def is_current(request: ImportRequest) -> bool:
        if is_prompt(request) and not request.is_poll:
            return True
        return schedule_for(request).is_current() and is_open(request)

    def lives_on(request: ImportRequest) -> bool:
        from cdk_personalize_import_handler.custom_resource import stack_resource

        return stack_resource.lives_on(clients.cloudformation, request)

    def look(request: ImportRequest) -> Outcome:
        surroundings = Surroundings(
            jobs=DatasetImportJobs(clients.personalize, request.dataset_arn),
            now=clock.time(),
            is_current=lambda: is_current(request),
            lives_on=lambda: lives_on(request),
            preflight=lambda: preflight(request),
        )
        return reconcile(request, surroundings)

    def step(request: ImportRequest, context: Any) -> Outcome:
        if not request.is_poll:
            return first_look(request)
        if request.request_type == "Delete":
            # A Create whose first invocation was under way has made its schedule by now.
            end_imports(request)
        invoked_at = clock.time()
        # What could not be started or seen yet is tried each minute, whatever the interval.
        may_wait = request.progress.follows_job and invoked_at < request.deadline
        if may_wait and not spacing.is_due(invoked_at, request.issued_at, request.poll_interval):
            return Waiting("not due", request.progress)
        while True:
            outcome = look(request)
            if isinstance(outcome, Finished):
                return look_again(request, outcome)
            request = replace(request, progress=outcome.progress)
            wait = spacing.seconds_to_next_look(
                now=clock.time(),
                invoked_at=invoked_at,
                remaining=context.get_remaining_time_in_millis() / 1000,
                job=outcome.job,
                history=outcome.history,
                poll_interval=request.poll_interval,
            )
            if wait is None:
                return outcome
            clock.sleep(wait)

    def first_look(request: ImportRequest) -> Outcome:
        if request.request_type == "Delete":
            end_imports(request)
            return look_again(request, look(request))
        if request.request_type == "Update":
            schedule_for(request).end_older()
        return look(request)

    def look_again(request: ImportRequest, outcome: Outcome) -> Outcome:
        # A Delete under an id that CloudFormation made up: the Create may be about to start its job.
        unlisted_for = request.issued_at + UNLISTED - clock.time()
        is_sure = request.request_type != "Delete" or _is_ours(request) or unlisted_for <= 0
        if is_sure or isinstance(outcome, Waiting):
            return outcome
        clock.sleep(unlisted_for)
        end_imports(request)
        return look(request)

    def end_imports(request: ImportRequest) -> None:
        # A Delete that arrives a second time, when the resource is being created again, leaves that be.
        with contextlib.suppress(NewerRequestError):
            schedule_for(request).end_older()

    resource = PolledResource(clock, put, schedule_for)
    resource.answered_by(step)
    return resource


def _is_ours(request: ImportRequest) -> bool:
    physical_id = request.physical_resource_id
    return physical_id == request.id_without_job or ":dataset-import-job/" in physical_id


@functools.cache
def _default_handler() -> Callable[[dict[str, Any], Any], None]:
    clients = Boto3Clients()
    _ = clients.personalize  # every request needs it; made while Lambda starts the environment
    return make_handler(clients, time, put_over_https)


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer a request of CloudFormation, or a poll."""
    _default_handler()(event, context)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _default_handler()
    gc.freeze()
    gc.enable()
