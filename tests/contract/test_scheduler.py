"""EventBridge Scheduler: what a follower of jobs relies on.

https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html
"""

import json
import uuid
from typing import Any

import pytest
from contract.account import Account, refusal
from contract.functions import ECHO, Function
from contract.personalize import document


@pytest.fixture(scope="module")
def group(account: Account) -> str:
    account.scheduler.create_schedule_group(Name=account.name, Tags=account.tags())
    account.later(f"schedule group {account.name}", lambda: remove_group(account, account.name))
    return account.name


def remove_group(account: Account, name: str) -> None:
    account.scheduler.delete_schedule_group(Name=name)
    account.until(lambda: refused(account.scheduler.get_schedule_group, Name=name))


def refused(call: Any, **request: Any) -> str:
    try:
        return refusal(call, **request)[0]
    except AssertionError:
        return ""


@pytest.fixture(scope="module")
def target(account: Account) -> tuple[Function, dict[str, Any]]:
    """A function, and the target with which a schedule invokes it."""
    function, name = Function(account, "scheduled", ECHO), f"{account.name}-scheduler"
    trust = document(Principal={"Service": "scheduler.amazonaws.com"}, Action="sts:AssumeRole")
    role = account.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=account.tags())["Role"]["Arn"]
    allowed = document(Action="lambda:InvokeFunction", Resource=function.arn)
    account.iam.put_role_policy(RoleName=name, PolicyName="invoke", PolicyDocument=allowed)

    def remove() -> None:
        account.iam.delete_role_policy(RoleName=name, PolicyName="invoke")
        account.iam.delete_role(RoleName=name)

    account.later(f"role {name}", remove)
    return function, {"Arn": function.arn, "RoleArn": role, "Input": json.dumps({"poll": "again"})}


@pytest.fixture
def schedule(account: Account, group: str, target: tuple[Function, dict[str, Any]]) -> dict[str, Any]:
    """What is needed to create a schedule."""
    return {
        "Name": f"poll-{uuid.uuid4().hex[:8]}",
        "GroupName": group,
        "ScheduleExpression": "rate(1 minute)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target[1],
        "ActionAfterCompletion": "DELETE",
    }


def create(account: Account, schedule: dict[str, Any]) -> str:
    """Create a schedule as soon as its role is known everywhere; return its ARN."""

    def made() -> str:
        try:
            return str(account.scheduler.create_schedule(**schedule)["ScheduleArn"])
        except account.scheduler.exceptions.ValidationException as error:
            if "role" not in str(error):
                raise
            return ""

    return account.until(made, minutes=3)


def test_a_schedule_invokes_its_target_until_it_is_deleted(
    account: Account, schedule: dict[str, Any], target: tuple[Function, dict[str, Any]]
) -> None:
    arn = create(account, schedule)
    named = {"Name": schedule["Name"], "GroupName": schedule["GroupName"]}
    described = account.scheduler.get_schedule(**named)
    assert (described["Arn"], described["State"]) == (arn, "ENABLED")
    assert described["ActionAfterCompletion"] == "DELETE"
    assert target[0].events(2)[:2] == [{"poll": "again"}] * 2
    account.scheduler.delete_schedule(**named)
    assert refusal(account.scheduler.get_schedule, **named)[0] == "ResourceNotFoundException"


def test_a_name_is_taken_in_its_group(account: Account, schedule: dict[str, Any]) -> None:
    create(account, schedule)
    assert refusal(account.scheduler.create_schedule, **schedule)[0] == "ConflictException"


def test_the_same_client_token_is_the_same_request(account: Account, schedule: dict[str, Any]) -> None:
    schedule |= {"ClientToken": uuid.uuid4().hex}
    assert create(account, schedule) == account.scheduler.create_schedule(**schedule)["ScheduleArn"]


@pytest.mark.parametrize(
    "wrong", [{"ScheduleExpression": "every minute"}, {"Name": "a name"}, {"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}]
)
def test_what_the_reference_excludes_is_refused(
    account: Account, schedule: dict[str, Any], wrong: dict[str, Any]
) -> None:
    assert refusal(account.scheduler.create_schedule, **(schedule | wrong))[0] == "ValidationException"


def test_a_group_that_is_not_there_is_not_found(account: Account, schedule: dict[str, Any]) -> None:
    unknown = schedule | {"GroupName": f"{account.name}-unknown"}
    assert refusal(account.scheduler.create_schedule, **unknown)[0] == "ResourceNotFoundException"
    named = {"Name": "poll", "GroupName": unknown["GroupName"]}
    assert refusal(account.scheduler.delete_schedule, **named)[0] == "ResourceNotFoundException"


def test_a_group_takes_its_schedules_along(account: Account, schedule: dict[str, Any]) -> None:
    name = f"{account.name}-along"
    account.scheduler.create_schedule_group(Name=name, Tags=account.tags())
    create(account, schedule | {"GroupName": name})
    remove_group(account, name)
    named = {"Name": schedule["Name"], "GroupName": name}
    assert refusal(account.scheduler.get_schedule, **named)[0] == "ResourceNotFoundException"
