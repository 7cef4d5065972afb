"""What a step knows, and how it waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cdk_personalize_import_handler.custom_resource.outcome import Waiting
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.jobs import DatasetImportJobs, Job
from cdk_personalize_import_handler.dataset_import.spacing import seconds_to_next_look, seconds_to_next_try

if TYPE_CHECKING:
    from cdk_personalize_import_handler.dataset_import.held_data import HeldData
    from cdk_personalize_import_handler.dataset_import.preflight import Verdict

# Roles and policies that were just made or changed take this long, at the most, to be known everywhere.
PERMISSION_GRACE = 180.0
# A job of an earlier request, which CloudFormation gave up, is listed so long after the newer request was sent.
UNLISTED = 20.0


@dataclass(frozen=True, eq=False, repr=False)
class Surroundings:
    """What a step needs besides the request.

    Attributes:
        jobs: The dataset's jobs.
        now: The time, in epoch seconds.
        is_current: Tells whether CloudFormation still waits for this request.
        is_rolling_back: Tells whether the request is part of a rollback.
        only_cleans_up: Tells whether a Delete only cleans up an id that an Update has replaced.
        is_due: Tells whether an import between deployments is under way.
        preflight: Looks for what would make the import fail.
    """

    jobs: DatasetImportJobs
    now: float
    is_current: Callable[[], bool]
    is_rolling_back: Callable[[], bool]
    only_cleans_up: Callable[[], bool]
    is_due: Callable[[], bool]
    preflight: Callable[[], Verdict]


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

    @property
    def request(self) -> ImportRequest:
        """The request."""
        return self._request

    def _waiting(
        self, reason: str, job: Job | None = None, listed: Sequence[Job] = (), *, is_denied: bool = False
    ) -> Waiting:
        progress = replace(self._progress, denied_since=self._denied_since if is_denied else 0.0)
        now, interval = self._surroundings.now, self._request.poll_interval
        if job or progress.follows_job:
            pause = seconds_to_next_look(now=now, job=job, listed=listed, poll_interval=interval)
        else:
            pause = seconds_to_next_try(now=now, issued_at=self._request.issued_at, poll_interval=interval)
        return Waiting(reason, progress.memory, pause, self._request.job_arn if progress.started else "")

    def _held_data(self, resource: str) -> HeldData:
        # A first import into a dataset doesn't need it.
        from cdk_personalize_import_handler.dataset_import.held_data import HeldData

        return HeldData(self._jobs.all(), self._jobs.dataset_created(), resource)

    def _explained(self, reason: str) -> str:
        """Return why an import failed, with what the preflight warned of, if that bears on it."""
        if not self._progress.warnings:
            return reason
        from cdk_personalize_import_handler.dataset_import.explanation import explained

        return explained(reason, self._progress.warnings)
