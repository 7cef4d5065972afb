"""Deletes: wait for what still runs, so that role and dataset can go; answer everything else at once."""

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import Outcome
from simulator.templates import an_import, dataset_arn, other
from simulator.world import World, simulated


def test_delete_with_nothing_running_is_answered_in_the_first_invocation(world: World) -> None:
    stack = world.deploy(an_import(own_dataset=True))
    world.delete(stack)

    delete = world.request()
    assert stack.status == "DELETE_COMPLETE"
    assert delete.seconds < 5
    assert len(world.invocations(delete)) == 1
    assert delete.request_id not in world.scheduler.made


def test_delete_of_a_failed_create_is_answered_in_the_first_invocation(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    stack = world.deploy(an_import(own_dataset=True))

    delete = world.request()
    assert stack.status == "ROLLBACK_COMPLETE"
    assert delete.seconds < 5
    assert len(world.invocations(delete)) == 1


def test_delete_of_a_create_that_failed_at_its_deadline_waits_for_the_job(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=5000)
    stack = world.deploy(an_import(own_dataset=True))

    assert stack.status == "ROLLBACK_COMPLETE"
    assert world.request().closed >= world.jobs()[0].ends


@pytest.mark.parametrize("after", [0.05, 0.15, 0.2, 0.25, 0.3, 1, 10, 100, 355, 362, 380])
def test_sibling_fails_while_the_import_runs(world: World, after: float) -> None:
    stack = world.deploy(an_import(own_dataset=True) | {"Other": other(takes=15 + after, fails=True)})

    delete = world.requests.sent[-1]
    assert stack.status == "ROLLBACK_COMPLETE"
    assert delete.request_type == "Delete"
    assert delete.physical_id is not None
    for job in world.jobs():
        assert delete.closed >= job.ends


def test_sibling_fails_at_any_moment_around_the_start_of_the_job() -> None:
    for step in range(120):
        with simulated(step) as world:
            stack = world.stack()
            stack.pause = 0
            world.deploy(an_import(own_dataset=True) | {"Other": other(takes=15 + step * 0.01, fails=True)}, stack)
            assert stack.status == "ROLLBACK_COMPLETE"
            world.finish()


def test_sibling_fails_while_the_import_waits_for_a_slot(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=500)
    stack = world.deploy(an_import() | {"Other": other(takes=200, fails=True)})
    world.run()

    assert stack.status == "ROLLBACK_COMPLETE"
    assert world.request().seconds < 30
    assert world.jobs() == []


def test_sibling_fails_while_the_import_waits_for_a_slot_at_any_moment() -> None:
    for step in range(120):
        with simulated(step) as world:
            blockers = [world.foreign_job(duration=100 + step * 0.1) for _ in range(5)]
            stack = world.deploy(an_import(own_dataset=True) | {"Other": other(takes=95 + step * 0.15, fails=True)})
            assert stack.status == "ROLLBACK_COMPLETE"
            assert blockers
            world.finish()


def test_delete_while_an_update_that_was_given_up_still_imports(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1", own_dataset=True) | {"Other": other()})
    world.personalize.next_outcome = lambda request: Outcome(duration=3000)
    world.begin(an_import(DataVersion="2", own_dataset=True) | {"Other": other(takes=60, fails=True, version=2)}, stack)
    world.run(10)
    world.settle(stack)
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"


def test_delete_of_an_import_that_was_not_waited_for_waits_for_it(world: World) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False, own_dataset=True))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().closed >= world.jobs()[0].ends


def test_jobs_of_others_are_not_waited_for(world: World) -> None:
    stack = world.deploy(an_import())
    world.foreign_job(dataset="interactions", duration=100_000)
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 5


def test_delete_at_the_deadline_succeeds_with_a_warning(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=100_000)
    stack = world.deploy(an_import(WaitForCompletion=False, timeout=900))
    world.delete(stack)

    delete = world.request()
    assert stack.status == "DELETE_COMPLETE"
    assert 895 <= delete.seconds <= 900 + 150
    assert "WARNING" in world.log.text()
    assert world.jobs()[0].name in world.log.text().rsplit("WARNING", 1)[1]


@pytest.mark.parametrize("physical_id", ["Shop-Interactions-1A2B3C4D", "None", "x" * 1024, "arn:aws:s3:::bucket"])
def test_delete_of_an_unknown_id(world: World, physical_id: str) -> None:
    stack = world.deploy(an_import())
    stack.resources["Interactions"].physical_id = physical_id
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 30
    assert len(world.invocations(world.request())) == 1


def test_delete_of_a_dataset_that_is_gone(world: World) -> None:
    stack = world.deploy(an_import())
    world.personalize.datasets[dataset_arn("Interactions")].deleted = True
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 5


def test_delete_when_listing_an_unknown_dataset_is_refused(world: World) -> None:
    stack = world.deploy(an_import())
    world.personalize.datasets[dataset_arn("Interactions")].deleted = True
    world.personalize.lists_unknown_datasets = False
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 5


def test_delete_without_any_property(world: World) -> None:
    stack = world.deploy(an_import())
    stack.resources["Interactions"].properties.clear()
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 5


def test_delete_with_unreadable_numbers(world: World) -> None:
    stack = world.deploy(an_import())
    stack.resources["Interactions"].properties |= {"Timeout": "soon", "PollInterval": ""}
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    "kind", [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED, Kind.BAD_TOKEN, Kind.DENIED, Kind.DEATH]
)
@pytest.mark.parametrize("times", [1, 2])
def test_delete_despite_trouble_while_listing(world: World, kind: Kind, times: int) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False, own_dataset=True))
    world.faults.plan(Fault("ListDatasetImportJobs", kind, times=times))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().closed >= world.jobs()[0].ends


def test_delete_without_the_right_to_list_ends_well(world: World) -> None:
    stack = world.deploy(an_import())
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.DENIED, times=10_000))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().seconds < 900


@pytest.mark.parametrize("when", list(When))
def test_delete_whose_schedule_cannot_be_made_ends_well(world: World, when: When) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=600)
    stack = world.deploy(an_import(WaitForCompletion=False))
    world.faults.plan(Fault("CreateSchedule", Kind.SERVER_ERROR, when, times=6))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"


def test_two_deletes_for_the_same_resource(world: World) -> None:
    stack = world.deploy(an_import())
    world.function.duplicates = lambda event: 0.0
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert all(reply.succeeded for reply in world.request().replies)


def test_delete_of_a_running_import_sees_its_end_soon(world: World) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False, own_dataset=True))
    world.delete(stack)

    assert world.request().closed - world.jobs()[0].ends <= 70


def test_delete_of_a_job_that_is_not_listed_yet_waits_for_it(world: World) -> None:
    world.personalize.list_lag = 60
    stack = world.deploy(an_import(WaitForCompletion=False, own_dataset=True))
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().closed >= world.jobs()[0].ends
