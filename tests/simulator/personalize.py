"""Amazon Personalize's dataset import jobs, as far as the documentation tells."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.faults import ServiceError

QUOTA = 5
PAGE = 100
JOB_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")
SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}
QUOTA_MESSAGE = "More than 5 resources with PENDING or IN_PROGRESS status."
# When a job is listed that the service tells nothing of any more.
FORGOTTEN = float("inf")


@dataclass
class Outcome:
    """How a job goes: seconds pending, seconds until it ends, and why it fails if it does."""

    duration: float = 360.0
    pending: float = 20.0
    failure_reason: str | None = None


@dataclass
class Dataset:
    """A dataset: it exists from `created` on, is ACTIVE from `active_from` on, and is gone after `deleted`."""

    arn: str
    created: float = 0.0
    active_from: float = 0.0
    deleted: bool = False


@dataclass
class Job:
    """A dataset import job; `spec` and `request_id` are those of the request whose invocation started it."""

    name: str
    arn: str
    dataset_arn: str
    location: str
    mode: str
    attribution: bool
    role_arn: str
    created: float
    outcome: Outcome
    listed_from: float
    tags: list[dict[str, str]] = field(default_factory=list)
    request_id: str | None = None
    spec: tuple[str, ...] | None = None

    @property
    def ends(self) -> float:
        return self.created + self.outcome.duration

    def status(self, now: float) -> str:
        if now >= self.ends:
            return "ACTIVE" if self.outcome.failure_reason is None else "CREATE FAILED"
        return "CREATE IN_PROGRESS" if now >= self.created + self.outcome.pending else "CREATE PENDING"

    def running(self, now: float) -> bool:
        return now < self.ends

    def active(self, now: float) -> bool:
        return self.status(now) == "ACTIVE"

    def updated(self, now: float) -> float:
        if now >= self.ends:
            return self.ends
        in_progress = self.created + self.outcome.pending
        return in_progress if now >= in_progress else self.created


class Personalize:
    """The service in one account and region.

    Attributes:
        order: "newest", "oldest" or "shuffled": the order in which jobs are listed, which is not documented.
        list_lag: seconds until a new job is listed.
        lists_unknown_datasets: whether listing the jobs of an unknown dataset gives an empty list; not documented.
        quota_first: whether the quota is looked at before the name.
        next_outcome: how the next job that is started will go.
        refusals: called before a job is started; may raise a `ServiceError`.
        started: called with each job that was started by an invocation.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.order = "newest"
        self.list_lag = 0.0
        self.lists_unknown_datasets = True
        self.quota_first = False
        self.next_outcome: Callable[[dict[str, Any]], Outcome] = lambda request: Outcome()
        self.refusals: list[Callable[[dict[str, Any]], None]] = []
        self.datasets: dict[str, Dataset] = {}
        self.roles: dict[str, float] = {}
        self.jobs: dict[str, Job] = {}
        self._of_dataset: dict[str, list[Job]] = {}

    def add_job(self, job: Job) -> Job:
        self.jobs[job.arn] = job
        self._of_dataset.setdefault(job.dataset_arn, []).append(job)
        return job

    def running(self) -> list[Job]:
        now = self.now()
        return [job for job in self.jobs.values() if job.running(now)]

    def jobs_of(self, dataset_arn: str) -> list[Job]:
        return self._of_dataset.get(dataset_arn, [])

    def delete_dataset(self, arn: str) -> None:
        """Delete a dataset.

        Raises:
            ServiceError: ResourceInUseException while a job of it is running.
        """
        if any(job.running(self.now()) for job in self.jobs_of(arn)):
            raise ServiceError("ResourceInUseException", f"{arn} has import jobs that are pending or in progress.")
        self.datasets[arn].deleted = True

    def serve(self, operation: str, params: dict[str, Any]) -> tuple[dict[str, Any], Job | None]:
        """The answer to a call, and the job that it started, if any.

        Raises:
            ServiceError: as the service would.
        """
        if operation == "CreateDatasetImportJob":
            job = self._create(params)
            return {"datasetImportJobArn": job.arn}, job
        if operation == "ListDatasetImportJobs":
            return self._list(params), None
        if operation == "DescribeDatasetImportJob":
            return {"datasetImportJob": self._describe(params)}, None
        if operation == "DescribeDataset":
            dataset = self._dataset(params["datasetArn"])
            status = "ACTIVE" if self.now() >= dataset.active_from else "CREATE IN_PROGRESS"
            described: dict[str, Any] = {"datasetArn": dataset.arn, "status": status, "datasetType": "Interactions"}
            described["creationDateTime"] = dataset.created
            return {"dataset": described | {"schemaArn": dataset.arn.replace(":dataset/", ":schema/")}}, None
        if operation == "DescribeSchema":
            return {"schema": {"schemaArn": params["schemaArn"], "schema": json.dumps(SCHEMA)}}, None
        raise ServiceError("UnknownOperationException", f"{operation} is not simulated")

    def _dataset(self, arn: str) -> Dataset:
        dataset = self.datasets.get(arn)
        if dataset is None or dataset.deleted:
            raise ServiceError("ResourceNotFoundException", f"Could not find the dataset {arn}")
        return dataset

    def _create(self, params: dict[str, Any]) -> Job:
        now = self.now()
        name = params["jobName"]
        if not JOB_NAME.fullmatch(name) or len(name) > 63:
            raise ServiceError("InvalidInputException", f"jobName {name} does not match the pattern")
        for refuse in self.refusals:
            refuse(params)
        if len(params.get("tags", [])) > 50:
            raise ServiceError("TooManyTagsException", "More than 50 tags")
        if self._dataset(params["datasetArn"]).active_from > now:
            raise ServiceError("ResourceInUseException", "The dataset is not ACTIVE")
        if self.roles.get(params["roleArn"], float("inf")) > now:
            raise ServiceError("InvalidInputException", f"Personalize cannot assume the role {params['roleArn']}.")
        arn = params["datasetArn"].split(":dataset/")[0] + ":dataset-import-job/" + name
        for look in (
            (self._check_quota, self._check_name) if self.quota_first else (self._check_name, self._check_quota)
        ):
            look(arn)
        mode = params.get("importMode", "FULL")
        since = self._dataset(params["datasetArn"]).created
        earlier = [job for job in self.jobs_of(params["datasetArn"]) if job.created >= since]
        if mode == "INCREMENTAL" and not any(job.active(now) for job in earlier):
            raise ServiceError("InvalidInputException", "The dataset has no bulk data yet: import mode must be FULL")
        return self.add_job(
            Job(
                name=name,
                arn=arn,
                dataset_arn=params["datasetArn"],
                location=params["dataSource"]["dataLocation"],
                mode=mode,
                attribution=params.get("publishAttributionMetricsToS3", False),
                role_arn=params["roleArn"],
                created=now,
                outcome=self.next_outcome(params),
                listed_from=now + self.list_lag,
                tags=params.get("tags", []),
            )
        )

    def _check_quota(self, arn: str) -> None:
        if len(self.running()) >= QUOTA:
            raise ServiceError("LimitExceededException", QUOTA_MESSAGE)

    def _check_name(self, arn: str) -> None:
        if arn in self.jobs:
            raise ServiceError("ResourceAlreadyExistsException", "The specified resource already exists.")

    def _list(self, params: dict[str, Any]) -> dict[str, Any]:
        now = self.now()
        dataset_arn = params.get("datasetArn")
        if dataset_arn and not self.lists_unknown_datasets:
            self._dataset(dataset_arn)
        jobs = self.jobs_of(dataset_arn) if dataset_arn else list(self.jobs.values())
        size = params.get("maxResults", PAGE)
        offset = 0
        if "nextToken" in params:
            token = re.fullmatch(r"token-(\d+)", params["nextToken"])
            if not token:
                raise ServiceError("InvalidNextTokenException", "The token is not valid.")
            offset = int(token[1])
        jobs = [job for job in jobs if job.listed_from <= now]
        if self.order == "newest":
            jobs = jobs[::-1]
        elif self.order == "shuffled":
            jobs = sorted(jobs, key=lambda job: job.name[::-1])
        answer: dict[str, Any] = {"datasetImportJobs": [self._summary(job) for job in jobs[offset : offset + size]]}
        if offset + size < len(jobs):
            answer["nextToken"] = f"token-{offset + size}"
        return answer

    def _summary(self, job: Job) -> dict[str, Any]:
        now = self.now()
        summary = {
            "datasetImportJobArn": job.arn,
            "jobName": job.name,
            "status": job.status(now),
            "creationDateTime": job.created,
            "lastUpdatedDateTime": job.updated(now),
            "importMode": job.mode,
        }
        if job.outcome.failure_reason is not None and not job.running(now):
            summary["failureReason"] = job.outcome.failure_reason
        return summary

    def _describe(self, params: dict[str, Any]) -> dict[str, Any]:
        job = self.jobs.get(params["datasetImportJobArn"])
        if job is None or job.listed_from == FORGOTTEN:
            raise ServiceError("ResourceNotFoundException", "Could not find the job")
        return self._summary(job) | {
            "datasetArn": job.dataset_arn,
            "dataSource": {"dataLocation": job.location},
            "roleArn": job.role_arn,
            "publishAttributionMetricsToS3": job.attribution,
        }
