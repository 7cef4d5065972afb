"""What the operations of Personalize share: resources by ARN, and their statuses, which change over AWS time."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from moto.core.base_backend import BaseBackend

from local_aws.account import Account
from local_aws.personalize import exceptions, resources
from local_aws.personalize.resources import (
    Dataset,
    DatasetGroup,
    DatasetImportJob,
    EventTracker,
    Resource,
    Schema,
    Solution,
    SolutionVersion,
)

CREATION_SECONDS = 10.0
"""AWS seconds from the creation of a dataset group, dataset or solution until it is ACTIVE; also for a deletion."""

_MAX_TAGS = 50

R = TypeVar("R", bound=Resource)


class ResourceStates(BaseBackend):
    """The resources of one account and region, and their tags."""

    aws: ClassVar[Account]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.schemas: dict[str, Schema] = {}
        self.dataset_groups: dict[str, DatasetGroup] = {}
        self.datasets: dict[str, Dataset] = {}
        self.solutions: dict[str, Solution] = {}
        self.solution_versions: dict[str, SolutionVersion] = {}
        self.event_trackers: dict[str, EventTracker] = {}
        self.dataset_import_jobs: dict[str, DatasetImportJob] = {}
        self._lock = threading.RLock()

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

    def _now(self) -> float:
        return self.aws.clock.time()

    def _new_arn(self, kind: str, name: str, existing: Mapping[str, Resource]) -> str:
        arn = f"arn:{self.partition}:personalize:{self.region_name}:{self.account_id}:{kind}/{name}"
        if arn in existing:
            raise exceptions.ResourceAlreadyExistsException(arn)
        return arn

    def _of(self, existing: Mapping[str, R], request: dict[str, Any], key: str) -> list[R]:
        return [r for r in list(existing.values()) if request.get(key) in (None, r.request.get(key))]

    def _any(self, arn: str) -> Resource:
        everything: dict[str, Resource] = {
            **self.dataset_groups,
            **self.datasets,
            **self.solutions,
            **self.solution_versions,
            **self.event_trackers,
            **self.dataset_import_jobs,
        }
        return resource_of(everything, arn)

    def _active(self, existing: Mapping[str, R], arn: str) -> R:
        resource = resource_of(existing, arn)
        if resource.status != resources.ACTIVE:
            raise exceptions.ResourceInUseException(f"Resource {arn} is not ACTIVE, its status is {resource.status}.")
        return resource

    def _deletable(self, existing: Mapping[str, R], arn: str) -> R:
        resource = resource_of(existing, arn)
        if resource.status not in (resources.ACTIVE, resources.CREATE_FAILED):
            raise exceptions.ResourceInUseException(f"Resource {arn} is in use, its status is {resource.status}.")
        return resource

    def _refuse_use(self, resource: Resource, users: Iterable[Resource]) -> None:
        for user in users:
            raise exceptions.ResourceInUseException(f"Resource {resource.arn} is in use by {user.arn} ({user.status}).")

    def _move(self, resource: Resource, status: str, time: float) -> None:
        with self._lock:
            resource.status, resource.updated = status, time

    def _move_half_way(self, resource: Resource, status: str, begin: float, finish: Callable[[], None]) -> None:
        """Move a resource when half of its creation or deletion is over, and finish that at its end."""

        def move() -> None:
            self._move(resource, status, begin + CREATION_SECONDS / 2)
            # Not armed before: two timers that are both late can run in either order.
            self.aws.timers.at(begin + CREATION_SECONDS, finish)

        self.aws.timers.at(begin + CREATION_SECONDS / 2, move)

    def _create(self, existing: dict[str, R], resource: R, end: str = resources.ACTIVE) -> None:
        existing[resource.arn] = resource
        begin = resource.created

        def finish() -> None:
            self._move(resource, end, begin + CREATION_SECONDS)

        self._move_half_way(resource, resources.CREATE_IN_PROGRESS, begin, finish)

    def _delete(self, existing: dict[str, R], resource: R) -> None:
        now = self._now()
        self._move(resource, resources.DELETE_PENDING, now)
        self._move_half_way(
            resource, resources.DELETE_IN_PROGRESS, now, finish=lambda: existing.__delitem__(resource.arn)
        )


def resource_of(existing: Mapping[str, R], arn: str) -> R:
    """Return a resource.

    Args:
        existing: Resources by ARN.
        arn: The resource's ARN.

    Raises:
        ResourceNotFoundException: There is no such resource.
    """
    if arn not in existing:
        raise exceptions.ResourceNotFoundException(arn)
    return existing[arn]
