"""Updates and rollbacks: import again exactly when the data in the dataset is not the data asked for."""

from typing import Any

import pytest
from simulator.faults import Fault, Kind
from simulator.personalize import FORGOTTEN, Outcome
from simulator.templates import an_import, dataset_arn, other, role_arn
from simulator.world import World, simulated

NOTHING_ABOUT_THE_IMPORT: list[dict[str, Any]] = [
    {"Tags": [{"tagKey": "team", "tagValue": "other"}]},
    {"Tags": None},
    {"timeout": 1800},
    {"PollInterval": 30},
    {"role": "OtherRole"},
    {"JobNamePrefix": "another"},
    {"Preflight": True},
    {"WaitForCompletion": False},
    {"SomethingNew": "1"},
]


@pytest.mark.parametrize("change", NOTHING_ABOUT_THE_IMPORT, ids=lambda change: next(iter(change)))
def test_update_that_changes_nothing_about_the_import(world: World, change: dict[str, Any]) -> None:
    stack = world.deploy(an_import())
    world.deploy(an_import(**change), stack)

    create, update = world.requests.sent
    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1
    assert update.reply is not None
    assert update.reply.body["PhysicalResourceId"] == update.physical_id == world.jobs()[0].arn
    assert len(world.invocations(update)) == 1
    assert create.reply is not None
    assert update.reply.body["Data"] == create.reply.body["Data"]


