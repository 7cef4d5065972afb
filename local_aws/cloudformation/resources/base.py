"""What every resource type offers to the engine, and how properties become API requests."""

import json
import random
import string
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from local_aws.account import Account
from local_aws.cloudformation.resource_schemas import schema_of
from local_aws.cloudformation.stack import Stack, StackResource

_RANDOM_LENGTH = 12
_POLL_INTERVAL = 5.0
"""AWS seconds between two looks at a resource that isn't ready yet."""


class ResourceError(Exception):
    """A resource operation failed.

    Args:
        reason: What the stack event says.
        physical_id: The resource's physical id, where the failure itself tells it.
    """

    def __init__(self, reason: str, physical_id: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.physical_id = physical_id


class OperationCancelledError(Exception):
    """The stack operation was cancelled while the resource was in progress."""


@dataclass
class Request:
    """One operation on one resource.

    Attributes:
        aws: The AWS to work on.
        stack: The stack that the resource belongs to.
        resource: Its entry in the stack; gets the physical id and what Fn::GetAtt returns.
        verb: CREATE, UPDATE or DELETE, as the resource's status says.
        properties: The properties that it shall have.
        old_properties: On update, the properties that it has.
        cancelled: Set when the stack operation no longer waits for it.
    """

    aws: Account
    stack: Stack
    resource: StackResource
    verb: str
    properties: dict[str, Any]
    old_properties: dict[str, Any]
    cancelled: threading.Event

    @property
    def physical_id(self) -> str:
        """Which resource it is; empty until there is one."""
        return self.resource.physical_id or ""

    def initiated(self, physical_id: str) -> None:
        """Tell that there is something to delete from now on."""
        self.resource.physical_id = physical_id
        self.stack.set_resource_status(self.resource, f"{self.verb}_IN_PROGRESS", "Resource creation Initiated")

    def generated_name(self, limit: int = 64) -> str:
        """Return a name for a resource that the author didn't name: stack, logical id and random characters."""
        suffix = "".join(random.choices(string.ascii_letters + string.digits, k=_RANDOM_LENGTH))
        room, logical_id = limit - _RANDOM_LENGTH - 2, self.resource.logical_id
        stack_part = self.stack.name[: max(room - len(logical_id), room // 2)]
        return "-".join([stack_part, logical_id[: room - len(stack_part)], suffix])

    def changed(self, name: str) -> bool:
        """Whether a property differs from what the resource has."""
        return bool(self.properties.get(name) != self.old_properties.get(name))

    def wait_until(self, ready: Callable[[], bool], what: str, minutes: float = 120) -> None:
        """Look every few seconds of AWS time until ``ready()``.

        Raises:
            OperationCancelledError: If the stack operation was cancelled meanwhile.
            ResourceError: If it takes longer than ``minutes`` of AWS time.
        """
        deadline = self.aws.clock.time() + minutes * 60
        while not ready():
            if self.cancelled.is_set():
                raise OperationCancelledError
            if self.aws.clock.time() > deadline:
                raise ResourceError(f"Exceeded attempts to wait: {what}")
            self.aws.clock.wait(self.cancelled, _POLL_INTERVAL)


class ResourceType:
    """A resource type; subclasses call the service's own API.

    Attributes:
        type: Its name in templates.
        properties: Names of the properties that the embedded AWS acts upon, if not on all; any other is refused.
        updates: Whether its resources can be updated; otherwise any change needs a new resource.
        replaces_by_update: Whether `update` itself may answer with another physical id.
    """

    type: str
    properties: frozenset[str] | None = None
    updates: bool = True
    replaces_by_update: ClassVar[bool] = False

    @property
    def create_only(self) -> frozenset[str]:
        """Names of the properties whose change needs a new resource."""
        schema = schema_of(self.type)
        return frozenset() if schema is None else schema.create_only if self.updates else schema.properties

    @property
    def deletes_first(self) -> bool:
        """Whether a replacement deletes the old resource before it creates the new one."""
        schema = schema_of(self.type)
        return schema is not None and schema.deletes_first

    def check(self, properties: Mapping[str, Any]) -> None:
        """Refuse properties that the type doesn't have, that are missing, or that the embedded AWS doesn't act upon.

        Raises:
            ResourceError: Naming the first of them.
        """
        schema = schema_of(self.type)
        if schema is not None:
            for name in sorted(properties.keys() - schema.properties if schema.closed else ()):
                raise ResourceError(f"Properties validation failed: #: extraneous key [{name}] is not permitted")
            for name in sorted(schema.required - properties.keys()):
                raise ResourceError(f"Properties validation failed: #: required key [{name}] not found")
        if self.properties is not None and (others := properties.keys() - self.properties):
            raise lacking(f"{', '.join(sorted(others))} of {self.type}")

    def has_attribute(self, name: str) -> bool:
        """Whether Fn::GetAtt can name an attribute; custom resources may have any."""
        schema = schema_of(self.type)
        return schema is None or not schema.closed or name.split(".")[0] in schema.properties

    def needs_replacement(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether going from the old to the new properties needs a new resource."""
        return any(old.get(name) != new.get(name) for name in self.create_only)

    def create(self, request: Request) -> None:
        """Create the resource; tell its physical id as soon as there is one."""
        raise NotImplementedError

    def update(self, request: Request) -> None:
        """Change the resource in place; by default nothing is to be done."""

    def delete(self, request: Request) -> None:
        """Delete the resource; by default nothing is to be done."""


class Placeholder(ResourceType):
    """A type of which nothing comes: what the CDK notes about an app, or a name for nothing in an empty stack.

    Args:
        type_name: The type's name in templates.
    """

    def __init__(self, type_name: str) -> None:
        self.type = type_name

    def create(self, request: Request) -> None:
        request.initiated(f"https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/{uuid.uuid4()}")


def lacking(what: str) -> ResourceError:
    """Return the error of something that AWS has and the embedded AWS hasn't."""
    return ResourceError(
        f"The embedded AWS doesn't have {what}. AWS has it: deploy to an account, or leave it out here."
    )


def document(value: Any) -> str:
    """Return a policy document or another JSON property as the text that the API takes."""
    return value if isinstance(value, str) else json.dumps(value)


def tag_map(request: Request) -> dict[str, str]:
    """Return a resource's tags, the stack's included, as a mapping."""
    own = request.properties.get("Tags") or {}
    if isinstance(own, list):
        # Most services say Key and Value, some TagKey and TagValue.
        own = {tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue")) for tag in own}
    return {tag["Key"]: tag["Value"] for tag in request.stack.tags} | {key: str(value) for key, value in own.items()}


def tag_list(request: Request) -> list[dict[str, str]]:
    """Return a resource's tags, the stack's included, as Key and Value pairs."""
    return [{"Key": key, "Value": value} for key, value in tag_map(request).items()]
