"""Dataset import jobs: what starts one, what it does to its dataset, and how it ends.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
"""

from typing import Any

from local_aws import turn
from local_aws.permissions.policy import may_assume
from local_aws.personalize.data_source import location_of
from local_aws.personalize.errors import invalid_input, limit_exceeded
from local_aws.personalize.import_job import Result, import_data
from local_aws.personalize.resource import ACTIVE, CREATE_FAILED, CREATE_IN_PROGRESS, Resource
from local_aws.personalize.resource_states import ResourceStates

_MAX_PENDING_SECONDS = 30.0
_MAX_OPEN_JOBS = 5


class DatasetImportJobs(ResourceStates):
    """Dataset import jobs.

    Attributes:
        import_seconds: AWS seconds that an import job takes, from its creation to its end. An object of the data
            source can say otherwise in its metadata, see `local_aws.personalize.import_job`.
    """

    import_seconds = 360.0

    def create_dataset_import_job(self, request: dict[str, Any]) -> dict[str, Any]:
        dataset = self._resource(request["datasetArn"], "Dataset")
        job = self._new("DatasetImportJob", request["jobName"], {"importMode": "FULL", **request})
        self._active(dataset.arn, "Dataset")
        if sum(other.is_being_created for other in self._of("DatasetImportJob")) >= _MAX_OPEN_JOBS:
            # https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html
            raise limit_exceeded(f"More than {_MAX_OPEN_JOBS} resources with PENDING or IN_PROGRESS status.")
        location_of(request["dataSource"].get("dataLocation") or "")
        self._check_role(request.get("roleArn"), job.arn)
        if job.request["importMode"] == "INCREMENTAL" and not self._has_bulk_data(dataset):
            raise invalid_input(
                "Incremental import is not allowed before a full import of the dataset. Use importMode FULL."
            )
        self.resources[job.arn] = job
        start = job.created + min(_MAX_PENDING_SECONDS, self.import_seconds / 10)
        self.aws.timers.at(start, lambda: self._run_job(job, dataset, start))
        return {"datasetImportJobArn": job.arn}

    def records_imported(self, job_arn: str) -> int:
        """Return how many records a job read; 0 until it is ACTIVE.

        Raises:
            ResourceNotFoundException: There is no such job.
        """
        return self._resource(job_arn, "DatasetImportJob").records_imported

    def _run_job(self, job: Resource, dataset: Resource, start: float) -> None:
        self._move(job, CREATE_IN_PROGRESS, start)
        schema = self.resources[dataset.request["schemaArn"]]
        result = turn.aside(import_data, job, dataset, schema)
        seconds = self.import_seconds if result.seconds is None else result.seconds
        end = max(job.created + seconds, start)
        self.aws.timers.at(end, lambda: self._finish(job, dataset, result, end))

    def _finish(self, job: Resource, dataset: Resource, result: Result, end: float) -> None:
        job.failure_reason = result.failure_reason
        if not result.failure_reason:
            job.records_imported = result.count
            kept = dataset.records if job.request["importMode"] == "INCREMENTAL" else {}
            dataset.records = {**kept, **result.records}
        self._move(job, CREATE_FAILED if result.failure_reason else ACTIVE, end)

    def _has_bulk_data(self, dataset: Resource) -> bool:
        # Jobs of an earlier dataset of the same name don't count.
        jobs = self._of("DatasetImportJob", datasetArn=dataset.arn)
        return any(job.status == ACTIVE and job.created > dataset.created for job in jobs)

    def _check_role(self, role_arn: str | None, job_arn: str) -> None:
        if not role_arn:
            raise invalid_input("A roleArn is required to import data from Amazon S3.")
        if not may_assume(role_arn, "personalize.amazonaws.com", {"aws:SourceArn": job_arn}):
            raise invalid_input(
                f"Amazon Personalize cannot assume role {role_arn}. Check that the role exists and that its trust "
                "policy allows personalize.amazonaws.com.",
            )
