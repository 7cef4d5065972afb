"""Stacks, their resources and their events: what CloudFormation remembers."""

import contextlib
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import moto.cloudformation.models
from moto.sns.exceptions import SNSNotFoundError

from local_aws import turn
from local_aws.account import ACCOUNT, REGION
from local_aws.clock import Clock
from local_aws.cloudformation.template import Template

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(eq=False)
class StackResource:
    """One resource of a stack.

    Attributes:
        logical_id: Its name in the template.
        type: Its resource type.
        physical_id: Its name in its own service; None until the service has given one.
        properties: Its properties as last sent to the service, all functions evaluated.
        attributes: What Fn::GetAtt returns.
        dependencies: Logical ids of the resources that must outlive it.
        deletion_policy: What happens when it leaves the stack: Delete, Retain or RetainExceptOnCreate.
        update_replace_policy: What happens to the old one on replacement: Delete or Retain.
        metadata: Its Metadata in the template.
        status: Its last resource status.
        reason: Why it has that status.
        updated: When it got that status.
    """

    logical_id: str
    type: str
    physical_id: str | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    dependencies: set[str] = field(default_factory=set)
    deletion_policy: str = "Delete"
    update_replace_policy: str = "Delete"
    metadata: Any = None
    status: str = ""
    reason: str | None = None
    updated: datetime | None = None

    def take_definition(self, other: "StackResource") -> None:
        """Take over what a template says of the resource beside its properties."""
        self.dependencies, self.metadata = other.dependencies, other.metadata
        self.deletion_policy, self.update_replace_policy = other.deletion_policy, other.update_replace_policy


class Event(moto.cloudformation.models.Event):
    """One stack event, as moto shows it and sends it to topics; the stack's own events have its id as physical id.

    Its timestamp is AWS time, and, as soon as another operation begins, this machine's time, `happened`: some commands
    of the CDK CLI take every event for a new one that is younger than their own start.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.happened = datetime.now(UTC)


class Stack:
    """A stack.

    Args:
        stack_id: Its ARN.
        name: Its name.
        parent_id: ARN of the stack that nests it.
        root_id: ARN of the outermost stack around it.
        clock: AWS time.
    """

    def __init__(self, stack_id: str, name: str, parent_id: str | None, root_id: str | None, clock: Clock) -> None:
        self.id = stack_id
        self.name = name
        self.parent_id = parent_id
        self.root_id = root_id
        self.template: Template | None = None
        self.parameters: dict[str, str] = {}
        self.tags: list[dict[str, str]] = []
        self.capabilities: list[str] = []
        self.notification_arns: list[str] = []
        self.role_arn: str | None = None
        self.enable_termination_protection = False
        self.disable_rollback = False
        self.timeout_in_minutes: int | None = None
        self.status = ""
        self.reason: str | None = None
        self.creation_time = clock.now()
        self.last_updated_time: datetime | None = None
        self.deletion_time: datetime | None = None
        self.resources: dict[str, StackResource] = {}
        self.outputs: list[dict[str, Any]] = []
        self.exports: dict[str, str] = {}
        self.imports: set[str] = set()
        self.events: list[Event] = []
        self.operation: Any = None
        self.idle = threading.Event()
        self.idle.set()
        self._lock = threading.Lock()
        self._clock = clock

    @property
    def in_progress(self) -> bool:
        """Whether an operation runs on it."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def begin_operation(self) -> None:
        """Tell the events of earlier operations from those that follow."""
        with self._lock:
            for event in self.events:
                event.timestamp = event.happened

    def set_status(self, status: str, reason: str | None = None) -> None:
        """Move the stack itself to a status, with an event."""
        self.status, self.reason = status, reason
        now = self._clock.now()
        if status == "DELETE_COMPLETE":
            self.deletion_time = now
        self._add(self.name, self.id, STACK_TYPE, now, status, reason)

    def set_resource_status(self, resource: StackResource, status: str, reason: str | None = None) -> None:
        """Move a resource to a status, with an event."""
        now = self._clock.now()
        resource.status, resource.reason, resource.updated = status, reason, now
        self._add(resource.logical_id, resource.physical_id or "", resource.type, now, status, reason)

    def _add(
        self, logical_id: str, physical_id: str, kind: str, now: datetime, status: str, reason: str | None
    ) -> None:
        event = Event(self.id, self.name, logical_id, physical_id, kind, status, reason, None)
        with self._lock:
            # CDK's CLI sorts by time, which the API gives in milliseconds.
            event.timestamp = max(now, self.events[-1].timestamp + timedelta(milliseconds=1)) if self.events else now
            self.events.append(event)
        for topic in self.notification_arns:
            with turn.taken(), contextlib.suppress(SNSNotFoundError):
                event.sendToSns(ACCOUNT, REGION, [topic])
