"""Create and Update: the data that the request asks for is in the dataset at the end."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cdk_personalize_import_handler.custom_resource.outcome import FailedError, Finished, Outcome, SupersededError
from cdk_personalize_import_handler.dataset_import.attributes import attributes
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.jobs import AlreadyStartedError, Job
from cdk_personalize_import_handler.dataset_import.service_errors import NotPermittedError, RefusedError, TryAgainError
from cdk_personalize_import_handler.dataset_import.step import UNLISTED, Step

if TYPE_CHECKING:
    from cdk_personalize_import_handler.dataset_import.held_data import HeldData

logger = logging.getLogger(__name__)

# A rollback that could not have its data in time goes on for so long, in seconds.
_BACKGROUND = 24 * 3600.0


class ImportStep(Step):
    """A step of a Create or an Update.

    Attributes:
        ended: The request's own job, once it has been seen to have ended.
    """

    ended: Job | None = None
    _rollback: bool | None = None

    def take(self) -> Outcome:
        """Look for the request's job, or for the data, and start the job if neither is there.

        Raises:
            FailedError: The request has failed.
            SupersededError: A newer request has taken over.
        """
        try:
            return self._step()
        except TryAgainError as error:
            return self._blind(str(error))
        except NotPermittedError as error:
            if self._is_denied_for_good:
                raise self._failed(str(error)) from error
            return self._blind(str(error), is_denied=True)
        except RefusedError as error:
            raise self._failed(str(error)) from error

    def _step(self) -> Outcome:
        request = self._request
        found = self._jobs.find(str(request.job_name), request.job_arn)
        if found.job is not None:
            return self._follow(found.job, found.listed)
        is_update = request.request_type == "Update"
        if is_update and not request.is_link and not self._progress.decided:
            outcome = self._data_in_place()
            if outcome is not None:
                return outcome
        if is_update and request.is_link and request.old_job_name == str(request.job_name):
            # Nothing about the import changed, and the service no longer lists the job: it had ended.
            return self._finished(self._own_job("ACTIVE"), request.physical_resource_id)
        # A link that hands over may still start: its deadline isn't the chain's.
        if self._is_late and not request.hand_over:
            return self._too_late()
        base = JobName.in_arn(request.spec.adds_to)
        waiting = self._wait_for(base) if base else None
        return waiting or self._start(found.listed)

    def _data_in_place(self) -> Outcome | None:
        """Answer an Update for which no job has to be started, None where one has to be."""
        request = self._request
        data = self._held_data(request.job_name.resource)
        unchanged = self._unchanged(data)
        if unchanged is not None:
            return unchanged
        held, running = data.job_of(request.job_name.spec, request.physical_resource_id), data.running
        if running is None and self._may_miss_one(data.ours, held):
            return self._waiting("waiting to see what an earlier request of this resource has started", None, data.jobs)
        if running is None and held is None and request.import_mode == "FULL" and data.added_by_others():
            added = ", ".join(job.name for job in data.added_by_others())
            logger.warning("this import replaces what was added to the dataset by %s", added)
        if running is None:
            return self._follow(held) if held else None
        reason = f"waiting for an earlier import of this resource, {running.name}, to end"
        if not self._is_late:
            # It can't be stopped, and may yet replace what is in the dataset.
            return self._waiting(reason, running, data.jobs)
        if held and not request.is_answered and not self._is_rolling_back:
            warning = f"{running.name} still runs and may replace the data of {held.name}"
            return replace(self._finished(held), warning=warning)
        return self._timed_out(f"timed out {reason}", held)

    def _unchanged(self, data: HeldData) -> Outcome | None:
        """Answer an Update that changes nothing about the import, None where its data is not in the dataset."""
        request = self._request
        current = JobName.in_arn(request.physical_resource_id)
        if request.spec != request.old_spec or current is None or current.spec != request.job_name.spec:
            return None
        job = self._jobs.known(request.physical_resource_id, data.jobs)
        if job is None:
            if request.dataset_changes or data.job_of_another_spec(request.job_name.spec):
                return None
            # The service no longer lists the job: it had ended.
            return self._finished(Job(request.physical_resource_id, str(current), "ACTIVE"))
        return None if job.is_failed or data.is_replaced(job) else self._follow(job)

    def _wait_for(self, base: JobName) -> Outcome | None:
        """Wait for the import that this one adds to, None where its data is in the dataset."""
        adds_to = self._request.spec.adds_to
        base_job = self._jobs.describe(adds_to)
        missing = self._held_data(base.resource).lacks(base, base_job)
        if not missing:
            return None
        if base_job and base_job.is_failed:
            raise self._failed(f"the import that this one adds to has failed: {adds_to}")
        self._progress = replace(self._progress, waiting_for=missing)
        return self._not_started(f"waiting for {missing}", ())

    def _may_miss_one(self, ours: Sequence[Job], held: Job | None) -> bool:
        """Whether a job is not listed yet: one between deployments, or of the request before, which was given up."""
        request = self._request
        if self._is_late or self._surroundings.now >= request.issued_at + UNLISTED:
            return False
        if request.has_due_imports and self._surroundings.is_due():
            return True
        since = held.created if held else 0.0
        listed = any(job.parts and job.parts.spec == request.old_spec.hash and job.created >= since for job in ours)
        return request.spec != request.old_spec and request.dataset_arn == request.old_spec.dataset_arn and not listed

    def _follow(self, job: Job, listed: Sequence[Job] = ()) -> Outcome:
        if job.name == str(self._request.job_name):
            self._progress = replace(self._progress, started=True, decided=True, waiting_for="")
            self.ended = None if job.is_running else job
        if job.is_failed:
            raise self._failed(self._explained(job.failure_reason or "Personalize gives no reason"), job.arn)
        if job.is_active or not self._request.wait_for_completion:
            return self._finished(job)
        if not self._is_late:
            return self._waiting(f"{job.name} is {job.status}", job, [other for other in listed if other != job])
        if self._hands_over:
            return self._finished(job)
        return self._timed_out(f"timed out while the import was {job.status}; the job goes on in Personalize", job)

    def _start(self, listed: Sequence[Job]) -> Outcome:
        request = self._request
        if not self._surroundings.is_current():
            raise SupersededError
        if request.preflight and not self._progress.decided:
            verdict = self._surroundings.preflight()
            if verdict.errors:
                raise self._failed("; ".join(verdict.errors))
            self._progress = replace(self._progress, warnings=verdict.bearing)
        self._progress = replace(self._progress, decided=True)
        reason = "the import has been started"
        try:
            self._jobs.start(request)
        except AlreadyStartedError:
            job = self._jobs.seen(self._request.job_arn)
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
            raise self._failed(self._explained(str(error))) from error
        self._progress = replace(self._progress, started=True, waiting_for="")
        job = self._own_job("CREATE PENDING")
        if self._is_late and self._is_rolling_back:
            return self._timed_out("timed out while the import was being started", job)
        if self._is_late or not request.wait_for_completion:
            return self._finished(job)
        return self._waiting(reason, replace(job, created=self._surroundings.now), listed)

    def _not_started(self, reason: str, listed: Sequence[Job], *, is_denied: bool = False) -> Outcome:
        return self._too_late() if self._is_late else self._waiting(reason, listed=listed, is_denied=is_denied)

    def _blind(self, reason: str, *, is_denied: bool = False) -> Outcome:
        """The dataset's jobs can't be seen now."""
        if self._is_late:
            return self._too_late(reason)
        return self._waiting(f"waiting to see the jobs: {reason}", is_denied=is_denied)

    def _too_late(self, reason: str = "") -> Outcome:
        if self._hands_over:
            if self._progress.started:
                return self._finished(self._own_job("CREATE PENDING"))
            # Under the id of a resource without a job, so that a later Update doesn't take the data for imported.
            return self._finished(self._own_job("NOT STARTED"), self._request.id_without_job)
        job = None if self._progress.started else self._jobs.seen(self._request.job_arn)
        if job is not None:
            return self._follow(job)  # Another poll has just started it.
        if self._progress.started:
            return self._timed_out(
                f"timed out without seeing how the import ended; the job may go on in Personalize ({reason})"
            )
        waited_for = self._progress.waiting_for or reason or "an answer from Personalize"
        return self._timed_out(f"timed out before the import could be started, waiting for: {waited_for}")

    @property
    def _is_rolling_back(self) -> bool:
        # Not a cached property, whose lock all instances share in Python 3.11.
        if self._rollback is None:
            self._rollback = not self._request.is_answered and self._surroundings.is_rolling_back()
        return self._rollback

    @property
    def _hands_over(self) -> bool:
        # In a rollback CloudFormation may not ask the next link.
        return self._request.hand_over and not self._request.is_answered and not self._is_rolling_back

    def _timed_out(self, message: str, job: Job | None = None) -> Finished:
        """Fail, but for a rollback: a failure would leave the stack stuck, so it goes on in the background.

        The reply keeps the id that the request came with, so that CloudFormation cleans nothing up.
        """
        request = self._request
        if not self._is_rolling_back:
            raise self._failed(message, job.arn if job else "")
        job = job or self._own_job("CREATE PENDING" if self._progress.started else "NOT STARTED")
        return replace(
            self._finished(job, request.stable_id),
            warning=f"{message}. This rollback is answered all the same, and goes on in the background",
            goes_on_until=self._surroundings.now + _BACKGROUND,
        )

    def _failed(self, message: str, job_arn: str = "") -> FailedError:
        result_id = job_arn or (self._request.job_arn if self._progress.started else "")
        return FailedError(message, self._request.stable_id, result_id, self._progress.memory)

    def _finished(self, job: Job, physical_id: str = "") -> Finished:
        return Finished(physical_id or job.arn, attributes(job), memory=self._progress.memory)

    def _own_job(self, status: str) -> Job:
        """The job of this request, as far as it is known without seeing it."""
        return Job(self._request.job_arn, str(self._request.job_name), status)
