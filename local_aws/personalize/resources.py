"""The resources of Personalize as its Describe and List operations show them."""

from dataclasses import dataclass, field
from typing import Any

CREATE_PENDING = "CREATE PENDING"
CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
CREATE_FAILED = "CREATE FAILED"
ACTIVE = "ACTIVE"
DELETE_PENDING = "DELETE PENDING"
DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"

Record = dict[str, str]
"""One record of a dataset: the CSV's values by column."""


@dataclass
class Resource:
    """What every resource has.

    Attributes:
        arn: The resource's ARN.
        request: The members of the request that created it, as they were sent.
        created: AWS time of the creation, in seconds since the epoch.
        updated: AWS time of the last change of status.
        status: For example ``CREATE PENDING``.
        tags: Tag values by key.
    """

    arn: str
    request: dict[str, Any]
    created: float
    updated: float = 0.0
    status: str = CREATE_PENDING
    tags: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.updated = self.created
        self.tags.update({tag["tagKey"]: tag["tagValue"] for tag in self.request.get("tags") or []})

    @property
    def name(self) -> str:
        return str(self.request["name"])

    @property
    def is_being_created(self) -> bool:
        return self.status in (CREATE_PENDING, CREATE_IN_PROGRESS)

    def summary(self) -> dict[str, Any]:
        return {"creationDateTime": self.created, "lastUpdatedDateTime": self.updated}

    def description(self) -> dict[str, Any]:
        return {**{key: value for key, value in self.request.items() if key != "tags"}, **self.summary()}


@dataclass
class Schema(Resource):
    """A schema; it has no status."""

    def summary(self) -> dict[str, Any]:
        domain = {"domain": self.request["domain"]} if self.request.get("domain") else {}
        return {"name": self.name, "schemaArn": self.arn, **domain, **super().summary()}


@dataclass
class DatasetGroup(Resource):
    """A dataset group."""

    def summary(self) -> dict[str, Any]:
        domain = {"domain": self.request["domain"]} if self.request.get("domain") else {}
        return {"name": self.name, "datasetGroupArn": self.arn, "status": self.status, **domain, **super().summary()}


@dataclass
class Dataset(Resource):
    """A dataset.

    Attributes:
        records: What is in it: records by their identity, see `local_aws.personalize.import_job`.
    """

    records: dict[tuple[str, ...], Record] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The dataset's type in capitals, for example ``ACTION_INTERACTIONS``."""
        return str(self.request["datasetType"]).upper()

    def summary(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "datasetArn": self.arn,
            "datasetType": self.type,
            "status": self.status,
            **super().summary(),
        }


@dataclass
class Solution(Resource):
    """A solution: its configuration only, no model is trained."""

    def summary(self) -> dict[str, Any]:
        recipe = {"recipeArn": self.request["recipeArn"]} if self.request.get("recipeArn") else {}
        return {"name": self.name, "solutionArn": self.arn, "status": self.status, **recipe, **super().summary()}


@dataclass
class SolutionVersion(Resource):
    """A solution version: how a training would have ended.

    Attributes:
        failure_reason: Why it fails, empty unless it does.
    """

    failure_reason: str = ""

    def summary(self) -> dict[str, Any]:
        failed = {"failureReason": self.failure_reason} if self.status == CREATE_FAILED else {}
        return {"solutionVersionArn": self.arn, "status": self.status, **failed, **super().summary()}


@dataclass
class EventTracker(Resource):
    """An event tracker: its tracking id only, no events arrive."""

    def summary(self) -> dict[str, Any]:
        return {"name": self.name, "eventTrackerArn": self.arn, "status": self.status, **super().summary()}


@dataclass
class DatasetImportJob(Resource):
    """A dataset import job.

    Attributes:
        failure_reason: Why it failed, empty unless it did.
        records_imported: How many records it read; 0 until it is ACTIVE.
    """

    failure_reason: str = ""
    records_imported: int = 0

    @property
    def name(self) -> str:
        return str(self.request["jobName"])

    @property
    def import_mode(self) -> str:
        return str(self.request.get("importMode") or "FULL")

    def summary(self) -> dict[str, Any]:
        reason = {"failureReason": self.failure_reason} if self.failure_reason else {}
        return {
            "datasetImportJobArn": self.arn,
            "jobName": self.name,
            "status": self.status,
            "importMode": self.import_mode,
            **reason,
            **super().summary(),
        }
