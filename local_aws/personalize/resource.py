"""A resource of Personalize, as the service's model lets its Describe and List operations show it."""

from dataclasses import dataclass, field
from typing import Any

from botocore.model import StructureShape

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
    """A resource of any kind.

    Attributes:
        kind: Its kind, as operations are named after it, for example ``DatasetGroup``.
        arn: Its ARN.
        request: The members of the request that created it.
        created: AWS time of the creation, in seconds since the epoch.
        updated: AWS time of the last change of status.
        status: For example ``CREATE PENDING``.
        tags: Tag values by key.
        failure_reason: Why its creation fails; shown when it has.
        records: What is in a dataset: records by their identity, see `local_aws.personalize.import_job`.
        records_imported: How many records an import job read; 0 until it is ACTIVE.
    """

    kind: str
    arn: str
    request: dict[str, Any]
    created: float
    updated: float = 0.0
    status: str = CREATE_PENDING
    tags: dict[str, str] = field(default_factory=dict)
    failure_reason: str = ""
    records: dict[tuple[str, ...], Record] = field(default_factory=dict)
    records_imported: int = 0

    def __post_init__(self) -> None:
        self.updated = self.created
        self.tags.update({tag["tagKey"]: tag["tagValue"] for tag in self.request.get("tags") or []})

    @property
    def is_being_created(self) -> bool:
        return self.status in (CREATE_PENDING, CREATE_IN_PROGRESS)

    @property
    def named(self) -> dict[str, Any]:
        """Its ARN, under the name that operations have for it."""
        return {f"{self.kind[0].lower()}{self.kind[1:]}Arn": self.arn}

    def described(self, shape: StructureShape) -> dict[str, Any]:
        """Return the members of a shape of the service's model, as far as the resource has them."""
        known = {
            **self.request,
            **self.named,
            "status": self.status,
            "failureReason": self.failure_reason if self.status == CREATE_FAILED else None,
            "creationDateTime": self.created,
            "lastUpdatedDateTime": self.updated,
        }
        return {name: known[name] for name in shape.members if known.get(name) is not None}
