"""The life of a schedule: made, repeated with progress, taken over, ended, deleted, and never left behind."""

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from unreliable_scheduler import GROUP, NOW, Clock, Unreliable, throttled

from cdk_personalize_import_handler.custom_resource.outcome import ScheduleError, SupersededError
from cdk_personalize_import_handler.custom_resource.poll_schedule import PollSchedule
from cdk_personalize_import_handler.custom_resource.request import Memory, Request, poll_of, read_request

ROLE_ARN = "arn:aws:iam::111122223333:role/schedule"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:111122223333:function:imports"
TIMEOUT = 1800.0


def event(request_id: str = "first", request_type: str = "Create", logical_id: str = "Interactions") -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1",
        "RequestId": request_id,
        "LogicalResourceId": logical_id,
        "ResponseURL": "https://example.com/reply",
        "ResourceProperties": {"Timeout": str(int(TIMEOUT))},
    }


def request(issued_after: float = 0.0, **event_parts: str) -> Request:
    return read_request(event(**event_parts), NOW + issued_after)


def poll(issued_after: float = 0.0, **event_parts: str) -> Request:
    first = request(issued_after, **event_parts)
    return read_request(poll_of(event(**event_parts), first, {}), NOW + issued_after + 60)


def keep(scheduler: Unreliable, clock: Clock, of: Request, memory: Memory | None = None) -> None:
    original = event(of.request_id, of.request_type, of.logical_resource_id)
    schedule(scheduler, clock, of).keep(poll_of(original, of, memory or {}), FUNCTION_ARN)


def schedule(scheduler: Unreliable, clock: Clock, of: Request) -> PollSchedule:
    return PollSchedule(scheduler, clock, GROUP, ROLE_ARN, of)


def schedules(scheduler: Unreliable) -> list[dict[str, Any]]:
    names = [one["Name"] for one in scheduler.list_schedules(GroupName=GROUP)["Schedules"]]
    return [scheduler.get_schedule(GroupName=GROUP, Name=name) for name in names]


def repeated(scheduler: Unreliable) -> list[dict[str, Any]]:
    return [json.loads(one["Target"]["Input"]) for one in schedules(scheduler)]


# --- made


