"""Rollbacks that can't have their data in time: answered all the same, and going on until the data is there."""

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import Outcome
from simulator.stack import Stack
from simulator.templates import an_import, other
from simulator.world import World

MINUTE = 60.0
HOUR = 3600.0
ATTRIBUTES = {"DatasetImportJobArn", "JobName", "Status", "CreationDateTime", "LastUpdatedDateTime"}


def outlasting(world: World, *minutes: float, timeout: int = 600) -> Stack:
    """A stack whose update failed, since its job outlasts its timeout; so many minutes take its jobs, one by one."""
    outcomes = [Outcome(one * MINUTE) for one in minutes]
    world.personalize.next_outcome = lambda request: outcomes.pop(0) if outcomes else Outcome()
    stack = world.deploy(an_import(timeout=timeout, DataVersion="1"))
    world.deploy(an_import(timeout=timeout, DataVersion="2"), stack)
    return stack


def versions(world: World) -> list[str]:
    return [job.spec[-1] for job in world.jobs() if job.spec]


@pytest.mark.parametrize(
    ("timeout", "minutes"),
    [(600, (8, 22, 8)), (600, (8, 30, 9)), (600, (8, 25, 20)), (3600, (56, 115, 55)), (3600, (10, 119, 30))],
)
def test_a_job_that_outlasts_its_timeout_leaves_no_stack_stuck(
    world: World, timeout: int, minutes: tuple[float, ...]
) -> None:
    stack = outlasting(world, *minutes, timeout=timeout)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    rollback = next(request for request in world.requests.sent if request.purpose == "rollback")
    assert rollback.reply is not None
    assert rollback.reply.body["PhysicalResourceId"] == world.jobs()[0].arn
    assert rollback.reply.body["Data"].keys() == ATTRIBUTES
    world.run()

    assert versions(world) == ["1", "2", "1"]
    assert "what went on in the background is done" in world.log.text()
    assert not world.scheduler.schedules


def test_a_job_that_was_restored_late_is_followed_in_the_background(world: World) -> None:
    stack = outlasting(world, 8, 12, 9)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    world.run()

    assert versions(world) == ["1", "2", "1"]


def test_it_goes_on_for_a_day(world: World) -> None:
    stack = outlasting(world, 8, 30 * 60)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert versions(world) == ["1", "2"]
    assert "what went on in the background has failed" in world.log.text()
    assert not world.scheduler.schedules


def test_an_import_that_fails_in_the_background_ends_it(world: World) -> None:
    outcomes = [Outcome(300), Outcome(1800), Outcome(60, failure_reason="gone")]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    stack = world.deploy(an_import(timeout=600, DataVersion="1"))
    world.deploy(an_import(timeout=600, DataVersion="2"), stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "what went on in the background has failed: gone" in world.log.text()


@pytest.mark.parametrize("after", [0.0, 90.0, 700.0])
@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_later_update_takes_over(world: World, after: float, version: str) -> None:
    stack = outlasting(world, 8, 30, 9, 9)
    world.run(after)
    world.deploy(an_import(timeout=3000, DataVersion=version, Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert versions(world)[-1] == version
    assert not world.scheduler.schedules


def test_an_update_after_it_is_done_imports_nothing_again(world: World) -> None:
    stack = outlasting(world, 8, 30, 9)
    world.run()
    world.deploy(an_import(timeout=3000, DataVersion="1", Tags=None), stack)

    assert versions(world) == ["1", "2", "1"]
    assert stack.resources["Interactions"].physical_id == world.jobs()[0].arn


@pytest.mark.parametrize("after", [0.0, 90.0, 700.0, 1000.0])
def test_a_delete_ends_it_and_waits_for_what_runs(world: World, after: float) -> None:
    stack = outlasting(world, 8, 25, 9)
    world.run(after)
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    world.run()
    assert versions(world) in (["1", "2"], ["1", "2", "1"])


def test_the_clean_up_of_the_import_that_failed_leaves_it_going(world: World) -> None:
    outlasting(world, 8, 30, 9)
    clean_up = world.request()
    assert (clean_up.purpose, clean_up.physical_id) == ("clean-up", world.jobs()[1].arn)
    world.run()

    assert versions(world) == ["1", "2", "1"]


@pytest.mark.parametrize("when", When)
def test_a_function_that_dies_with_the_answer_goes_on(world: World, when: When) -> None:
    def is_rollback(event: dict[str, object]) -> bool:
        return len(world.requests.sent) > 2 and event["RequestId"] == world.requests.sent[2].request_id

    world.faults.plan(Fault("PUT", Kind.DEATH, when, only=is_rollback))
    outlasting(world, 8, 30, 9)
    world.run()

    assert versions(world) == ["1", "2", "1"]


def test_it_goes_on_when_cloudformation_could_not_be_asked_for_a_while(world: World) -> None:
    outlasting(world, 8, 30, 9)
    world.faults.plan(Fault("DescribeStackResource", Kind.THROTTLE, times=3))
    world.run()

    assert "waiting for CloudFormation to be done with the resource" in world.log.text()
    assert versions(world) == ["1", "2", "1"]


def test_polls_that_a_delete_could_not_end_import_nothing(world: World) -> None:
    stack = outlasting(world, 8, 30, 9)
    world.faults.plan(Fault("GetSchedule", Kind.THROTTLE, only=lambda event: event["RequestType"] == "Delete", times=9))
    world.delete(stack)
    world.run()

    assert "the schedule could not be ended" in world.log.text()
    assert stack.status == "DELETE_COMPLETE"
    assert versions(world) == ["1", "2"]
    assert not world.scheduler.schedules


def test_a_full_quota_in_the_first_link_of_a_chain_goes_on(world: World) -> None:
    stack = world.deploy(an_import(timeout=4000, DataVersion="1") | {"Other": other()})
    world.begin(an_import(timeout=4000, DataVersion="2") | {"Other": other(takes=600, fails=True, version=2)}, stack)
    world.run(500)
    for _ in range(5):
        world.foreign_job(duration=2 * HOUR)
    world.settle(stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    world.run()
    assert versions(world) == ["1", "2", "1"]


def test_where_the_stack_can_not_be_asked_the_rollback_fails(world: World) -> None:
    world.faults.plan(Fault("DescribeStacks", Kind.DENIED, times=100))
    stack = outlasting(world, 8, 12, 9.5)

    assert stack.status == "UPDATE_ROLLBACK_FAILED"


def test_added_data_that_a_rollback_replaces_is_named(world: World) -> None:
    more = an_import("More", dataset="Interactions", ImportMode="INCREMENTAL", depends_on=("Interactions",))
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()} | more)
    world.deploy(an_import(DataVersion="2") | more | {"Other": other(takes=900, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "this import replaces what was added to the dataset by shop-More" in world.log.text()
