"""The step of an import whose end is told where the step finds it."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from cdk_personalize_import_handler.custom_resource.outcome import FailedError, Outcome, Waiting
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.import_step import ImportStep
from cdk_personalize_import_handler.dataset_import.jobs import Job

logger = logging.getLogger(__name__)

DEPLOYMENT = "deployment"


class Clients(Protocol):
    """The AWS client that telling needs."""

    @property
    def events(self) -> Any: ...  # noqa: D102


def take_and_tell(step: ImportStep, cause: str, clients: Clients, now: float) -> Outcome:
    """Take a step, and tell the end of the import where the step finds it.

    Args:
        step: The step.
        cause: Who asked for the import.
        clients: The AWS clients.
        now: The time, in epoch seconds.

    Raises:
        FailedError: The import has failed.
        SupersededError: The request is not open any more.
    """
    failure, outcome = None, None
    try:
        outcome = step.take()
    except FailedError as error:
        failure = error
    request = step.request  # the step may have seen that it is about another job
    reason = str(failure) if failure else ""
    if isinstance(outcome, Waiting) or not (failure or step.ended) or _was_told(request, step.ended):
        return _result(outcome, failure)
    # Only an end needs it: nothing else shall pay for importing it.
    from cdk_personalize_import_handler.dataset_import.ending import Ending, NotToldError, tell

    try:
        ended_at = step.ended.updated if step.ended and step.ended.updated else now
        tell(Ending(request, cause, ended_at, step.ended, reason), clients)
    except NotToldError as error:
        logger.warning("%s", error)
        if now < request.deadline:
            # The next poll finds the same end.
            return Waiting(str(error), failure.memory if failure else outcome.memory if outcome else {})
    return _result(outcome, failure)


def _result(outcome: Outcome | None, failure: FailedError | None) -> Outcome:
    if failure is not None:
        raise failure
    assert outcome is not None
    return outcome


def _was_told(request: ImportRequest, job: Job | None) -> bool:
    """Return whether an earlier link of a chain saw the end, and told it."""
    return request.is_link and job is not None and 0 < job.updated < request.issued_at
