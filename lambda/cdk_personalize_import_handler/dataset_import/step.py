"""What a step knows, and what can come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.jobs import DatasetImportJobs, Job
from cdk_personalize_import_handler.dataset_import.progress import Progress

# Roles and policies that were just made or changed take this long, at the most, to be known everywhere.
PERMISSION_GRACE = 180.0
# A job of an earlier request, which CloudFormation gave up, is listed so long after the newer request was sent.
UNLISTED = 20.0


class ImportFailedError(Exception):
    """The request has failed.

    Attributes:
        physical_id: The PhysicalResourceId to reply with.
        job_arn: The ARN of the job, empty if there is none.
    """

    def __init__(self, message: str, physical_id: str, job_arn: str = "") -> None:
        super().__init__(message)
        self.physical_id = physical_id
        self.job_arn = job_arn


class SupersededError(Exception):
    """A newer request for the same resource has taken over: this one must neither start a job nor reply."""


@dataclass(frozen=True)
class Finished:
    """The request has succeeded."""

    physical_id: str
    attributes: dict[str, str]
    warning: str = ""


@dataclass(frozen=True)
class Waiting:
    """The request has no answer yet."""

    reason: str
    progress: Progress
    job: Job | None = None
    history: tuple[Job, ...] = ()


Outcome = Finished | Waiting


@dataclass(frozen=True)
class Surroundings:
    """What a step needs besides the request.

    Attributes:
        jobs: The dataset's jobs.
        now: The time, in epoch seconds.
        is_current: Tells whether CloudFormation still waits for this request.
        lives_on: Tells whether a Delete only cleans up an id that an Update has replaced.
        preflight: Returns what is certain to fail, a sentence each.
    """

    jobs: DatasetImportJobs
    now: float
    is_current: Callable[[], bool]
    lives_on: Callable[[], bool]
    preflight: Callable[[], Sequence[str]]


class Step:
    """One look at where a request stands, and what follows from it."""

    def __init__(self, request: ImportRequest, surroundings: Surroundings) -> None:
        self._request = request
        self._progress = request.progress
        self._surroundings = surroundings
        self._jobs = surroundings.jobs
        self._is_late = surroundings.now >= request.deadline
        self._denied_since = self._progress.denied_since or surroundings.now
        self._is_denied_for_good = surroundings.now >= self._denied_since + PERMISSION_GRACE

    def _waiting(
        self, reason: str, job: Job | None = None, history: Sequence[Job] = (), *, is_denied: bool = False
    ) -> Waiting:
        progress = replace(self._progress, denied_since=self._denied_since if is_denied else 0.0)
        return Waiting(reason, progress, job, tuple(history))