def test_update_that_changes_nothing_years_later(world: World) -> None:
    stack = world.deploy(an_import())
    for index in range(300):
        world.foreign_job(dataset="interactions", duration=60, age=-index)
    world.run(1000)
    world.personalize.order = "oldest"
    world.deploy(an_import(timeout=900, Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("timeout", [3600, 4 * 3600])
def test_update_that_changes_nothing_believes_in_a_job_that_is_no_longer_known(world: World, timeout: int) -> None:
    stack = world.deploy(an_import(timeout=timeout))
    (job,) = world.jobs()
    job.listed_from = FORGOTTEN
    world.deploy(an_import(timeout=timeout, Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert world.jobs() == [job]
    assert {found.physical_id for found in stack.resources.values() if found.declared.kind == "import"} == {job.arn}


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.DROPPED])
def test_update_waits_until_the_dataset_can_be_seen(world: World, kind: Kind) -> None:
    stack = world.deploy(an_import())
    world.faults.plan(Fault("DescribeDataset", kind))
    world.deploy(an_import(DataVersion="2"), stack)

    assert world.faults.struck
    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 2


def test_update_to_data_that_a_running_job_may_replace_says_so(world: World) -> None:
    outcomes = [Outcome(300), Outcome(7200)]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    stack = world.deploy(an_import(timeout=600, DataVersion="1"))
    world.deploy(an_import(timeout=600, DataVersion="2", WaitForCompletion=False), stack)
    world.deploy(an_import(timeout=600, DataVersion="1"), stack)

    first, second = world.jobs()
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.resources["Interactions"].physical_id == first.arn
    assert f"{second.name} still runs and may replace the data of {first.name}" in world.log.text()


IMPORT: list[dict[str, Any]] = [
    {"DataVersion": "2"},
    {"DataLocation": "s3://training-data/new/"},
    {"ImportMode": "INCREMENTAL"},
    {"PublishAttributionMetricsToS3": True},
    {"dataset": "another"},
]


@pytest.mark.parametrize("change", IMPORT, ids=lambda change: next(iter(change)))
def test_update_that_changes_the_import(world: World, change: dict[str, Any]) -> None:
    stack = world.deploy(an_import())
    world.deploy(an_import(**change), stack)

    _, update, clean_up = world.requests.sent
    first, second = world.jobs()
    assert stack.status == "UPDATE_COMPLETE"
    assert update.reply is not None
    assert update.reply.body["PhysicalResourceId"] == second.arn
    assert (clean_up.request_type, clean_up.physical_id) == ("Delete", first.arn)
    assert len(world.invocations(clean_up)) == 1
    assert clean_up.seconds < 5


def test_clean_up_is_answered_at_once_under_every_timing() -> None:
    for seed in range(20):
        with simulated(seed) as world:
            stack = world.deploy(an_import())
            world.deploy(an_import(DataVersion="2"), stack)
            assert len(world.invocations(world.request())) == 1
            world.finish()


def test_update_back_to_earlier_data_imports_it_again(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    world.deploy(an_import(DataVersion="2"), stack)
    world.deploy(an_import(DataVersion="1"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


@pytest.mark.parametrize("failed_id_wins", [False, True])
def test_rollback_of_an_import_that_failed_adopts_the_job_whose_data_is_there(
    world: World, failed_id_wins: bool
) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    stack.parts.failed_id_wins = failed_id_wins
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    world.deploy(an_import(DataVersion="2"), stack)

    first, second = world.jobs()
    rollback = next(request for request in world.requests.sent if request.purpose == "rollback")
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert rollback.reply is not None
    assert rollback.reply.body["PhysicalResourceId"] == first.arn
    assert len(world.invocations(rollback)) == 1
    assert second.status(world.now) == "CREATE FAILED"


def test_rollback_of_an_import_that_never_started_adopts_the_job_whose_data_is_there(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    for _ in range(5):
        world.foreign_job(duration=100_000)
    world.deploy(an_import(DataVersion="2"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("duration", [3500, 4000, 6000])
@pytest.mark.parametrize("fails", [False, True])
def test_rollback_while_the_import_goes_on_ends_with_the_data_asked_for(
    world: World, duration: int, fails: bool
) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    outcomes = [Outcome(duration, failure_reason="broken" if fails else None), Outcome()]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(an_import(DataVersion="2"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == (["1", "2"] if fails else ["1", "2", "1"])


def test_rollback_after_the_import_succeeded_imports_the_old_data_again(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other(depends_on=("Interactions",))})
    world.deploy(
        an_import(DataVersion="2") | {"Other": other(fails=True, depends_on=("Interactions",), version=2)}, stack
    )

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


@pytest.mark.parametrize("takes", [0.1, 1, 5, 100, 355, 361])
def test_sibling_fails_while_the_update_imports(world: World, takes: float) -> None:
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other()})
    world.deploy(an_import(DataVersion="2") | {"Other": other(takes=takes, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"


def test_rollback_of_another_mode_whose_job_failed(world: World) -> None:
    stack = world.deploy(an_import())
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    world.deploy(an_import(ImportMode="INCREMENTAL"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 2


def test_rollback_imports_again_when_somebody_else_replaced_the_data(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    world.begin(an_import(DataVersion="2"), stack)
    world.foreign_job(dataset="interactions", duration=60)
    world.run(120)
    world.personalize.next_outcome = lambda request: Outcome()
    world.settle(stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]


def test_rollback_of_a_changed_dataset(world: World) -> None:
    stack = world.deploy(an_import(dataset="one"))
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    world.deploy(an_import(dataset="two"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.dataset_arn for job in world.jobs()] == [dataset_arn("one"), dataset_arn("two")]


def test_update_after_a_failed_update_imports(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1"))
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    world.deploy(an_import(DataVersion="2"), stack)
    world.personalize.next_outcome = lambda request: Outcome()
    world.deploy(an_import(DataVersion="2"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 3


def test_rollback_that_fails_can_be_continued(world: World) -> None:
    stack = world.deploy(an_import(DataVersion="1") | {"Other": other(depends_on=("Interactions",))})
    outcomes = [Outcome(), Outcome(failure_reason="broken"), Outcome()]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(
        an_import(DataVersion="2") | {"Other": other(fails=True, depends_on=("Interactions",), version=2)}, stack
    )
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    stack.continue_rollback()
    world.settle(stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"


def test_update_after_a_create_that_did_not_wait_and_failed_later(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="broken")
    stack = world.deploy(an_import(WaitForCompletion=False))
    world.run()
    world.personalize.next_outcome = lambda request: Outcome()
    world.deploy(an_import(), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert world.jobs()[-1].active(world.now)


def test_update_of_tags_while_the_job_that_was_not_waited_for_runs(world: World) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False))
    world.deploy(an_import(WaitForCompletion=False, Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1
    assert world.request().seconds < 5


def test_added_and_removed_imports(world: World) -> None:
    stack = world.deploy(an_import("One"))
    world.deploy(an_import("One") | an_import("Two"), stack)
    world.deploy(an_import("Two"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 2
    assert world.request().request_type == "Delete"
    assert role_arn("OneRole") not in world.personalize.roles


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.DEATH, Kind.DROPPED])
def test_update_that_changes_nothing_despite_trouble(world: World, kind: Kind) -> None:
    stack = world.deploy(an_import())
    world.faults.plan(Fault("ListDatasetImportJobs", kind, times=2))
    world.deploy(an_import(Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_clean_up_does_not_wait_for_an_import_that_is_not_waited_for(world: World) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False, DataVersion="1"))
    world.run(1000)
    world.deploy(an_import(WaitForCompletion=False, DataVersion="2"), stack)

    clean_up = world.request()
    assert stack.status == "UPDATE_COMPLETE"
    assert clean_up.purpose == "clean-up"
    assert clean_up.seconds < 5
    assert world.jobs()[-1].running(world.now)


def test_delete_is_not_taken_for_a_clean_up(world: World) -> None:
    """The id to be deleted is that of an ended job, and the job of an update that was given up still runs."""
    stack = world.deploy(an_import(DataVersion="1", own_dataset=True))
    world.personalize.next_outcome = lambda request: Outcome(duration=3000)
    world.begin(an_import(DataVersion="2", own_dataset=True), stack)
    world.run(30)
    stack.abandon()
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert world.request().closed >= world.jobs()[-1].ends
