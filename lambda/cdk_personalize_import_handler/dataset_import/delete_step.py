"""Delete: no job of the resource runs at the end, so that its role and its dataset can be deleted.

Personalize can neither stop nor delete a job.
"""

from __future__ import annotations

from dataclasses import replace

from cdk_personalize_import_handler.custom_resource.outcome import Finished, Outcome
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.jobs import Job
from cdk_personalize_import_handler.dataset_import.service_errors import NotPermittedError, RefusedError, TryAgainError
from cdk_personalize_import_handler.dataset_import.step import Step


class DeleteStep(Step):
    """A step of a Delete."""

    def take(self) -> Outcome:
        """Look for jobs of the resource that still run."""
        if not self._request.dataset_arn:
            return self._deleted()
        try:
            running = self._running()
        except RefusedError:
            return self._deleted()  # The dataset is gone.
        except (TryAgainError, NotPermittedError) as error:
            is_denied = isinstance(error, NotPermittedError)
            if self._is_late or (is_denied and self._is_denied_for_good):
                return self._deleted(warning=f"deleted without seeing whether a job still runs: {error}")
            return self._waiting(f"waiting to see the jobs: {error}", is_denied=is_denied)
        if not running or self._only_cleans_up(running):
            return self._deleted()
        names = ", ".join(job.name for job in running)
        if self._is_late:
            return self._deleted(warning=f"deleted while a job still runs: {names}")
        self._progress = replace(self._progress, following=tuple(job.name for job in running))
        return self._waiting(f"waiting for {names} to end", max(running, key=lambda job: job.created))

    def _running(self) -> list[Job]:
        request = self._request
        names = self._progress.following or ((str(request.job_name),) if request.is_link else ())
        if names:
            arns = {name: request.arn_of(name) for name in names}
            # One that was started so recently that it is not listed yet can be described.
            found = [self._jobs.find(name, arn).job or self._jobs.describe(arn) for name, arn in arns.items()]
            running = [job for job in found if job and job.is_running]
            if running or request.is_link:
                return running
        jobs = self._jobs.all()
        resource = request.job_name.resource
        running = [job for job in jobs if job.is_running and job.parts and job.parts.resource == resource]
        own = self._jobs.known(request.physical_resource_id, jobs) if self._own_name else None
        return [*running, own] if own and own.is_running and own not in running else running

    @property
    def _own_name(self) -> str:
        """The name of the job whose ARN is to be deleted, empty where the id is no ARN of a job of the resource."""
        name = JobName.in_arn(self._request.physical_resource_id)
        return str(name) if name and name.resource == self._request.job_name.resource else ""

    def _only_cleans_up(self, running: list[Job]) -> bool:
        """Whether the resource lives on, and what runs is its new import."""
        is_other = bool(self._own_name) and all(job.name != self._own_name for job in running)
        return is_other and not self._request.is_link and self._surroundings.only_cleans_up()

    def _deleted(self, warning: str = "") -> Finished:
        return Finished(self._request.stable_id, warning=warning)
