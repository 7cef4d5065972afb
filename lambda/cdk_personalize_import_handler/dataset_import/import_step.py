"""Create and Update: the data that the request asks for is in the dataset at the end."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

from cdk_personalize_import_handler.custom_resource.outcome import FailedError, Finished, Outcome, SupersededError
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.jobs import (
    AlreadyStartedError,
    Job,
    NotPermittedError,
    RefusedError,
    TryAgainError,
)
from cdk_personalize_import_handler.dataset_import.step import UNLISTED, Step


class ImportStep(Step):
    """A step of a Create or an Update.

    Attributes:
        ended: The request's own job, once it has been seen to have ended.
    """

    ended: Job | None = None

    def take(self) -> Outcome:
        """Look for the request's job, or for the data, and start the job if neither is there.

        Raises:
            FailedError: The request has failed.
            SupersededError: A newer request has taken over.
        """
        request = self._request
        try:
            found = self._jobs.find(str(request.job_name), request.job_arn)
            job = found.job
            if job is None and request.request_type == "Update" and not request.is_link and not self._progress.decided:
                outcome = self._data_in_place()
                if outcome is not None:
                    return outcome
        except TryAgainError as error:
            return self._blind(str(error))
        except NotPermittedError as error:
            if self._is_denied_for_good:
                raise self._failed(str(error)) from error
            return self._blind(str(error), is_denied=True)
        except RefusedError as error:
            raise self._failed(str(error)) from error
        if job is not None:
            return self._follow(job, found.listed)
        if request.is_link and request.request_type == "Update" and request.old_job_name == str(request.job_name):
            # Nothing about the import changed, and the service no longer lists the job: it had ended.
            return self._finished(request.job_arn, request.physical_resource_id, "ACTIVE")
        # A link that hands over may still start: its deadline isn't the chain's.
        return self._too_late() if self._is_late and not request.hand_over else self._start(found.listed)

    def _data_in_place(self) -> Outcome | None:
        """Answer an Update for which no job has to be started, None where one has to be."""
        request = self._request
        current = JobName.in_arn(request.physical_resource_id)
        if request.spec == request.old_spec and current and current.spec == request.job_name.spec:
            # Nothing about the import changed. A job that the service no longer lists had ended.
            job = self._jobs.find(str(current), request.physical_resource_id).job
            if job is None:
                return self._finished(request.physical_resource_id, request.physical_resource_id, "ACTIVE")
            return None if job.is_failed else self._follow(job)
        jobs = self._jobs.all()
        ours = [job for job in jobs if job.parts and job.parts.resource == request.job_name.resource]
        held = _holds_data(request.job_name.spec, ours, jobs)
        running = next((job for job in ours if job.is_running), None)
        if running is None and self._may_miss_one(ours, held):
            return self._waiting("waiting to see what an earlier request of this resource has started", listed=jobs)
        if running is None:
            return self._follow(held) if held else None
        if not self._is_late:
            # It can't be stopped, and may yet replace what is in the dataset.
            return self._waiting(
                f"waiting for an earlier import of this resource, {running.name}, to end", running, jobs
            )
        if held:
            warning = f"{running.name} still runs and may replace the data of {held.name}"
            return replace(self._follow_ended(held), warning=warning)
        raise self._failed(f"timed out waiting for an earlier import of this resource, {running.name}, to end")

    def _may_miss_one(self, ours: Sequence[Job], held: Job | None) -> bool:
        """Whether the request before this one, which may have been given up, has a job that is not listed yet."""
        request = self._request
        if self._is_late or self._surroundings.now >= request.issued_at + UNLISTED:
            return False
        since = held.created if held else 0.0
        listed = any(job.parts and job.parts.spec == request.old_spec.hash and job.created >= since for job in ours)
        return request.spec != request.old_spec and request.dataset_arn == request.old_spec.dataset_arn and not listed

    def _follow(self, job: Job, listed: Sequence[Job] = ()) -> Outcome:
        if job.name == str(self._request.job_name):
            self._progress = replace(self._progress, started=True, decided=True, waiting_for="")
            self.ended = None if job.is_running else job
        if job.is_failed:
            raise self._failed(job.failure_reason or "Personalize gives no reason", job.arn)
        if job.is_active or not self._request.wait_for_completion:
            return self._follow_ended(job)
        if not self._is_late:
            return self._waiting(f"{job.name} is {job.status}", job, [other for other in listed if other != job])
        if self._request.hand_over:
            return self._follow_ended(job)
        raise self._failed(f"timed out while the import was {job.status}; the job goes on in Personalize", job.arn)

    def _follow_ended(self, job: Job) -> Finished:
        return self._finished(job.arn, job.arn, job.status, _iso(job.created), _iso(job.updated))

    def _start(self, listed: Sequence[Job]) -> Outcome:
        request = self._request
        if not self._surroundings.is_current():
            raise SupersededError
        if request.preflight and not self._progress.decided:
            errors = self._surroundings.preflight()
            if errors:
                raise self._failed("; ".join(errors))
        self._progress = replace(self._progress, decided=True)
        reason = "the import has been started"
        try:
            self._jobs.start(request)
        except AlreadyStartedError:
            job = self._unlisted_job()
            if job is not None:
                return self._follow(job, listed)
            reason = "the import has been started, and is not listed yet"
        except TryAgainError as error:
            self._progress = replace(self._progress, waiting_for=str(error))
            return self._not_started(f"waiting to start the import: {error}", listed)
        except NotPermittedError as error:
            if self._is_denied_for_good:
                raise self._failed(str(error)) from error
            return self._not_started(f"waiting for permissions to take effect: {error}", listed, is_denied=True)
        except RefusedError as error:
            raise self._failed(str(error)) from error
        self._progress = replace(self._progress, started=True, waiting_for="")
        if self._is_late or not request.wait_for_completion:
            return self._finished(request.job_arn, request.job_arn, "CREATE PENDING")
        job = Job(request.job_arn, str(request.job_name), "CREATE PENDING", created=self._surroundings.now)
        return self._waiting(reason, job, listed)

    def _not_started(self, reason: str, listed: Sequence[Job], *, is_denied: bool = False) -> Outcome:
        return self._too_late() if self._is_late else self._waiting(reason, listed=listed, is_denied=is_denied)

    def _unlisted_job(self) -> Job | None:
        try:
            return self._jobs.describe(self._request.job_arn)
        except (TryAgainError, NotPermittedError, RefusedError):
            return None

    def _blind(self, reason: str, *, is_denied: bool = False) -> Outcome:
        """The dataset's jobs can't be seen now."""
        if self._is_late:
            return self._too_late(reason)
        return self._waiting(f"waiting to see the jobs: {reason}", is_denied=is_denied)

    def _too_late(self, reason: str = "") -> Outcome:
        if self._request.hand_over:
            if self._progress.started:
                return self._finished(self._request.job_arn, self._request.job_arn, "CREATE PENDING")
            # Under the id of a resource without a job, so that a later Update doesn't take the data for imported.
            return self._finished(self._request.job_arn, self._request.id_without_job, "NOT STARTED")
        if self._progress.started:
            raise self._failed(
                f"timed out without seeing how the import ended; the job may go on in Personalize ({reason})"
            )
        waited_for = self._progress.waiting_for or reason or "an answer from Personalize"
        raise self._failed(f"timed out before the import could be started, waiting for: {waited_for}")

    def _failed(self, message: str, job_arn: str = "") -> FailedError:
        result_id = job_arn or (self._request.job_arn if self._progress.started else "")
        return FailedError(message, self._request.stable_id, result_id, self._progress.memory)

    def _finished(self, arn: str, physical_id: str, status: str, created: str = "", updated: str = "") -> Finished:
        return Finished(
            physical_id,
            {
                "DatasetImportJobArn": arn,
                "JobName": arn.rpartition("/")[2],
                "Status": status,
                "CreationDateTime": created,
                "LastUpdatedDateTime": updated,
            },
            memory=self._progress.memory,
        )


def _holds_data(spec: str, ours: Sequence[Job], jobs: Sequence[Job]) -> Job | None:
    """Return the job of this spec whose data is what the dataset holds, None if there is none.

    A later import leaves it in place when it is another resource's and adds to the dataset instead of replacing it.
    """
    with_spec = [job for job in ours if job.is_active and job.parts and job.parts.spec == spec]
    if not with_spec:
        return None
    held = max(with_spec, key=lambda job: job.created)
    later = [job for job in jobs if job.is_active and job.created > held.created]
    return None if any(job in ours or job.import_mode != "INCREMENTAL" for job in later) else held


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat() if moment else ""
