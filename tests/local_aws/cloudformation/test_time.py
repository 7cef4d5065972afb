"""Stack events are in AWS time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local_aws.server import LocalAws

LITTLE = timedelta(milliseconds=1)


def times(stacks: Any, name: str) -> list[datetime]:
    events = stacks.client.describe_stack_events(StackName=name)["StackEvents"]
    return [event["Timestamp"] for event in reversed(events)]


def test_events_of_the_latest_operation_are_in_aws_time_and_those_before_are_not_newer_than_now(
    stacks: Any, parameter: Any, aws: LocalAws
) -> None:
    aws.clock.sleep(60)
    before = aws.clock.now()
    stacks.create("timed", {"A": parameter("1")})
    created = times(stacks, "timed")
    assert before - LITTLE <= created[0]
    assert created[-1] <= aws.clock.now()
    # Commands of the CDK CLI take what is younger than their start, by this machine's clock, for new.
    start = datetime.now(UTC)
    stacks.update("timed", {"A": parameter("2")})
    updated = times(stacks, "timed")
    assert all(time <= start for time in updated[: len(created)])
    assert all(time > start for time in updated[len(created) :])
    assert stacks.describe("timed")["CreationTime"] >= before - LITTLE
