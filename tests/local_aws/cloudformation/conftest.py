"""Stacks of small templates on an embedded AWS, and functions that are Python callables of the test."""

import json
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws.cloudformation.resources.base import Request
from local_aws.cloudformation.resources.custom_resource import CustomResource
from local_aws.server import LocalAws

TOKEN = "arn:aws:lambda:us-east-1:123456789012:function:test"


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws(speed=600) as running:
        yield running


class Stacks:
    """CloudFormation through boto3, waiting for the end of each operation."""

    def __init__(self, aws: LocalAws) -> None:
        self.client = aws.client("cloudformation")

    def create(self, name: str, resources: dict[str, Any], wait: bool = True, **more: Any) -> str:
        self.client.create_stack(**self._given(name, resources, more))
        return self.settle(name) if wait else ""

    def update(self, name: str, resources: dict[str, Any], wait: bool = True, **more: Any) -> str:
        self.client.update_stack(**self._given(name, resources, more))
        return self.settle(name) if wait else ""

    def delete(self, name: str, **more: Any) -> str:
        stack_id = self.describe(name)["StackId"]
        self.client.delete_stack(StackName=name, **more)
        return self.settle(stack_id)

    def settle(self, name: str) -> str:
        deadline = time.monotonic() + 20
        while (status := self.describe(name)["StackStatus"]).endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, self.events(name)
            time.sleep(0.02)
        return str(status)

    def describe(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.describe_stacks(StackName=name)["Stacks"][0]
        return found

    def outputs(self, name: str) -> dict[str, str]:
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe(name).get("Outputs", [])}

    def physical_id(self, name: str, logical_id: str) -> str:
        detail = self.client.describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def events(self, name: str, logical_id: str | None = None) -> list[tuple[str, str, str]]:
        """Logical id, status and reason of each event, oldest first."""
        pages = self.client.get_paginator("describe_stack_events").paginate(StackName=name)
        found = [event for page in pages for event in page["StackEvents"]]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in reversed(found)
            if logical_id in (None, event["LogicalResourceId"])
        ]

    def statuses(self, name: str, logical_id: str) -> list[str]:
        return [status for _, status, _ in self.events(name, logical_id)]

    def reason(self, name: str, logical_id: str) -> str:
        """Why a resource failed, last."""
        return [reason for _, status, reason in self.events(name, logical_id) if status.endswith("FAILED")][-1]

    def _given(self, name: str, resources: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        template = {"Resources": resources} | more.pop("template", {})
        return {
            "StackName": name,
            "TemplateBody": json.dumps(template),
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
        } | more


@pytest.fixture
def stacks(aws: LocalAws) -> Stacks:
    return Stacks(aws)


class Function:
    """Stands in for every custom resource's function.

    Attributes:
        events: The events that it was invoked with.
        answer: Makes the reply to an event; None doesn't reply.
    """

    def __init__(self, aws: LocalAws) -> None:
        self.events: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda _: {}
        self._context = ssl.create_default_context(cafile=str(aws.ca_bundle))

    def invoke(self, _resource: Any, _request: Request, token: str, event: dict[str, Any]) -> None:
        assert token == TOKEN
        self.events.append(json.loads(json.dumps(event)))
        threading.Thread(target=self._run, args=(event,), daemon=True).start()

    def kinds(self) -> list[tuple[str, str | None]]:
        """Request type and physical id of each event."""
        return [(event["RequestType"], event.get("PhysicalResourceId")) for event in self.events]

    def put(self, url: str, body: bytes) -> int:
        request = urllib.request.Request(url, data=body, method="PUT")
        try:
            with urllib.request.urlopen(request, context=self._context) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code

    def _run(self, event: dict[str, Any]) -> None:
        answer = self.answer(event)
        if answer is not None:
            self.put(event["ResponseURL"], json.dumps(reply(event) | answer).encode())


def reply(event: dict[str, Any]) -> dict[str, Any]:
    echoed = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    return echoed | {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId", "made-1")}


@pytest.fixture
def function(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function(aws)
    monkeypatch.setattr(CustomResource, "_invoke", lambda *given: made.invoke(*given))
    return made


def custom(depends_on: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    resource: dict[str, Any] = {"Type": "Custom::Thing", "Properties": {"ServiceToken": TOKEN, **properties}}
    return resource | ({"DependsOn": depends_on} if depends_on else {})


@pytest.fixture(name="custom")
def custom_resource() -> Callable[..., dict[str, Any]]:
    return custom


def parameter(
    value: Any = "value", depends_on: list[str] | None = None, broken: bool = False, **more: Any
) -> dict[str, Any]:
    """The simplest ordinary resource; a broken one is refused, for a property that there isn't."""
    properties = {"Type": "String", "Value": value} | ({"Colour": "red"} if broken else {})
    resource = {"Type": "AWS::SSM::Parameter", "Properties": properties} | more
    return resource | ({"DependsOn": depends_on} if depends_on else {})


@pytest.fixture(name="parameter")
def ssm_parameter() -> Callable[..., dict[str, Any]]:
    return parameter
