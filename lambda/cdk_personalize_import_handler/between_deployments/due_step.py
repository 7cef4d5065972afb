"""One look at an import between deployments."""

from __future__ import annotations

from collections.abc import Callable

from cdk_personalize_import_handler.between_deployments.due_request import DueRequest
from cdk_personalize_import_handler.custom_resource.outcome import Outcome, Waiting
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.import_step import ImportStep
from cdk_personalize_import_handler.dataset_import.jobs import Job
from cdk_personalize_import_handler.dataset_import.service_errors import NotPermittedError, RefusedError, TryAgainError
from cdk_personalize_import_handler.dataset_import.step import Surroundings


class JoinedError(Exception):
    """Another import of the construct does what was asked for."""


class DueStep(ImportStep):
    """A step of an import between deployments: like a Create's, but it gives way to others of its construct.

    Args:
        request: The request.
        due: What is particular to it.
        surroundings: What the step needs besides.
        others_poll: Tells whether another request of the construct has polls.
    """

    def __init__(
        self, request: ImportRequest, due: DueRequest, surroundings: Surroundings, others_poll: Callable[[], bool]
    ) -> None:
        super().__init__(request, surroundings)
        self._due = due
        self._others_poll = others_poll

    @property
    def cause(self) -> str:
        """What asked for the import."""
        return self._due.cause

    def take(self) -> Outcome:
        """Take the step.

        Raises:
            FailedError: The import has failed.
            JoinedError: Another import of the construct does what was asked for.
            SupersededError: The resource is being deleted.
        """
        if not self._progress.started:
            self._is_late = self._surroundings.now >= self._due.start_by
            reason = self.others()
            if reason:
                return Waiting(reason, self._progress.memory)
        return super().take()

    def others(self) -> str:
        """Return what of the construct has to end before this import can start, empty where nothing has.

        Raises:
            JoinedError: Another import of the construct does what was asked for.
        """
        try:
            jobs = self._jobs.all()
        except (TryAgainError, NotPermittedError, RefusedError):
            return ""  # The step finds that out as well, and says what follows from it.
        ours = [job for job in jobs if job.parts and job.parts.resource == self._request.job_name.resource]
        if any(job.name == str(self._request.job_name) for job in ours):
            return ""
        covering = next((job for job in ours if self._covers(job)), None)
        if covering:
            raise JoinedError(f"{covering.name} began after this import was asked for")
        running = next((job.name for job in ours if job.is_running), "")
        # A poll has the schedule to itself; who comes new may find another's.
        if not running and not (not self._due.is_poll and self._others_poll()):
            return ""
        if not self._due.is_pending:
            raise JoinedError(f"another import of this construct is under way {running}".rstrip())
        return f"waiting for another import of this construct to end {running}".rstrip()

    def _covers(self, job: Job) -> bool:
        same_spec = job.parts is not None and job.parts.spec == self._request.job_name.spec
        return same_spec and not job.is_failed and job.created > self._due.asked_at
