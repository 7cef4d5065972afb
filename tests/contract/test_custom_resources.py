"""The life of a custom resource, as CloudFormation's guide documents it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
"""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from contract.account import Account
from contract.functions import CUSTOM_RESOURCE, Function

REQUEST = {
    "RequestType",
    "ResponseURL",
    "StackId",
    "RequestId",
    "ResourceType",
    "LogicalResourceId",
    "ResourceProperties",
}


class Stack:
    """A stack whose custom resource asks the function."""

    def __init__(self, account: Account, function: Function, suffix: str) -> None:
        self._account, self._function = account, function
        self.name = f"{account.name}-{suffix}"
        self.id = ""

    def apply(self, operation: str, **properties: Any) -> str:
        """Create or update it; return the status that it ends with."""
        thing = {"Type": "Custom::Thing", "Properties": {"ServiceToken": self._function.arn, **properties}}
        outputs = {
            "Answer": {"Value": {"Fn::GetAtt": ["Thing", "Answer"]}},
            "Id": {"Value": {"Ref": "Thing"}},
        }
        template = json.dumps({"Resources": {"Thing": thing}, "Outputs": outputs})
        call = getattr(self._account.cloudformation, f"{operation}_stack")
        self.id = call(StackName=self.name, TemplateBody=template, Tags=self._account.tags())["StackId"]
        return self.settled()

    def delete(self) -> str:
        """Delete it; return the status that it ends with."""
        self._account.cloudformation.delete_stack(StackName=self.id)
        return self.settled()

    def settled(self) -> str:
        """The status that the operation ends with."""

        def look() -> str:
            status = str(self.described()["StackStatus"])
            return "" if status.endswith("_IN_PROGRESS") else status

        return self._account.until(look, minutes=10)

    def described(self) -> dict[str, Any]:
        """The stack."""
        found: dict[str, Any] = self._account.cloudformation.describe_stacks(StackName=self.id)["Stacks"][0]
        return found

    def reasons(self, status: str) -> list[str]:
        """The reasons of the resource's events of a status, newest first."""
        events = self._account.cloudformation.describe_stack_events(StackName=self.id)["StackEvents"]
        return [
            event.get("ResourceStatusReason", "")
            for event in events
            if event["LogicalResourceId"] == "Thing" and event["ResourceStatus"] == status
        ]


@pytest.fixture
def function(account: Account) -> Function:
    return Function(account, uuid.uuid4().hex[:8], CUSTOM_RESOURCE)


@pytest.fixture
def stack(account: Account, function: Function) -> Iterator[Stack]:
    made = Stack(account, function, function.name.rpartition("-")[2])
    yield made
    if made.described()["StackStatus"] != "DELETE_COMPLETE":
        made.delete()


def kinds(events: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(event["RequestType"], event.get("PhysicalResourceId")) for event in events]


def test_created_updated_replaced_deleted(stack: Stack, function: Function) -> None:
    assert stack.apply("create", Id="one", Number=1, Yes=True, Nested={"List": [0.5]}) == "CREATE_COMPLETE"
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.described()["Outputs"]}
    assert outputs == {"Answer": "one", "Id": "one"}
    assert stack.apply("update", Id="one", Number=2) == "UPDATE_COMPLETE"
    assert stack.apply("update", Id="two", Number=2) == "UPDATE_COMPLETE"
    assert stack.delete() == "DELETE_COMPLETE"

    events = function.events(5)
    assert kinds(events) == [
        ("Create", None),
        ("Update", "one"),
        ("Update", "one"),
        ("Delete", "one"),
        ("Delete", "two"),
    ]
    create, update, _, old, _ = events
    assert create.keys() - {"ServiceToken"} == REQUEST
    assert update.keys() - {"ServiceToken"} == REQUEST | {"PhysicalResourceId", "OldResourceProperties"}
    assert old.keys() - {"ServiceToken"} == REQUEST | {"PhysicalResourceId"}
    assert create["ResourceProperties"] == {
        "ServiceToken": function.arn,
        "Id": "one",
        "Number": "1",
        "Yes": "true",
        "Nested": {"List": ["0.5"]},
    }
    assert update["OldResourceProperties"] == create["ResourceProperties"]
    assert old["ResourceProperties"]["Id"] == "one"
    assert len({event["RequestId"] for event in events}) == 5


def test_a_failed_creation_tells_its_reason_and_is_deleted(stack: Stack, function: Function) -> None:
    assert stack.apply("create", Id="one", FailOn=["Create"]) == "ROLLBACK_COMPLETE"
    assert "as told" in stack.reasons("CREATE_FAILED")[0]
    assert kinds(function.events(2)) == [("Create", None), ("Delete", "one")]


def test_a_failed_update_is_rolled_back_by_an_update(stack: Stack, function: Function) -> None:
    stack.apply("create", Id="one", Number=1)
    assert stack.apply("update", Id="one", Number=2, FailOn=["Update"]) == "UPDATE_ROLLBACK_COMPLETE"
    _, tried, back = function.events(3)
    assert kinds([tried, back]) == [("Update", "one"), ("Update", "one")]
    assert tried["OldResourceProperties"] == back["ResourceProperties"]
    assert tried["ResourceProperties"] == back["OldResourceProperties"]


def test_silence_fails_after_the_service_timeout(stack: Stack, function: Function) -> None:
    # The deletion has to come in time too, on an AWS whose time runs fast on a busy machine.
    assert stack.apply("create", Id="one", Silent=["Create"], ServiceTimeout=150) == "ROLLBACK_COMPLETE"
    assert "did not receive a response from your Custom Resource" in stack.reasons("CREATE_FAILED")[0]
    assert [kind for kind, _ in kinds(function.events(2))] == ["Create", "Delete"]
