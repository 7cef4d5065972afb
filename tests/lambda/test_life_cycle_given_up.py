"""Requests that CloudFormation gave up: whatever of them still goes on starts nothing, and hides nothing."""

import pytest
from simulator.faults import Fault, Kind
from simulator.personalize import Outcome
from simulator.templates import an_import, other
from simulator.world import World

PASSING = [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED]


def first_of(request_type: str, event: dict[str, object]) -> bool:
    return event["RequestType"] == request_type and "Poll" not in event


def specs(world: World) -> list[str]:
    return [job.spec[-1] for job in world.jobs() if job.spec]


# --- first invocations that come late, or take long


def test_late_first_invocation_of_a_create(world: World) -> None:
    """Lambda repeats the create's first invocation a minute later, when the delete has been answered already."""
    kept = an_import("Kept", role="Role")
    stack = world.deploy(kept | {"Other": other()})
    world.faults.plan(Fault("*", Kind.DEATH, only=lambda event: first_of("Create", event)))
    added = an_import("Added", role="Role") | {"Other": other(takes=10, fails=True, version=2)}
    world.deploy(kept | added, stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 1


def test_late_first_invocation_of_a_create_while_the_resource_is_created_again(world: World) -> None:
    """CloudFormation does wait for a create of the resource, but for another one."""
    kept = an_import("Kept", role="Role")
    stack = world.deploy(kept | {"Other": other()})
    world.faults.plan(Fault("*", Kind.DEATH, only=lambda event: first_of("Create", event), times=2))
    added = an_import("Added", role="Role")
    world.deploy(kept | added | {"Other": other(takes=70, fails=True, version=2)}, stack)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    world.deploy(kept | added, stack)
    world.run()

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 2


def test_late_first_invocation_of_an_update(world: World) -> None:
    """Lambda repeats the update's first invocation a minute later, when the rollback has been answered already."""
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.faults.plan(Fault("*", Kind.DEATH, only=lambda event: first_of("Update", event)))
    world.deploy(an_import(DataVersion="2") | {"Other": other(takes=10, fails=True, version=2)}, stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1"]


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("times", [1, 2, 3, 5, 8])
def test_first_invocation_whose_schedule_is_not_accepted_for_long(world: World, kind: Kind, times: int) -> None:
    """The create is given up and its delete answered before the polls of the create could begin."""
    kept = an_import("Kept", role="Role")
    stack = world.deploy(kept | {"Other": other()})
    world.faults.plan(
        Fault("ListDatasetImportJobs", Kind.THROTTLE, only=lambda event: first_of("Create", event)),
        Fault("CreateSchedule", kind, only=lambda event: event["RequestType"] == "Create", times=times),
    )
    added = an_import("Added", role="Role") | {"Other": other(takes=1, fails=True, version=2)}
    world.deploy(kept | added, stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("given_up", [False, True])
def test_update_that_finds_a_schedule_left_over(world: World, given_up: bool) -> None:
    """The schedule of the create could not be deleted at its end."""
    world.faults.plan(Fault("GetSchedule", Kind.THROTTLE))
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.begin(an_import(DataVersion="2") | {"Other": other(takes=100, version=2)}, stack)
    if given_up:
        stack.fail()
    world.settle(stack)
    world.run()

    assert stack.status == ("UPDATE_ROLLBACK_COMPLETE" if given_up else "UPDATE_COMPLETE")


# --- polls that go on


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("times", [1, 3])
def test_polls_of_an_update_go_on_because_its_rollback_could_not_end_them(world: World, kind: Kind, times: int) -> None:
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    for _ in range(5):
        world.foreign_job(duration=300)
    world.begin(an_import(DataVersion="2") | {"Other": other(takes=100, fails=True, version=2)}, stack)
    world.run(95)
    world.faults.plan(Fault("GetSchedule", kind, only=lambda event: "Poll" not in event, times=times))
    world.settle(stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1"]


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("operation", ["GetSchedule", "DeleteSchedule"])
def test_polls_of_a_create_go_on_because_its_delete_could_not_end_them(
    world: World, kind: Kind, operation: str
) -> None:
    kept = an_import("Kept", role="Role")
    stack = world.deploy(kept | {"Other": other()})
    for _ in range(5):
        world.foreign_job(duration=300)
    added = an_import("Added", role="Role") | {"Other": other(takes=100, fails=True, version=2)}
    world.begin(kept | added, stack)
    world.faults.plan(Fault(operation, kind, only=lambda event: event["RequestType"] == "Delete", times=3))
    world.settle(stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 1


# --- jobs that are not listed yet


@pytest.mark.parametrize("after", [0.5, 1.0, 2.0, 5.0, 15.0])
def test_rollback_right_after_a_job_was_started(world: World, after: float) -> None:
    world.personalize.list_lag = 10
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.deploy(an_import(DataVersion="2") | {"Other": other(takes=after, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1", "2", "1"]


@pytest.mark.parametrize("apart", [0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0])
def test_rollback_that_arrives_twice_right_after_a_job_was_started(world: World, apart: float) -> None:
    """Neither of the two may look before that job is listed."""
    world.personalize.list_lag = 10
    world.function.delay = 0.01
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.function.duplicates = lambda event: apart
    world.deploy(an_import(DataVersion="2") | {"Other": other(takes=1, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1", "2", "1"]


@pytest.mark.parametrize("after", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_rollback_right_after_an_update_that_does_not_wait(world: World, after: float) -> None:
    """No schedule tells of the job, which is not listed yet."""
    world.personalize.list_lag = 10
    stack = world.deploy(an_import(DataVersion="1", WaitForCompletion=False) | {"Other": other()})
    world.run(1000)
    slow = {"Other": other(takes=100, version=2)}
    world.begin(an_import(DataVersion="2", WaitForCompletion=False) | slow, stack)
    world.run(after)
    stack.fail()
    world.settle(stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1", "2", "1"]


def test_rollback_of_a_changed_dataset_adopts_at_once(world: World) -> None:
    """What the update may have started goes to another dataset."""
    stack = world.deploy(an_import(dataset="one") | {"Other": other()})
    world.deploy(an_import(dataset="two") | {"Other": other(takes=100, fails=True, version=2)}, stack)

    rollback = next(request for request in world.requests.sent if request.purpose == "rollback")
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.invocations(rollback)) == 1


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.BAD_TOKEN])
def test_delete_that_can_not_see_at_first_looks_late_enough(world: World, kind: Kind) -> None:
    """The create was about to start its job, which is listed only later."""
    world.personalize.list_lag = 10
    world.personalize.next_outcome = lambda request: Outcome(duration=300)
    stack = world.begin(an_import(own_dataset=True) | {"Other": other(takes=15.5, fails=True)})
    world.faults.plan(
        Fault("ListDatasetImportJobs", kind, only=lambda event: first_of("Delete", event)),
    )
    world.settle(stack)

    assert stack.status == "ROLLBACK_COMPLETE"
    assert all(job.ends <= world.now for job in world.jobs())


def test_a_poll_of_a_cancelled_update_leaves_the_schedule_to_the_rollback(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.personalize.next_outcome = lambda request: Outcome(600)
    world.begin(an_import(DataVersion="2") | {"Other": other(takes=10, fails=True, version=2)}, stack)
    world.run(5)
    [polls] = world.scheduler.schedules.values()
    cancelled = polls.event
    world.run(15)
    [polls] = world.scheduler.schedules.values()
    assert polls.request_id != cancelled["RequestId"]
    for operation, times in (("ListDatasetImportJobs", 6), ("GetSchedule", 1)):
        world.faults.plan(
            Fault(operation, Kind.DENIED, times=times, only=lambda event: event["RequestId"] == cancelled["RequestId"])
        )
    world.function.invoke(cancelled)
    world.settle(stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert specs(world) == ["1", "2", "1"]