def test_repeats_the_event_each_minute_and_ends_by_itself_after_the_deadline(
    scheduler: Unreliable, clock: Clock
) -> None:
    keep(scheduler, clock, request(), {"Started": True})
    (made,) = schedules(scheduler)
    assert made["ScheduleExpression"] == "rate(1 minute)"
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert made["ActionAfterCompletion"] == "DELETE"
    assert NOW + TIMEOUT < made["EndDate"].timestamp() <= NOW + TIMEOUT + 600
    assert made["Target"]["Arn"] == FUNCTION_ARN
    assert made["Target"]["RoleArn"] == ROLE_ARN
    assert made["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 60
    assert made["Target"]["RetryPolicy"]["MaximumRetryAttempts"] <= 1
    again = read_request(json.loads(made["Target"]["Input"]), NOW + 3000)
    assert again.is_poll
    assert (again.request_id, again.issued_at, again.deadline) == ("first", NOW, NOW + TIMEOUT)
    assert again.memory == {"Started": True}


def test_a_deadline_in_the_past_still_gives_the_schedule_a_future(scheduler: Unreliable, clock: Clock) -> None:
    late = request()
    clock.now = NOW + 5000
    keep(scheduler, clock, late)
    assert schedules(scheduler)[0]["EndDate"].timestamp() > clock.now


@pytest.mark.parametrize("logical_id", ["I", "Interactions" * 21, "9" * 255])
def test_any_logical_id_gives_a_valid_name_of_its_own(scheduler: Unreliable, clock: Clock, logical_id: str) -> None:
    for one in (logical_id, logical_id[:-1] + "x"):
        for request_type in ("Create", "Delete"):
            keep(scheduler, clock, request(logical_id=one, request_type=request_type))
    names = {one["Name"] for one in schedules(scheduler)}
    assert len(names) == 4
    assert all(len(name) <= 64 for name in names)


def test_an_event_over_eight_kilobytes_fits(scheduler: Unreliable, clock: Clock) -> None:
    large = event() | {"ResourceProperties": {"DataVersion": "v" * 9000}}
    schedule(scheduler, clock, request()).keep(poll_of(large, request(), {}), FUNCTION_ARN)
    assert repeated(scheduler)[0]["ResourceProperties"] == large["ResourceProperties"]


def test_the_same_request_delivered_twice_has_one_schedule(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request())
    keep(scheduler, clock, request())
    assert len(schedules(scheduler)) == 1


def test_a_poll_passes_its_progress_on(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request())
    keep(scheduler, clock, poll(), {"Started": True, "Following": ["a", "b"]})
    (again,) = repeated(scheduler)
    assert again["RequestId"] == "first"
    assert read_request(again, NOW).memory == {"Started": True, "Following": ["a", "b"]}


def test_what_fails_for_a_while_is_tried_again(scheduler: Unreliable, clock: Clock) -> None:
    scheduler.failures["create_schedule"] = [throttled(), EndpointConnectionError(endpoint_url="https://x")] * 3
    keep(scheduler, clock, request())
    assert len(schedules(scheduler)) == 1
    assert clock.now > NOW


def test_what_fails_for_good_is_told_before_the_function_times_out(scheduler: Unreliable, clock: Clock) -> None:
    scheduler.failures["create_schedule"] = [throttled()] * 1000
    with pytest.raises(ScheduleError, match="slow down"):
        keep(scheduler, clock, request())
    assert clock.now - NOW <= 90
    assert schedules(scheduler) == []


# --- taken over


def test_a_newer_request_takes_the_schedule_over(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request())
    keep(scheduler, clock, request(60, request_id="second", request_type="Update"))
    assert [one["RequestId"] for one in repeated(scheduler)] == ["second"]
    assert not schedule(scheduler, clock, request()).is_current()
    assert schedule(scheduler, clock, request(60, request_id="second", request_type="Update")).is_current()


def test_an_older_request_that_comes_late_does_not_take_it_back(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request(60, request_id="second", request_type="Update"))
    with pytest.raises(SupersededError):
        keep(scheduler, clock, request())
    with pytest.raises(SupersededError):
        schedule(scheduler, clock, request()).end_older()
    assert [one["RequestId"] for one in repeated(scheduler)] == ["second"]


def test_a_poll_of_a_request_that_was_taken_over_changes_nothing(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request(60, request_id="second", request_type="Update"))
    with pytest.raises(SupersededError):
        keep(scheduler, clock, poll(), {"Started": True})
    schedule(scheduler, clock, poll()).remove()
    assert [one["RequestId"] for one in repeated(scheduler)] == ["second"]


def test_a_poll_whose_schedule_was_ended_makes_no_new_one(scheduler: Unreliable, clock: Clock) -> None:
    with pytest.raises(SupersededError):
        keep(scheduler, clock, poll(), {"Started": True})
    assert schedules(scheduler) == []
    assert not schedule(scheduler, clock, poll()).is_current()


# --- ended


@pytest.mark.parametrize("request_type", ["Update", "Delete"])
def test_a_newer_request_ends_the_polls_of_an_older_import(
    scheduler: Unreliable, clock: Clock, request_type: str
) -> None:
    keep(scheduler, clock, request())
    schedule(scheduler, clock, request(60, request_id="second", request_type=request_type)).end_older()
    assert schedules(scheduler) == []


def test_deletes_of_one_resource_do_not_end_each_other(scheduler: Unreliable, clock: Clock) -> None:
    for request_id in ("clean-up", "delete"):
        one = request(request_id=request_id, request_type="Delete")
        schedule(scheduler, clock, one).end_older()
        keep(scheduler, clock, one)
    assert sorted(one["RequestId"] for one in repeated(scheduler)) == ["clean-up", "delete"]


def test_ending_where_there_is_nothing_to_end_is_no_error(scheduler: Unreliable, clock: Clock) -> None:
    schedule(scheduler, clock, request(request_type="Delete")).end_older()
    keep(scheduler, clock, request())
    schedule(scheduler, clock, request()).end_older()
    assert len(schedules(scheduler)) == 1


# --- deleted


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_an_answered_request_leaves_no_schedule(scheduler: Unreliable, clock: Clock, request_type: str) -> None:
    keep(scheduler, clock, request(request_type=request_type))
    schedule(scheduler, clock, poll(request_type=request_type)).remove()
    assert schedules(scheduler) == []


def test_removing_twice_is_no_error(scheduler: Unreliable, clock: Clock) -> None:
    keep(scheduler, clock, request())
    schedule(scheduler, clock, poll()).remove()
    schedule(scheduler, clock, poll()).remove()


@pytest.mark.parametrize("operation", ["get_schedule", "delete_schedule"])
def test_a_schedule_that_can_not_be_deleted_is_left_to_its_end(
    scheduler: Unreliable, clock: Clock, operation: str
) -> None:
    keep(scheduler, clock, request())
    scheduler.failures[operation] = [throttled()]
    schedule(scheduler, clock, poll()).remove()
    (left,) = schedules(scheduler)
    assert left["ActionAfterCompletion"] == "DELETE"
    assert left["EndDate"].timestamp() < NOW + TIMEOUT + 600


def test_where_the_schedule_can_not_be_read_the_request_counts_as_current(scheduler: Unreliable, clock: Clock) -> None:
    scheduler.failures["get_schedule"] = [throttled(), EndpointConnectionError(endpoint_url="https://x")]
    assert schedule(scheduler, clock, poll()).is_current()
    assert schedule(scheduler, clock, poll()).is_current()
    assert not schedule(scheduler, clock, poll()).is_current()
