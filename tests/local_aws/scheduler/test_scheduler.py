import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import Account, account_of_its_own, until


@pytest.fixture(scope="module")
def started() -> Iterator[Account]:
    with account_of_its_own(speed=600) as account:
        account.role_arn = account.role("invoking", "scheduler", ["lambda:InvokeFunction"])
        logging = account.role("logging", "lambda", ["logs:*"])
        account.function("def handler(event, context):\n    print('polled', event)\n", logging)
        account.lambda_.invoke(FunctionName="function", Payload="{}")  # warm
        yield account


@pytest.fixture
def account(started: Account) -> Iterator[Account]:
    started.aws.calls.clear()
    started.scheduler.create_schedule_group(Name="group")
    yield started
    started.scheduler.delete_schedule_group(Name="group")


def schedule(account: Account, name: str = "schedule", **change: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "GroupName": "group",
        "ScheduleExpression": "rate(1 minute)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:lambda:us-east-1:123456789012:function:function",
            "RoleArn": account.role_arn,
            "Input": json.dumps({"name": name, "at": "<aws.scheduler.scheduled-time>"}),
            "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60},
        },
        **change,
    }


def polls(account: Account, name: str = "schedule") -> list[str]:
    return [line for line in account.log() if line.startswith("polled") and f"'{name}'" in line]


def exists(account: Account, name: str = "schedule") -> bool:
    try:
        account.scheduler.get_schedule(Name=name, GroupName="group")
    except account.scheduler.exceptions.ResourceNotFoundException:
        return False
    return True


def error(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response["Error"]["Code"])


def test_cron_fires(account: Account) -> None:
    account.scheduler.create_schedule(**schedule(account, "cron", ScheduleExpression="cron(* * * * ? *)"))
    until(lambda: len(polls(account, "cron")) >= 2)
    assert all(":00Z" in poll for poll in polls(account, "cron"))
    assert exists(account, "cron")


def test_a_rate_fires_at_once_and_then_every_minute(account: Account) -> None:
    before = account.aws.clock.now().replace(microsecond=0)
    account.scheduler.create_schedule(**schedule(account, "rate"))
    after = account.aws.clock.now()

    def times() -> list[datetime]:
        return sorted(datetime.fromisoformat(line.split("'at': '")[1][:20]) for line in polls(account, "rate"))

    # A poll that came late is logged after the ones that follow it.
    until(lambda: any(before <= time <= after for time in times()))
    first = times()[0]
    until(lambda: {first + timedelta(minutes=minute) for minute in (0, 1, 2)} <= set(times()))
    assert all((time - first).total_seconds() % 60 == 0 for time in times())
    used = [
        (call.role_arn, call.action, call.allowed) for call in account.aws.calls if call.action.startswith("lambda:")
    ]
    assert used[0] == (account.role_arn, "lambda:InvokeFunction", True)


def test_a_schedule_begins_and_ends_with_its_dates_and_deletes_itself(account: Account) -> None:
    now = account.aws.clock.now()
    dates = {"StartDate": now + timedelta(seconds=900), "EndDate": now + timedelta(seconds=980)}
    account.scheduler.create_schedule(**schedule(account, "dated", ActionAfterCompletion="DELETE", **dates))

    assert exists(account, "dated")
    until(lambda: not exists(account, "dated"))
    until(lambda: len(polls(account, "dated")) == 2)
    assert account.aws.clock.now() >= dates["EndDate"]


def test_without_deletion_a_completed_schedule_stays(account: Account) -> None:
    start = account.aws.clock.now() + timedelta(seconds=900)
    end = start + timedelta(seconds=30)
    account.scheduler.create_schedule(**schedule(account, "stays", StartDate=start, EndDate=end))

    until(lambda: polls(account, "stays"))
    until(lambda: account.aws.clock.now() > end + timedelta(seconds=120))

    assert exists(account, "stays")
    assert len(polls(account, "stays")) == 1


def test_at_fires_once(account: Account) -> None:
    moment = account.aws.clock.now() + timedelta(seconds=60)
    expression = f"at({moment:%Y-%m-%dT%H:%M:%S})"
    once = schedule(account, "once", ScheduleExpression=expression, ActionAfterCompletion="DELETE")
    account.scheduler.create_schedule(**once)

    until(lambda: not exists(account, "once"))
    until(lambda: len(polls(account, "once")) == 1)


def test_deleted_updated_and_disabled_schedules_do_not_fire_as_before(account: Account) -> None:
    start = account.aws.clock.now() + timedelta(seconds=1200)
    for name in ("deleted", "updated", "disabled"):
        account.scheduler.create_schedule(**schedule(account, name, StartDate=start))
    account.scheduler.delete_schedule(Name="deleted", GroupName="group")
    account.scheduler.update_schedule(**schedule(account, "updated", StartDate=start + timedelta(hours=9)))
    account.scheduler.update_schedule(**schedule(account, "disabled", StartDate=start, State="DISABLED"))

    until(lambda: account.aws.clock.now() > start + timedelta(seconds=90))

    for name in ("deleted", "updated", "disabled"):
        assert polls(account, name) == [], name


