"""Imports between deployments: the schedules and uploads that ask for them, and the events by which they tell."""

import datetime
import io
import json
from collections.abc import Callable
from typing import Any

from finished_event import faults
from simulator.stack import Stack
from simulator.template import GetAtt

# What only CloudFormation's own requests need.
OF_DEPLOYMENTS = ("ServiceToken", "ServiceTimeout", "JobName", "HandOver", "DatasetDefinition", "AddsTo")


class EventBus:
    """The default event bus: what was put on it.

    Attributes:
        details: What it was told.
        refuse: Whether it takes nothing, or until when.
        refused: How often it took nothing.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.details: list[dict[str, Any]] = []
        self.refuse = False
        self.refused_until = 0.0
        self.refused = 0

    def serve(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        assert operation == "PutEvents"
        entries = params["Entries"]
        if self.refuse or self.now() < self.refused_until:
            self.refused += 1
            return {"FailedEntryCount": len(entries), "Entries": [{"ErrorCode": "InternalFailure"} for _ in entries]}
        for entry in entries:
            detail = json.loads(entry["Detail"])
            assert faults({"source": entry["Source"], "detail-type": entry["DetailType"], "detail": detail}) == []
            self.details.append(detail)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}


class Metrics(io.TextIOBase):
    """Standard output, on which the function writes its metrics, and nothing else.

    Attributes:
        lines: Each line.
    """

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def write(self, text: str, /) -> int:
        self.lines += [json.loads(line) for line in text.splitlines()]
        return len(text)


def links_of(stack: Stack, name: str) -> list[str]:
    """The custom resources of an import: the one that starts the job, and those that continue the wait."""
    return [link for link in stack.resources if link == name or link.startswith(f"{name}Wait")]


def properties_of(stack: Stack, name: str) -> dict[str, Any]:
    """What a due request says of the import, as the stack has it now."""
    links = [stack.resources[link].properties for link in links_of(stack, name)]
    own = {key: value for key, value in links[0].items() if key not in OF_DEPLOYMENTS}
    timeout = sum(float(link["Timeout"]) for link in links)
    return {**own, "WaitForCompletion": "true", "Timeout": str(int(timeout))}


def followers_of(stack: Stack, name: str) -> list[str]:
    """The imports that add to this one."""
    links = links_of(stack, name)
    declared = {other: resource.declared.properties for other, resource in stack.resources.items()}
    adding = {other: asked.get("AddsTo") for other, asked in declared.items() if "JobName" not in asked}
    return [other for other, to in adding.items() if isinstance(to, GetAtt) and to.logical_id in links]


def due(
    stack: Stack,
    name: str,
    request_type: str,
    cause: str,
    at: float,
    properties: dict[str, Any] | None = None,
    **members: Any,
) -> dict[str, Any]:
    """Return what a schedule, or the rule for uploads, hands to the function.

    Args:
        stack: The stack of the import.
        name: Logical id of the import's first resource.
        request_type: Import or Upload.
        cause: schedule or upload.
        at: When it was asked for.
        properties: What the request says of the import. Default: what the stack says now.
        **members: Further members of the request.
    """
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat().replace("+00:00", "Z")
    return {
        "RequestType": request_type,
        "RequestId": f"{name}/{cause}/{moment}",
        "StackId": stack.stack_id,
        "LogicalResourceId": name,
        "ResourceProperties": properties or properties_of(stack, name),
        "Due": {"Cause": cause, "At": moment, **({"QuietPeriod": "300"} if request_type == "Upload" else {})},
        **members,
    }
