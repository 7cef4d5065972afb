"""The Personalize backend: dataset groups, schemas, datasets, solutions and dataset import jobs.

In place of moto's, which has schemas only. https://docs.aws.amazon.com/personalize/latest/dg/API_Operations_Amazon_Personalize.html
"""

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from moto.core.base_backend import BackendDict, BaseBackend

from local_aws.iam_policy import Permissions
from local_aws.personalize import exceptions, resources
from local_aws.personalize.avro import check_schema
from local_aws.personalize.import_job import Source, import_data, location_of
from local_aws.personalize.paging import page
from local_aws.personalize.resources import Dataset, DatasetGroup, DatasetImportJob, Resource, Schema, Solution
from personalize_csv.schema import SchemaError, dataset_type

if TYPE_CHECKING:
    from local_aws.server import LocalAws
    from local_aws.timers import Timers

CREATION_SECONDS = 10.0
"""AWS seconds from the creation of a dataset group, dataset or solution until it is ACTIVE; also for a deletion."""

_MAX_PENDING_SECONDS = 30.0
_MAX_OPEN_JOBS = 5
_MAX_DATASET_GROUPS = 5
_MAX_SCHEMAS = 500
_MAX_TAGS = 50

_R = TypeVar("_R", bound=Resource)


class PersonalizeBackend(BaseBackend):
    """Personalize in one account and region.

    Attributes:
        import_seconds: AWS seconds that an import job takes, from its creation to its end. An object of the data
            source can say otherwise in its metadata, see `local_aws.personalize.import_job`.
        newest_first: The order in which import jobs are listed; the service documents none.
    """

    local_aws: "ClassVar[LocalAws]"
    timers: "ClassVar[Timers]"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.import_seconds = 360.0
        self.newest_first = True
        self.schemas: dict[str, Schema] = {}
        self.dataset_groups: dict[str, DatasetGroup] = {}
        self.datasets: dict[str, Dataset] = {}
        self.solutions: dict[str, Solution] = {}
        self.dataset_import_jobs: dict[str, DatasetImportJob] = {}
        self._lock = threading.RLock()

    # Schemas

    def create_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            arn = self._new_arn("schema", request["name"], self.schemas)
            check_schema(request["schema"], request.get("domain"))
            if len(self.schemas) >= _MAX_SCHEMAS:
                raise exceptions.LimitExceededException(f"More than {_MAX_SCHEMAS} active schemas.")
            self.schemas[arn] = Schema(arn, request, self._now(), status=resources.ACTIVE)
            return {"schemaArn": arn}

    def describe_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"schema": {**_get(self.schemas, request["schemaArn"]).description()}}

    def list_schemas(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(list(self.schemas.values()), "schemas", request)

    def delete_schema(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            schema = _get(self.schemas, request["schemaArn"])
            self._refuse_use(schema, (d for d in self.datasets.values() if d.request["schemaArn"] == schema.arn))
            del self.schemas[schema.arn]
            return {}

    # Dataset groups

    def create_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            arn = self._new_arn("dataset-group", request["name"], self.dataset_groups)
            if len(self.dataset_groups) >= _MAX_DATASET_GROUPS:
                raise exceptions.LimitExceededException(f"More than {_MAX_DATASET_GROUPS} active dataset groups.")
            self._create(self.dataset_groups, DatasetGroup(arn, request, self._now()))
            domain = {"domain": request["domain"]} if request.get("domain") else {}
            return {"datasetGroupArn": arn, **domain}

    def describe_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"datasetGroup": _get(self.dataset_groups, request["datasetGroupArn"]).description()}

    def list_dataset_groups(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(list(self.dataset_groups.values()), "datasetGroups", request)

    def delete_dataset_group(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            group = _get(self.dataset_groups, request["datasetGroupArn"])
            users: list[Resource] = [*self.datasets.values(), *self.solutions.values()]
            self._refuse_use(group, (user for user in users if user.request["datasetGroupArn"] == group.arn))
            self._delete(self.dataset_groups, group)
            return {}

    # Datasets

    def create_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            try:
                kind = dataset_type(request["datasetType"])
            except SchemaError as error:
                raise exceptions.InvalidInputException(str(error)) from error
            group = self._active(self.dataset_groups, request["datasetGroupArn"])
            schema = _get(self.schemas, request["schemaArn"])
            arn = self._new_arn("dataset", f"{group.name}/{kind.upper()}", self.datasets)
            check_schema(schema.request["schema"], schema.request.get("domain"), kind)
            if schema.request.get("domain") != group.request.get("domain"):
                raise exceptions.InvalidInputException(
                    f"The domain of schema {schema.arn} is not that of dataset group {group.arn}."
                )
            self._create(self.datasets, Dataset(arn, request, self._now()))
            return {"datasetArn": arn}

    def describe_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"dataset": _get(self.datasets, request["datasetArn"]).description()}

    def list_datasets(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.datasets, request, "datasetGroupArn"), "datasets", request)

    def delete_dataset(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            dataset = self._deletable(self.datasets, request["datasetArn"])
            jobs = (j for j in self.dataset_import_jobs.values() if j.request["datasetArn"] == dataset.arn)
            self._refuse_use(dataset, (job for job in jobs if job.is_being_created))
            self._delete(self.datasets, dataset)
            return {}

    # Solutions

    def create_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._active(self.dataset_groups, request["datasetGroupArn"])
            arn = self._new_arn("solution", request["name"], self.solutions)
            self._create(self.solutions, Solution(arn, request, self._now()))
            return {"solutionArn": arn}

    def describe_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"solution": _get(self.solutions, request["solutionArn"]).description()}

    def list_solutions(self, request: dict[str, Any]) -> dict[str, Any]:
        return page(self._of(self.solutions, request, "datasetGroupArn"), "solutions", request)

    def delete_solution(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._delete(self.solutions, self._deletable(self.solutions, request["solutionArn"]))
            return {}

    # Dataset import jobs

    def create_dataset_import_job(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            dataset = _get(self.datasets, request["datasetArn"])
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
        self.timers.at(start, lambda: self._run_job(job, dataset, start))
        return {"datasetImportJobArn": arn}

    def describe_dataset_import_job(self, request: dict[str, Any]) -> dict[str, Any]:
        job = _get(self.dataset_import_jobs, request["datasetImportJobArn"])
        return {"datasetImportJob": job.description()}

    def list_dataset_import_jobs(self, request: dict[str, Any]) -> dict[str, Any]:
        jobs = self._of(self.dataset_import_jobs, request, "datasetArn")
        return page(jobs[::-1] if self.newest_first else jobs, "datasetImportJobs", request)

    def records_imported(self, job_arn: str) -> int:
        """Return how many records a job read; 0 until it is ACTIVE.

        Raises:
            ResourceNotFoundException: There is no such job.
        """
        return _get(self.dataset_import_jobs, job_arn).records_imported

    def _run_job(self, job: DatasetImportJob, dataset: Dataset, start: float) -> None:
        self._move(job, resources.CREATE_IN_PROGRESS, start)
        schema = self.schemas[dataset.request["schemaArn"]]
        source = Source(self.local_aws, self.account_id, self.region_name, job)
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

        self.timers.at(end, finish)

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

    # Tags

    def tag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            resource = self._any(request["resourceArn"])
            tags = resource.tags | {tag["tagKey"]: tag["tagValue"] for tag in request["tags"]}
            if len(tags) > _MAX_TAGS:
                raise exceptions.TooManyTagsException(f"A resource can have at most {_MAX_TAGS} tags.")
            resource.tags = tags
            return {}

    def untag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            resource = self._any(request["resourceArn"])
            resource.tags = {key: value for key, value in resource.tags.items() if key not in request["tagKeys"]}
            return {}

    def list_tags_for_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        tags = self._any(request["resourceArn"]).tags
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}

    # What they share

    def _now(self) -> float:
        return self.local_aws.clock.time()

    def _new_arn(self, kind: str, name: str, existing: Mapping[str, Resource]) -> str:
        arn = f"arn:{self.partition}:personalize:{self.region_name}:{self.account_id}:{kind}/{name}"
        if arn in existing:
            raise exceptions.ResourceAlreadyExistsException(arn)
        return arn

    def _of(self, existing: Mapping[str, _R], request: dict[str, Any], key: str) -> list[_R]:
        return [r for r in list(existing.values()) if request.get(key) in (None, r.request.get(key))]

    def _any(self, arn: str) -> Resource:
        everything: dict[str, Resource] = {
            **self.dataset_groups,
            **self.datasets,
            **self.solutions,
            **self.dataset_import_jobs,
        }
        return _get(everything, arn)

    def _active(self, existing: Mapping[str, _R], arn: str) -> _R:
        resource = _get(existing, arn)
        if resource.status != resources.ACTIVE:
            raise exceptions.ResourceInUseException(f"Resource {arn} is not ACTIVE, its status is {resource.status}.")
        return resource

    def _deletable(self, existing: Mapping[str, _R], arn: str) -> _R:
        resource = _get(existing, arn)
        if resource.status not in (resources.ACTIVE, resources.CREATE_FAILED):
            raise exceptions.ResourceInUseException(f"Resource {arn} is in use, its status is {resource.status}.")
        return resource

    def _refuse_use(self, resource: Resource, users: Iterable[Resource]) -> None:
        for user in users:
            raise exceptions.ResourceInUseException(f"Resource {resource.arn} is in use by {user.arn} ({user.status}).")

    def _move(self, resource: Resource, status: str, time: float) -> None:
        with self._lock:
            resource.status, resource.updated = status, time

    def _move_at(self, resource: Resource, status: str, time: float) -> None:
        self.timers.at(time, lambda: self._move(resource, status, time))

    def _create(self, existing: dict[str, _R], resource: _R) -> None:
        existing[resource.arn] = resource
        self._move_at(resource, resources.CREATE_IN_PROGRESS, resource.created + CREATION_SECONDS / 2)
        self._move_at(resource, resources.ACTIVE, resource.created + CREATION_SECONDS)

    def _delete(self, existing: dict[str, _R], resource: _R) -> None:
        now = self._now()
        self._move(resource, resources.DELETE_PENDING, now)
        self._move_at(resource, resources.DELETE_IN_PROGRESS, now + CREATION_SECONDS / 2)
        self.timers.at(now + CREATION_SECONDS, lambda: existing.__delitem__(resource.arn))


def _get(existing: Mapping[str, _R], arn: str) -> _R:
    if arn not in existing:
        raise exceptions.ResourceNotFoundException(arn)
    return existing[arn]


personalize_backends = BackendDict(PersonalizeBackend, "personalize")