def test_deleting_a_group_deletes_its_schedules(account: Account) -> None:
    account.scheduler.create_schedule_group(Name="other")
    account.scheduler.create_schedule(**schedule(account, "in-other", GroupName="other"))

    account.scheduler.delete_schedule_group(Name="other")

    assert account.scheduler.list_schedules(NamePrefix="in-other")["Schedules"] == []
    with pytest.raises(ClientError) as refused:
        account.scheduler.get_schedule(Name="in-other", GroupName="other")
    assert error(refused) == "ResourceNotFoundException"


def test_an_update_replaces_everything(account: Account) -> None:
    start = account.aws.clock.now() + timedelta(hours=9)
    account.scheduler.create_schedule(
        **schedule(account, "s", StartDate=start, Description="d", ActionAfterCompletion="DELETE")
    )

    account.scheduler.update_schedule(**schedule(account, "s", ScheduleExpression="rate(2 hours)", StartDate=start))

    got = account.scheduler.get_schedule(Name="s", GroupName="group")
    assert got["ScheduleExpression"] == "rate(2 hours)"
    assert got["ActionAfterCompletion"] == "NONE"
    assert "Description" not in got
    assert abs((got["StartDate"] - start).total_seconds()) < 1


def test_a_target_that_may_not_be_invoked_is_tried_again_and_given_up(account: Account) -> None:
    poor = account.role("poor", "scheduler", ["lambda:GetFunction"])
    target = {**schedule(account)["Target"], "RoleArn": poor}
    target["RetryPolicy"] = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    account.scheduler.create_schedule(**schedule(account, "poor", Target=target, ScheduleExpression="rate(10 hours)"))

    def attempts() -> list[bool]:
        return [call.allowed for call in account.aws.calls if call.role_arn == poor]

    until(lambda: len(attempts()) >= 3)
    third = account.aws.clock.now()
    until(lambda: account.aws.clock.now() > third + timedelta(seconds=120))
    assert attempts() == [False, False, False]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Name": "a b"}, "ValidationException"),
        ({"Name": "n" * 65}, "ValidationException"),
        ({"ScheduleExpression": "rate(1 week)"}, "ValidationException"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "ValidationException"),
        ({"FlexibleTimeWindow": {"Mode": "ON"}}, "ValidationException"),
        ({"ActionAfterCompletion": "KEEP"}, "ValidationException"),
        ({"GroupName": "missing"}, "ResourceNotFoundException"),
        ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/missing"}}, "ValidationException"),
        ({"Target": {"RoleArn": "arn:aws:iam::123456789012:role/logging"}}, "ValidationException"),
        ({"Target": {"Input": "no json"}}, "ValidationException"),
        ({"Target": {"Input": "x" * 8193}}, "ResourceNotFoundException"),
        ({"EndDate": 0}, "ValidationException"),
        ({"StartDate": 0}, "ValidationException"),
    ],
)
def test_what_the_service_refuses(account: Account, change: dict[str, Any], code: str) -> None:
    request = schedule(account)
    if "Target" in change:
        change = {"Target": {**request["Target"], **change["Target"]}}
    if code == "ResourceNotFoundException" and "Target" in change:
        change["GroupName"] = "missing"

    with pytest.raises(ClientError) as refused:
        account.scheduler.create_schedule(**{**request, **change})

    assert error(refused) == code


def test_a_name_is_taken_once_but_the_same_request_may_come_twice(account: Account) -> None:
    later = account.aws.clock.now() + timedelta(hours=9)
    request = schedule(account, "twice", StartDate=later, ClientToken="token")
    first = account.scheduler.create_schedule(**request)["ScheduleArn"]

    assert account.scheduler.create_schedule(**request)["ScheduleArn"] == first
    with pytest.raises(ClientError) as refused:
        account.scheduler.create_schedule(**{**request, "ClientToken": "other"})
    assert error(refused) == "ConflictException"
    with pytest.raises(ClientError) as refused:
        account.scheduler.create_schedule_group(Name="group")
    assert error(refused) == "ConflictException"


def test_what_does_not_exist_is_not_found(account: Account) -> None:
    client = account.scheduler
    for call, request in (
        (client.update_schedule, schedule(account, "missing")),
        (client.delete_schedule, {"Name": "missing", "GroupName": "group"}),
        (client.delete_schedule_group, {"Name": "missing"}),
        (client.get_schedule_group, {"Name": "missing"}),
    ):
        with pytest.raises(ClientError) as refused:
            call(**request)
        assert error(refused) == "ResourceNotFoundException"
