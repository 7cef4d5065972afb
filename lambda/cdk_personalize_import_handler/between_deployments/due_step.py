"""One look at an import between deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cdk_personalize_import_handler.between_deployments.due_invocation import DueInvocation
from cdk_personalize_import_handler.between_deployments.due_request import DueRequest
from cdk_personalize_import_handler.custom_resource.outcome import Outcome, SupersededError, Waiting
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.import_step import ImportStep
from cdk_personalize_import_handler.dataset_import.job_name import JobName
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
        invocation: The invocation.
    """

    def __init__(
        self, request: ImportRequest, due: DueRequest, surroundings: Surroundings, invocation: DueInvocation
    ) -> None:
        super().__init__(request, surroundings)
        self._due = due
        self._invocation = invocation
        if self._progress.started:
            self._use(self._progress.taken_over)

    @property
    def cause(self) -> str:
        """What asked for the import."""
        return self._due.cause

    def _step(self) -> Outcome:
        """Take the step.

        Raises:
            JoinedError: Another import of the construct does what was asked for.
            SupersededError: The resource is being deleted.
        """
        if not self._progress.started:
            self._is_late = self._surroundings.now >= self._due.start_by
            reason = self._others()
            if reason:
                return Waiting(reason, self._progress.memory)
        return super()._step()

    def others(self) -> str:
        """Return what of the construct has to end before this import can start, empty where nothing has.

        Raises:
            JoinedError: Another import of the construct does what was asked for.
            SupersededError: The resource is being deleted.
        """
        try:
            return self._others()
        except TryAgainError as error:
            return f"waiting to see the jobs: {error}"
        except (NotPermittedError, RefusedError):
            return ""  # The step finds it as well, and says what follows from it.

    def _others(self) -> str:
        jobs = self._jobs.all()
        name = self._request.job_name
        ours = [job for job in jobs if job.parts and job.parts.resource == name.resource]
        own = next((job.name for job in ours if job.parts and job.parts.request == name.request), None)
        if own:
            self._use({**self._progress.taken_over, "JobName": own})
            return ""
        deployed = self._invocation.deployed()
        if deployed.is_going:
            raise SupersededError
        if not deployed.status and not self._is_late:
            return "waiting to see what was deployed"
        ours += self._unlisted(deployed.physical_id, ours)
        self._take_over(deployed.physical_id, ours)
        covering = next((job for job in ours if self._covers(job)), None)
        if covering:
            raise JoinedError(f"{covering.name} began after this import was asked for")
        running = next((job for job in ours if job.is_running), None)
        if running and not self._due.is_pending and running.import_mode in ("FULL", self._request.import_mode):
            raise JoinedError(f"{running.name} is under way")
        if running or deployed.is_changing or self._invocation.others_poll():
            return f"waiting for another import of this construct to end {running.name if running else ''}".rstrip()
        return ""

    def _unlisted(self, deployed_id: str, listed: list[Job]) -> list[Job]:
        """Return the job of the last deployment where it is not listed yet: nobody polls for it any more."""
        name = JobName.in_arn(deployed_id)
        is_ours = name is not None and name.resource == self._request.job_name.resource
        job = self._jobs.known(deployed_id, listed) if is_ours else None
        return [job] if job and job not in listed else []

    def _covers(self, job: Job) -> bool:
        same_spec = job.parts is not None and job.parts.spec == self._request.job_name.spec
        # A full import has the data of an incremental one as well. Times of uploads are whole seconds.
        does_it = same_spec or (job.import_mode == "FULL" and self._request.import_mode != "FULL")
        return does_it and not job.is_failed and job.created >= self._due.asked_at + 1

    def _take_over(self, deployed_id: str, ours: list[Job]) -> None:
        """Import what the stack says now: a deployment may have changed it since the import was asked for.

        A rollback that went on in the background has left the id of the update before it. Its own job is younger.

        Raises:
            JoinedError: It imports into another dataset.
        """
        deployed = JobName.in_arn(deployed_id)
        if deployed is None or deployed.spec == self._request.job_name.spec:
            return
        source = self._jobs.source_of(deployed_id)
        if source is None:
            return
        if source.dataset_arn != self._request.dataset_arn:
            raise JoinedError("the stack imports into another dataset now")
        name = self._request.job_name
        same_mode = [job for job in ours if job.import_mode == source.import_mode and not job.is_failed]
        newest = max(same_mode, key=lambda job: job.created, default=None)
        if newest and newest.parts and newest.parts.spec == name.spec:
            return
        mode = self._due.import_mode or source.import_mode
        self._use(
            {
                "JobName": str(replace(name, spec=deployed.spec if mode == source.import_mode else name.spec)),
                "DataLocation": source.data_location,
                "ImportMode": mode,
                "RoleArn": source.role_arn,
            }
        )

    def _use(self, values: Mapping[str, str]) -> None:
        request = self._request
        spec = replace(
            request.spec,
            data_location=values.get("DataLocation", request.data_location),
            import_mode=values.get("ImportMode", request.import_mode),
        )
        self._request = replace(
            request,
            job_name=JobName.parse(values.get("JobName", "")) or request.job_name,
            spec=spec,
            role_arn=values.get("RoleArn", request.role_arn),
        )
        self._progress = replace(self._progress, taken_over=values)
