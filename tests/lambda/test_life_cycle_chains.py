"""Imports longer than an hour: one job, one wait, handed from link to link."""

from typing import Any

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import Outcome
from simulator.templates import an_import, other
from simulator.world import World, simulated

HOUR = 3600


@pytest.mark.parametrize("hours", [0.1, 0.94, 0.95, 0.96, 1.5, 3, 3.9])
def test_import_of_hours_is_one_job(world: World, hours: float) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=hours * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR))

    (job,) = world.jobs()
    last = stack.resources["InteractionsWait5"]
    assert stack.status == "CREATE_COMPLETE"
    assert last.physical_id == job.arn
    assert last.attributes["Status"] == "ACTIVE"
    assert last.attributes["JobName"] == job.name
    assert stack.resources["Interactions"].physical_id == job.arn


def test_import_of_23_hours(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=23 * HOUR)
    stack = world.deploy(an_import(timeout=24 * HOUR, PollInterval=60))

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"


def test_later_links_of_a_short_import_cost_one_invocation_each(world: World) -> None:
    world.deploy(an_import(timeout=4 * HOUR))

    first, *later = world.requests.sent
    assert len(later) == 4
    assert len(world.invocations(first)) > 1
    assert all(len(world.invocations(request)) == 1 for request in later)
    assert all(request.seconds < 5 for request in later)


@pytest.mark.parametrize("hours", [0.1, 1.5, 3])
def test_job_of_a_chain_fails(world: World, hours: float) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=hours * HOUR, failure_reason="broken")
    stack = world.deploy(an_import(timeout=4 * HOUR, own_dataset=True))

    failed = next(request for request in world.requests.sent if request.reply and not request.succeeded)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert failed.reason.startswith("broken")
    deletes = [request for request in world.requests.sent if request.request_type == "Delete"]
    assert all(request.seconds < 5 for request in deletes)


def test_whole_timeout_of_a_chain_passes(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=3.5 * HOUR)
    stack = world.begin(an_import(timeout=2 * HOUR, own_dataset=True))
    began = world.now
    world.run(2 * HOUR + 300)

    failed = next(request for request in world.requests.sent if request.reply and not request.succeeded)
    assert 2 * HOUR - 30 <= failed.closed - began <= 2 * HOUR + 200
    assert "CREATE IN_PROGRESS" in failed.reason
    world.settle(stack)
    assert stack.status == "ROLLBACK_COMPLETE"


def test_slot_comes_free_after_hours(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=1.5 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR))

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    assert 1.5 * HOUR - 60 <= world.jobs()[0].created - world.request(0).sent <= 1.5 * HOUR + 30


def test_slot_never_comes_free(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=100 * HOUR)
    stack = world.deploy(an_import(timeout=2 * HOUR))

    failed = next(request for request in world.requests.sent if request.reply and not request.succeeded)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "More than 5 resources" in failed.reason
    assert world.jobs() == []


@pytest.mark.parametrize(
    "change", [{"Tags": None}, {"timeout": 2 * HOUR}, {"timeout": 6 * HOUR}, {"timeout": HOUR}, {"PollInterval": 30}]
)
def test_update_of_a_chain_that_changes_nothing_about_the_import(world: World, change: dict[str, Any]) -> None:
    stack = world.deploy(an_import(timeout=4 * HOUR))
    world.deploy(an_import(**{"timeout": 4 * HOUR, **change}), stack)

    (job,) = world.jobs()
    assert stack.status == "UPDATE_COMPLETE"
    assert {resource.physical_id for resource in stack.resources.values() if resource.physical_id} == {job.arn}
    assert all(request.seconds < 5 for request in world.requests.sent[5:])


def test_short_import_becomes_a_chain(world: World) -> None:
    stack = world.deploy(an_import())
    world.deploy(an_import(timeout=4 * HOUR), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_update_of_a_chain_that_imports(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=2 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR, DataVersion="1"))
    world.deploy(an_import(timeout=4 * HOUR, DataVersion="2"), stack)

    first, second = world.jobs()
    assert stack.status == "UPDATE_COMPLETE"
    assert {resource.physical_id for resource in stack.resources.values() if resource.physical_id} == {second.arn}
    clean_ups = [request for request in world.requests.sent if request.purpose == "clean-up"]
    assert {request.physical_id for request in clean_ups} == {first.arn}
    assert all(request.seconds < 5 and len(world.invocations(request)) == 1 for request in clean_ups)


@pytest.mark.parametrize("hours", [0.1, 1.5, 3])
def test_rollback_of_a_chain_adopts(world: World, hours: float) -> None:
    stack = world.deploy(an_import(timeout=4 * HOUR, DataVersion="1"))
    world.personalize.next_outcome = lambda request: Outcome(duration=hours * HOUR, failure_reason="broken")
    world.deploy(an_import(timeout=4 * HOUR, DataVersion="2"), stack)

    first, _ = world.jobs()
    rollbacks = [request for request in world.requests.sent if request.purpose == "rollback"]
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert {resource.physical_id for resource in stack.resources.values() if resource.physical_id} == {first.arn}
    assert all(request.seconds < 5 for request in rollbacks)


