"""Dataset import jobs: what starts one, what it does to its dataset, and how it ends.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
"""

from typing import Any

from local_aws.permissions.policy import Permissions
from local_aws.personalize import exceptions, resources
from local_aws.personalize.data_source import Source, location_of
from local_aws.personalize.import_job import import_data
from local_aws.personalize.paging import page
from local_aws.personalize.resource_states import ResourceStates, resource_of
from local_aws.personalize.resources import Dataset, DatasetImportJob

_MAX_PENDING_SECONDS = 30.0
_MAX_OPEN_JOBS = 5


class DatasetImportJobs(ResourceStates):
    """The operations on dataset import jobs.

    Attributes:
        import_seconds: AWS seconds that an import job takes, from its creation to its end. An object of the data
            source can say otherwise in its metadata, see `local_aws.personalize.import_job`.
        newest_first: The order in which import jobs are listed; the service documents none.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.import_seconds = 360.0
        self.newest_first = True

    def create_dataset_import_job(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            dataset = resource_of(self.datasets, request["datasetArn"])
            arn = self._new_arn("dataset-import-job", request["jobName"], self.dataset_import_jobs)
            self._active(self.datasets, dataset.arn)
            if sum(job.is_being_created for job in self.dataset_import_jobs.values()) >= _MAX_OPEN_JOBS:
                # https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html
                raise exceptions.LimitExceededException(
                    f"More than {_MAX_OPEN_JOBS} resources with PENDING or IN_PROGRESS status."
                )
            location_of(request["dataSource"].get("dataLocation") or "")
            self._check_role(request.get("roleArn"), arn)
            job = DatasetImportJob(arn, request, self._now())
            if job.import_mode == "INCREMENTAL" and not self._has_bulk_data(dataset):
                raise exceptions.InvalidInputException(
                    "Incremental import is not allowed before a full import of the dataset. Use importMode FULL."
                )
            self.dataset_import_jobs[arn] = job
        start = job.created + min(_MAX_PENDING_SECONDS, self.import_seconds / 10)
        self.aws.timers.at(start, lambda: self._run_job(job, dataset, start))
        return {"datasetImportJobArn": arn}

    def describe_dataset_import_job(self, request: dict[str, Any]) -> dict[str, Any]:
        job = resource_of(self.dataset_import_jobs, request["datasetImportJobArn"])
        return {"datasetImportJob": job.description()}

    def list_dataset_import_jobs(self, request: dict[str, Any]) -> dict[str, Any]:
        jobs = self._of(self.dataset_import_jobs, request, "datasetArn")
        return page(jobs[::-1] if self.newest_first else jobs, "datasetImportJobs", request)

    def records_imported(self, job_arn: str) -> int:
        """Return how many records a job read; 0 until it is ACTIVE.

        Raises:
            ResourceNotFoundException: There is no such job.
        """
        return resource_of(self.dataset_import_jobs, job_arn).records_imported

    def _run_job(self, job: DatasetImportJob, dataset: Dataset, start: float) -> None:
        self._move(job, resources.CREATE_IN_PROGRESS, start)
        schema = self.schemas[dataset.request["schemaArn"]]
        source = Source(self.aws, self.account_id, self.region_name, job)
        result = import_data(source, dataset, schema)
        seconds = self.import_seconds if result.seconds is None else result.seconds
        end = max(job.created + seconds, start)

        def finish() -> None:
            with self._lock:
                job.failure_reason = result.failure_reason
                if not result.failure_reason:
                    job.records_imported = result.count
                    kept = dataset.records if job.import_mode == "INCREMENTAL" else {}
                    dataset.records = {**kept, **result.records}
                self._move(job, resources.CREATE_FAILED if result.failure_reason else resources.ACTIVE, end)

        self.aws.timers.at(end, finish)

    def _has_bulk_data(self, dataset: Dataset) -> bool:
        # Jobs of an earlier dataset of the same name don't count.
        jobs = [job for job in self.dataset_import_jobs.values() if job.request["datasetArn"] == dataset.arn]
        return any(job.status == resources.ACTIVE and job.created > dataset.created for job in jobs)

    def _check_role(self, role_arn: str | None, job_arn: str) -> None:
        if not role_arn:
            raise exceptions.InvalidInputException("A roleArn is required to import data from Amazon S3.")
        context = {"aws:SourceAccount": self.account_id, "aws:SourceArn": job_arn}
        permissions = Permissions(self.account_id, self.region_name)
        if not permissions.may_assume(role_arn, "personalize.amazonaws.com", context):
            raise exceptions.InvalidInputException(
                f"Amazon Personalize cannot assume role {role_arn}. Check that the role exists and that its trust "
                "policy allows personalize.amazonaws.com."
            )
