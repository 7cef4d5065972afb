"""What the operations of Personalize share: resources by ARN, their tags, their statuses over AWS time."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from moto.core.base_backend import BaseBackend
from moto.core.exceptions import InvalidToken
from moto.core.utils import camelcase_to_underscores
from moto.utilities.paginator import Paginator

from local_aws.account import Account
from local_aws.personalize import resource as states
from local_aws.personalize.errors import PersonalizeError, already_exists, in_use
from local_aws.personalize.resource import Resource
from local_aws.request_check import service_model

CREATION_SECONDS = 10.0
"""AWS seconds from the creation of a dataset group, dataset or solution until it is ACTIVE; also for a deletion."""

_MAX_TAGS = 50
_MAX_RESULTS = 100
_WORK = ("DatasetImportJob", "SolutionVersion")
"""What uses another resource only until it is done."""


class ResourceStates(BaseBackend):
    """The resources of one account and region, and their tags.

    Attributes:
        resources: All resources by ARN, oldest first.
        newest_first: The order in which import jobs are listed; the service documents none.
    """

    aws: ClassVar[Account]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.resources: dict[str, Resource] = {}
        self.newest_first = True

    def operation(self, name: str) -> partial[dict[str, Any]] | None:
        """Return what answers an operation, or None.

        That is a method, or, where resources of a kind can be created, what describes, lists or deletes them.
        """
        if method := getattr(self, camelcase_to_underscores(name), None):
            return partial(method)
        verb, kind = re.fullmatch("(Describe|List|Delete|)(.+?)s?", name).groups()  # type: ignore[union-attr]
        if not verb or not hasattr(self, f"create_{camelcase_to_underscores(kind)}"):
            return None
        if verb == "Delete":
            return partial(self._delete, kind)
        [(member, shape), *_] = service_model("personalize").operation_model(name).output_shape.members.items()
        return partial(self._describe if verb == "Describe" else self._list, kind, member, shape)

    def tag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        resource = self._resource(request["resourceArn"])
        tags = resource.tags | {tag["tagKey"]: tag["tagValue"] for tag in request["tags"]}
        if len(tags) > _MAX_TAGS:
            raise PersonalizeError("TooManyTagsException", f"A resource can have at most {_MAX_TAGS} tags.")
        resource.tags = tags
        return {}

    def untag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        resource = self._resource(request["resourceArn"])
        resource.tags = {key: value for key, value in resource.tags.items() if key not in request["tagKeys"]}
        return {}

    def list_tags_for_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        tags = self._resource(request["resourceArn"]).tags
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}

    def _describe(self, kind: str, member: str, shape: Any, request: dict[str, Any]) -> dict[str, Any]:
        [arn] = request.values()
        return {member: self._resource(arn, kind).described(shape)}

    def _list(self, kind: str, member: str, shape: Any, request: dict[str, Any]) -> dict[str, Any]:
        """One page; its token names the next resource, so that a new resource neither hides nor repeats another one."""
        wanted = {key: value for key, value in request.items() if key not in ("maxResults", "nextToken")}
        found = self._of(kind, **wanted)
        if kind == "DatasetImportJob" and self.newest_first:
            found.reverse()
        try:
            pages = Paginator(request.get("maxResults"), _MAX_RESULTS, request.get("nextToken"), unique_attribute="arn")
            page, token = pages.paginate(found)
        except InvalidToken as error:
            raise PersonalizeError("InvalidNextTokenException", "The token is not valid.") from error
        return {member: [each.described(shape.member) for each in page], **({"nextToken": token} if token else {})}

    def _delete(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        [arn] = request.values()
        resource, now = self._resource(arn, kind), self._now()
        if resource.status not in (states.ACTIVE, states.CREATE_FAILED):
            raise in_use(f"Resource {arn} is in use, its status is {resource.status}.")
        users = [each for each in self.resources.values() if arn in each.request.values()]
        for user in users:
            if user.kind not in _WORK or user.is_being_created:
                raise in_use(f"Resource {arn} is in use by {user.arn} ({user.status}).")
        if kind == "Schema":
            del self.resources[arn]
            return {}
        for version in self._of("SolutionVersion", solutionArn=arn):
            del self.resources[version.arn]
        self._move(resource, states.DELETE_PENDING, now)
        self._move_half_way(resource, states.DELETE_IN_PROGRESS, now, partial(self._remove, resource))
        return {}

    def _remove(self, resource: Resource) -> None:
        # After a reset another one may be there under its ARN.
        if self.resources.get(resource.arn) is resource:
            del self.resources[resource.arn]

    def _now(self) -> float:
        return self.aws.clock.time()

    def _of(self, kind: str, **wanted: Any) -> list[Resource]:
        """The resources of a kind whose requests had these members."""
        return [r for r in list(self.resources.values()) if r.kind == kind and wanted.items() <= r.request.items()]

    def _resource(self, arn: str, kind: str | None = None) -> Resource:
        resource = self.resources.get(arn)
        if resource is None or kind not in (None, resource.kind):
            raise PersonalizeError("ResourceNotFoundException", f"Resource Arn {arn} does not exist.")
        return resource

    def _active(self, arn: str, kind: str) -> Resource:
        resource = self._resource(arn, kind)
        if resource.status != states.ACTIVE:
            raise in_use(f"Resource {arn} is not ACTIVE, its status is {resource.status}.")
        return resource

    def _new(self, kind: str, name: str, request: dict[str, Any]) -> Resource:
        path = camelcase_to_underscores(kind).replace("_", "-")
        arn = f"arn:{self.partition}:personalize:{self.region_name}:{self.account_id}:{path}/{name}"
        if arn in self.resources:
            raise already_exists(arn)
        return Resource(kind, arn, request, self._now())

    def _create(self, resource: Resource) -> dict[str, Any]:
        self.resources[resource.arn] = resource
        begin, status = resource.created, states.CREATE_FAILED if resource.failure_reason else states.ACTIVE
        end = partial(self._move, resource, status, begin + CREATION_SECONDS)
        self._move_half_way(resource, states.CREATE_IN_PROGRESS, begin, end)
        return resource.named

    def _move(self, resource: Resource, status: str, time: float) -> None:
        resource.status, resource.updated = status, time

    def _move_half_way(self, resource: Resource, status: str, begin: float, finish: Callable[[], None]) -> None:
        """Move a resource when half of its creation or deletion is over, and finish that at its end."""

        def move() -> None:
            self._move(resource, status, begin + CREATION_SECONDS / 2)
            # Not armed before: two timers that are both late can run in either order.
            self.aws.timers.at(begin + CREATION_SECONDS, finish)

        self.aws.timers.at(begin + CREATION_SECONDS / 2, move)