def test_rollback_of_a_chain_whose_import_outlives_it(world: World) -> None:
    stack = world.deploy(an_import(timeout=2 * HOUR, DataVersion="1"))
    outcomes = [Outcome(duration=2.5 * HOUR), Outcome()]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(an_import(timeout=2 * HOUR, DataVersion="2"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


@pytest.mark.parametrize("duration", range(3420, 3500, 5))
def test_rollback_to_a_chain_whose_first_link_is_alone_with_it(world: World, duration: int) -> None:
    """CloudFormation asks no later link, and the import that was given up ends when the first one's time is over."""
    world.scheduler.lose = lambda schedule: schedule.ticks % 2 == 0
    stack = world.deploy(an_import(timeout=2 * HOUR, DataVersion="1") | {"Other": other()})
    outcomes = [Outcome(duration), Outcome(100)]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(an_import(DataVersion="2") | {"Other": other(takes=16, fails=True, version=2)}, stack)
    world.run(100)

    rollback = next(request for request in world.requests.sent if request.purpose == "rollback")
    given_up = world.jobs()[1]
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    if given_up.ends < rollback.closed - 1:
        assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


def test_first_link_that_hands_over_without_a_job_is_no_import(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=1.5 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR))

    assert stack.status == "CREATE_COMPLETE"
    assert "dataset-import-job/" not in str(stack.resources["Interactions"].physical_id)
    world.deploy(an_import(timeout=4 * HOUR, Tags=None), stack)
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.resources["Interactions"].physical_id == world.jobs()[0].arn
    assert len(world.jobs()) == 1


def test_rollback_of_a_chain_that_had_imported(world: World) -> None:
    gate = {"Other": other(depends_on=("Interactions",))}
    stack = world.deploy(an_import(timeout=2 * HOUR, DataVersion="1") | gate)
    gate = {"Other": other(fails=True, depends_on=("Interactions",), version=2)}
    world.deploy(an_import(timeout=2 * HOUR, DataVersion="2") | gate, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


@pytest.mark.parametrize("after", [2100, 3000, 3430, 3435, 3440, 3445, 3450, 3455, 3460, 3500, 5000, 5410, 5500])
def test_sibling_fails_while_a_chain_imports(world: World, after: float) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=1.5 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR, own_dataset=True) | {"Other": other(takes=after, fails=True)})

    assert stack.status == "ROLLBACK_COMPLETE"


def test_sibling_fails_while_a_chain_waits_for_a_slot(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=1.2 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR, own_dataset=True) | {"Other": other(takes=4000, fails=True)})
    world.run()

    assert stack.status == "ROLLBACK_COMPLETE"
    assert world.jobs() == []


def test_delete_of_a_chain_whose_job_runs_for_hours(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=3 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR, own_dataset=True, WaitForCompletion=False))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"


def test_delete_of_a_chain_whose_job_is_not_listed_yet(world: World) -> None:
    world.personalize.list_lag = 3.0
    stack = world.deploy(an_import(timeout=2 * HOUR, WaitForCompletion=False))
    world.delete(stack)

    [job] = world.jobs()
    deletes = [request for request in world.requests.sent if request.request_type == "Delete"]
    assert len(deletes) == 3
    assert all(request.closed >= job.ends for request in deletes)


def test_deletes_of_a_chain_whose_job_has_ended_are_cheap(world: World) -> None:
    stack = world.deploy(an_import(timeout=4 * HOUR, own_dataset=True))
    world.delete(stack)

    deletes = [request for request in world.requests.sent if request.request_type == "Delete"]
    assert stack.status == "DELETE_COMPLETE"
    assert len(deletes) == 5
    assert all(len(world.invocations(request)) == 1 and request.seconds < 5 for request in deletes)


@pytest.mark.parametrize("when", list(When))
@pytest.mark.parametrize("kind", [Kind.DEATH, Kind.THROTTLE, Kind.DROPPED])
def test_trouble_around_the_hand_over(kind: Kind, when: When) -> None:
    """Each call in the minutes around the hand-over fails once."""
    for skip in range(16):
        with simulated(skip) as world:
            world.personalize.next_outcome = lambda request: Outcome(duration=3700)
            stack = world.begin(an_import(timeout=2 * HOUR, own_dataset=True, PollInterval=60))
            world.run(3300)
            world.faults.plan(Fault("*", kind, when, skip=skip))
            world.settle(stack)
            assert stack.status == "CREATE_COMPLETE"
            assert len(world.jobs()) == 1
            world.finish()


def test_attributes_resolve_through_the_last_link(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=1.5 * HOUR)
    stack = world.deploy(an_import(timeout=4 * HOUR))

    attributes = stack.resources["InteractionsWait5"].attributes
    assert set(attributes) == {"DatasetImportJobArn", "JobName", "Status", "CreationDateTime", "LastUpdatedDateTime"}
    assert attributes["Status"] == "ACTIVE"


def test_chain_that_does_not_wait(world: World) -> None:
    stack = world.deploy(an_import(timeout=4 * HOUR, WaitForCompletion=False))

    assert stack.status == "CREATE_COMPLETE"
    assert all(request.seconds < 5 for request in world.requests.sent)
