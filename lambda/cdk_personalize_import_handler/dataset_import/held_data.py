"""What a dataset holds, as far as its jobs tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.jobs import Job


@dataclass(frozen=True)
class HeldData:
    """The jobs of a dataset, seen from one resource.

    Attributes:
        jobs: All jobs of the dataset.
        dataset_created: When the dataset was created. What older jobs imported is gone.
        resource: The hash of the resource, as its job names have it.
    """

    jobs: Sequence[Job]
    dataset_created: float
    resource: str

    @property
    def ours(self) -> list[Job]:
        """The jobs that the resource started."""
        return [job for job in self.jobs if job.parts and job.parts.resource == self.resource]

    @property
    def running(self) -> Job | None:
        """A job of the resource that runs."""
        return next((job for job in self.ours if job.is_running), None)

    def job_of(self, spec: str, arn: str) -> Job | None:
        """Return the job of this spec whose data is what the dataset holds, None if there is none.

        A later import leaves it in place when it is another resource's and adds to the dataset instead of replacing it.

        Args:
            spec: The hash of the spec.
            arn: The job that is told where several imported that data, one after the other.
        """
        with_spec = [
            job for job in self._in_dataset(self.ours) if job.is_active and job.parts and job.parts.spec == spec
        ]
        if not with_spec:
            return None
        held = max(with_spec, key=_created)
        later = [job for job in self.jobs if job.is_active and job.created > held.created]
        if any(job in self.ours or job.import_mode != "INCREMENTAL" for job in later):
            return None
        return next((job for job in with_spec if job.arn == arn), held)

    def is_replaced(self, job: Job) -> bool:
        """Return whether a job's data is gone, with the dataset or for another import of the resource."""
        if job.created < self.dataset_created:
            return True
        full = [other for other in self.ours if other.import_mode == "FULL" and not other.is_failed]
        younger = sorted((other for other in full if other.created > job.created), key=_created)
        same = [_spec(other) == _spec(job) for other in younger]
        return not all(same) and not (same[-1] and younger[-1].is_active)

    def job_of_another_spec(self, spec: str) -> Job | None:
        """Return a job of the resource that imported something else, None if there is none."""
        return next((job for job in self.ours if not job.is_failed and job.parts and job.parts.spec != spec), None)

    def added_by_others(self) -> list[Job]:
        """Return the jobs with which others added to what the dataset holds."""
        return [
            job
            for job in self._in_dataset(self.jobs)
            if job.is_active and job.import_mode == "INCREMENTAL" and job not in self.ours
        ]

    def lacks(self, base: JobName, base_job: Job | None) -> str:
        """Return what an import has to wait for that adds to another resource's, empty where nothing is missing.

        Args:
            base: The name of the job that it adds to.
            base_job: That job, None where the service doesn't know it.
        """
        theirs = [job for job in self.jobs if job.parts and job.parts.resource == base.resource]
        if base_job and all(job.name != base_job.name for job in theirs):
            theirs.append(base_job)
        running = [job.name for job in theirs if job.is_running]
        if running:
            return f"{running[0]} to end"
        mode = base_job.import_mode if base_job else ""
        active = [job for job in self._in_dataset(theirs) if job.is_active and mode in ("", job.import_mode)]
        newest = max(active, key=_created, default=None)
        has_data = newest is not None and newest.parts is not None and newest.parts.spec == base.spec
        is_forgotten = newest is None and base_job is None
        return "" if has_data or is_forgotten else f"the data of {base} to be imported again"

    def _in_dataset(self, jobs: Iterable[Job]) -> list[Job]:
        return [job for job in jobs if job.created >= self.dataset_created]


def _created(job: Job) -> float:
    return job.created


def _spec(job: Job) -> str:
    return job.parts.spec if job.parts else ""
