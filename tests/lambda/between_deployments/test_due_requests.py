"""Requests for imports between deployments: which are refused, and what becomes of those that meet with a fault."""

from typing import Any

import pytest
from simulator.due import due
from simulator.faults import Fault, Kind
from simulator.stack import Stack
from simulator.templates import an_import
from simulator.world import World

NAME = "Interactions"


@pytest.fixture
def stack(world: World) -> Stack:
    stack = world.deploy(an_import(SendEvents="true", DueImports="true"))
    world.run(600)
    return stack


def upload(world: World, stack: Stack) -> None:
    world.function.invoke(due(stack, NAME, "Upload", "upload", world.now))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"Due": {"Cause": "schedule", "At": "soon"}}, "no request for an import: Due.At must be a time, got 'soon'"),
        ({"Due": {}, "RequestId": ""}, "no request for an import: the request has no RequestId, Due"),
        ({"StackId": "arn:aws:cloudformation:us-east-1:1:stack/Other/1"}, "a request of another stack"),
    ],
)
def test_what_is_refused_is_logged_and_not_repeated(
    world: World, stack: Stack, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], why: str
) -> None:
    monkeypatch.setenv("STACK_ID", stack.stack_id)
    before = len(world.function.invocations)
    world.function.invoke(due(stack, NAME, "Import", "schedule", world.now) | change)
    world.run(3600)
    assert f"ERROR {why}" in world.log.text()
    assert [invocation.outcome for invocation in world.function.invocations[before:]] == ["returned"]
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("operation", ["GetSchedule", "CreateSchedule", "UpdateSchedule", "DeleteSchedule"])
def test_an_upload_whose_schedule_is_refused_is_imported_all_the_same(
    world: World, stack: Stack, operation: str
) -> None:
    world.faults.plan(Fault(operation, Kind.THROTTLE))
    upload(world, stack)
    world.run(30)
    upload(world, stack)
    world.run(4 * 3600)
    assert world.faults.struck
    assert len(world.jobs()) == 2
    assert world.scheduler.schedules == {}


def test_uploads_at_the_same_moment_are_one_import(world: World, stack: Stack) -> None:
    world.function.delay = 0.01
    for _ in range(3):
        upload(world, stack)
    world.run(3600)
    assert [call.error for call in world.wire.calls if call.operation == "CreateSchedule"].count("ConflictException")
    assert len(world.jobs()) == 2
    assert world.scheduler.schedules == {}


def test_an_upload_whose_schedule_group_goes_meanwhile_is_left(world: World, stack: Stack) -> None:
    world.scheduler.group_exists = lambda: False
    before = len(world.function.invocations)
    upload(world, stack)
    world.run(3600)
    assert "the schedule group is gone: the stack is being deleted" in world.log.text()
    assert [invocation.outcome for invocation in world.function.invocations[before:]] == ["returned"]


def test_a_poll_that_fails_is_made_up_for_by_the_next(world: World, stack: Stack) -> None:
    for _ in range(5):
        world.foreign_job(duration=900)
    world.function.invoke(due(stack, NAME, "Import", "schedule", world.now))
    world.run(60)
    world.faults.plan(Fault("GetSchedule", Kind.THROTTLE, only=lambda event: "Poll" in event))
    world.run(2 * 3600)
    assert "this poll failed, the next one tries again" in world.log.text()
    assert len(world.jobs()) == 2
    assert world.scheduler.schedules == {}
