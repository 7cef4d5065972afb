"""Imports between deployments beside deployments: what the stack says stands, whatever was asked for before."""

import itertools
from typing import Any

import pytest
from simulator.due import due, properties_of
from simulator.faults import Fault, Kind
from simulator.personalize import Outcome
from simulator.stack import Stack
from simulator.template import Declared
from simulator.templates import an_import, other
from simulator.world import World, simulated

NAME = "Interactions"


def fresh(version: str = "1", folder: str = "", **properties: Any) -> dict[str, Declared]:
    """An import with imports between deployments."""
    location = f"s3://training-data/{folder}"
    return an_import(SendEvents="true", DueImports="true", DataVersion=version, DataLocation=location, **properties)


@pytest.fixture
def stack(world: World) -> Stack:
    stack = world.deploy(fresh())
    world.run(600)
    return stack


def ask(world: World, stack: Stack, name: str = NAME, **members: Any) -> None:
    world.function.invoke(due(stack, name, "Import", "schedule", world.now, **members))


def upload(world: World, stack: Stack, **members: Any) -> None:
    world.function.invoke(due(stack, NAME, "Upload", "upload", int(world.now), **members))


def fill_quota(world: World, duration: float) -> None:
    for _ in range(5):
        world.foreign_job(duration=duration)


def test_an_upload_before_an_update_imports_what_the_stack_says_after_it(world: World, stack: Stack) -> None:
    before = properties_of(stack, NAME)
    world.begin(fresh("2", "new/"), stack)
    world.run(200)
    # The rule still hands on what the stack said before; CloudFormation changes it after the import.
    upload(world, stack, properties=before)
    world.settle(stack)
    world.run(3600)
    deployed, late = world.jobs()[-2:]
    assert late.location == deployed.location == "s3://training-data/new/"
    assert late.name.rsplit("-", 1)[0] == deployed.name.rsplit("-", 1)[0]


def test_an_upload_before_an_update_is_in_the_update_s_import(world: World, stack: Stack) -> None:
    upload(world, stack)
    world.run(30)
    world.deploy(fresh("2"), stack)
    world.run(3600)
    assert len(world.jobs()) == 2


def test_what_waits_for_the_quota_imports_what_an_update_says_meanwhile(world: World, stack: Stack) -> None:
    fill_quota(world, 900)
    ask(world, stack)
    world.run(60)
    world.deploy(fresh("2", "new/"), stack)
    world.run(3600)
    assert stack.status == "UPDATE_COMPLETE"
    assert {job.location for job in world.jobs()[1:]} == {"s3://training-data/new/"}
    assert world.scheduler.schedules == {}


def test_a_request_of_before_the_stack_imports_into_another_dataset_is_left(world: World, stack: Stack) -> None:
    before = properties_of(stack, NAME)
    world.deploy(fresh(dataset="other"), stack)
    ask(world, stack, properties=before)
    world.run(3600)
    assert "nothing to do: the stack imports into another dataset now" in world.log.text()
    assert len(world.jobs()) == 2


def test_a_schedule_while_an_end_is_being_told_is_heard(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(300)
    world.events.refuse = True
    world.run(300)
    ask(world, stack)
    world.run(120)
    world.events.refuse = False
    world.run(3600)
    assert len(world.jobs()) == 3


def test_of_two_requests_at_once_one_waits_for_the_other(world: World, stack: Stack) -> None:
    upload(world, stack)
    world.run(250)
    for _ in range(20):
        ask(world, stack)
        world.run(5)
    world.run(3600)
    first = world.jobs()[1]
    told = {detail["jobName"] for detail in world.events.details}
    assert {job.name for job in world.jobs()} == told
    assert all(job.created >= first.ends for job in world.jobs()[2:])


def test_an_upload_in_the_second_in_which_a_job_was_created_is_imported(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(5)
    created = world.jobs()[-1].created
    # S3 tells whole seconds: the upload may have come after the job.
    world.function.invoke(due(stack, NAME, "Upload", "upload", created - 0.5))
    world.run(7200)
    assert len(world.jobs()) == 3


def test_a_follower_is_asked_for_once_however_often_the_end_is_found(world: World) -> None:
    recent = an_import("Recent", ImportMode="INCREMENTAL", DueImports="true", dataset="shop", adds_to="History")
    stack = world.deploy({**an_import("History", DueImports="true", dataset="shop"), **recent})
    world.run(600)
    follower = due(stack, "Recent", "Import", "schedule", world.now)
    ask(world, stack, "History", Followers=[follower])
    world.run(60)
    # The polls can't be ended, so that the end is found again and again.
    world.faults.plan(
        Fault("DeleteSchedule", Kind.SERVER_ERROR, times=8, only=lambda event: "schedule" in str(event["RequestId"]))
    )
    world.run(3 * 3600)
    assert [job.mode for job in world.jobs()] == ["FULL", "INCREMENTAL"] * 2
    # It is of the spec that was deployed, so that deployments know it.
    assert world.jobs()[1].name.rsplit("-", 1)[0] == world.jobs()[3].name.rsplit("-", 1)[0]


def test_what_adds_to_an_import_with_another_mode_between_deployments_needs_no_full_one(world: World) -> None:
    def shop(more: str) -> dict[str, Declared]:
        full = an_import("Full", dataset="Shop", DueImports="true")
        return full | an_import("More", dataset="Shop", ImportMode="INCREMENTAL", adds_to="Full", DataVersion=more)

    stack = world.deploy(shop("1"))
    world.run(600)
    event = due(stack, "Full", "Import", "schedule", world.now)
    event["ResourceProperties"]["ImportMode"] = event["Due"]["ImportMode"] = "INCREMENTAL"
    world.function.invoke(event)
    world.run(3600)
    world.deploy(shop("2"), stack)
    assert stack.status == "UPDATE_COMPLETE"
    assert [job.mode for job in world.jobs()] == ["FULL", "INCREMENTAL", "INCREMENTAL", "INCREMENTAL"]


def test_a_rollback_keeps_the_id_where_a_schedule_has_imported_the_same_since(world: World, stack: Stack) -> None:
    world.deploy(fresh() | {"Other": other()}, stack)
    ask(world, stack)
    world.run(3600)
    stands = stack.resources[NAME].physical_id
    fill_quota(world, 300)
    world.deploy(fresh("2") | {"Other": other(takes=60, fails=True, version=2)}, stack)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources[NAME].physical_id == stands
    assert len(world.jobs()) == 2


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5])
def test_an_update_sees_a_job_that_has_just_been_started(world: World, stack: Stack, moment: float) -> None:
    world.personalize.list_lag = 3.0
    ask(world, stack)
    world.run(moment)
    world.deploy(fresh("2"), stack)
    world.run(7200)
    jobs = world.jobs()
    assert all(later.created >= earlier.ends for earlier, later in itertools.pairwise(jobs))
    assert jobs[-1].spec is not None
    assert jobs[-1].spec[-1] == "2"


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5])
def test_delete_sees_a_job_that_has_just_been_started(world: World, stack: Stack, moment: float) -> None:
    world.personalize.list_lag = 3.0
    ask(world, stack)
    world.run(moment)
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"
    assert all(job.ends <= world.request().closed for job in world.jobs())


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_a_schedule_waits_for_the_rollback_of_an_update_that_was_cancelled(world: World, moment: float) -> None:
    stack = world.deploy(fresh(WaitForCompletion=False))
    world.run(600)
    world.personalize.list_lag = 3.0
    world.begin(fresh("2", WaitForCompletion=False), stack)
    stack.fail()
    world.run(moment)
    ask(world, stack)
    world.settle(stack)
    world.run(7200)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    jobs = world.jobs()
    assert all(later.created >= earlier.ends for earlier, later in itertools.pairwise(jobs))


@pytest.mark.parametrize("failed_id_wins", [False, True])
def test_a_schedule_imports_what_a_rollback_has_restored_in_the_background(
    world: World, stack: Stack, failed_id_wins: bool
) -> None:
    stack.parts.failed_id_wins = failed_id_wins
    world.personalize.next_outcome = lambda request: Outcome(3500.0)
    world.deploy(fresh("2"), stack)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    world.run(3600)
    ask(world, stack)
    world.run(2 * 3600)
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1", "1"]


@pytest.mark.parametrize("later", [0.2, 0.6, 1.0])
@pytest.mark.parametrize("moment", [0.0, 0.4, 0.8, 1.2])
def test_a_delete_that_comes_twice_sees_a_job_that_has_just_been_started(
    world: World, stack: Stack, moment: float, later: float
) -> None:
    world.personalize.list_lag = 3.0
    ask(world, stack)
    world.run(moment)
    world.function.duplicates = lambda event: later if event["RequestType"] == "Delete" else None
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"
    assert all(job.ends <= world.request().closed for job in world.jobs())


@pytest.mark.parametrize("operation", ["ListDatasetImportJobs", "DescribeDatasetImportJob"])
def test_what_was_deployed_is_asked_again_until_it_is_known(operation: str, world: World) -> None:
    stack = world.deploy(fresh())
    before = properties_of(stack, NAME)
    world.deploy(fresh("2", "new/"), stack)
    world.run(600)
    world.faults.plan(Fault(operation, Kind.THROTTLE, times=2))
    ask(world, stack, properties=before)
    world.run(3600)
    assert world.jobs()[-1].location == "s3://training-data/new/"
    assert len(world.jobs()) == 3


def test_a_clean_up_that_cloudformation_does_not_answer_at_once_leaves_what_was_asked_for(
    world: World, stack: Stack
) -> None:
    world.begin(fresh("2"), stack)
    world.run(200)
    upload(world, stack)
    world.faults.plan(Fault("DescribeStackResource", Kind.THROTTLE, times=2))
    world.settle(stack)
    assert world.request().purpose == "clean-up"
    world.run(3600)
    assert len(world.jobs()) == 3


def test_a_clean_up_asks_once_whether_it_is_one(world: World, stack: Stack) -> None:
    before = len(world.wire.calls)
    world.deploy(fresh("2", WaitForCompletion="false"), stack)
    assert world.request().purpose == "clean-up"
    assert world.jobs()[-1].running(world.now)
    asked = [call for call in world.wire.calls[before:] if call.operation == "DescribeStackResource"]
    assert len(asked) == 1


def test_what_was_deployed_is_asked_when_it_is_permitted_again(world: World) -> None:
    recent = an_import("Recent", ImportMode="INCREMENTAL", DueImports="true", dataset="shop", adds_to="History")
    world.deploy({**an_import("History", DueImports="true", dataset="shop"), **recent})
    world.run(600)
    [stack] = world.stacks
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.DENIED, times=2))
    ask(world, stack, "Recent")
    world.run(3600)
    deployed, between = world.jobs()[1:]
    assert between.name.rsplit("-", 1)[0] == deployed.name.rsplit("-", 1)[0]


def test_an_end_that_is_found_again_has_the_same_id(world: World) -> None:
    stack = world.deploy(fresh())
    before = properties_of(stack, NAME)
    world.deploy(fresh("2", "new/"), stack)
    world.run(600)
    event = due(stack, NAME, "Import", "schedule", world.now, properties=before)
    for _ in range(2):
        world.function.invoke(event)
        world.run(3600)
    assert len(world.jobs()) == 3
    ids = [detail["id"] for detail in world.events.details if detail["jobName"] == world.jobs()[-1].name]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_delete_sees_a_job_whose_polls_have_just_seen_the_delete(world: World, stack: Stack) -> None:
    world.personalize.list_lag = 3.0
    world.scheduler.jitter = 0.0
    ask(world, stack)
    while len(world.jobs()) == 1:
        world.run(0.01)
    stack.delete()
    # A poll is a moment before the Delete.
    [polls] = world.scheduler.schedules.values()
    first, world.function.delay = world.function.invocations[-1], 0.0
    world.function.invoke({**polls.event, "Poll": {**polls.event["Poll"], "Started": False}})
    assert first.outcome == "running"
    world.settle(stack)
    assert all(job.ends <= world.request().closed for job in world.jobs())


@pytest.mark.parametrize("upload_first", [True, False])
def test_a_full_import_that_waits_does_the_work_of_an_upload_that_does(upload_first: bool) -> None:
    # Another import of the dataset stands in another stack, whose data the full one replaces.
    with simulated() as world:
        world.deploy(an_import("First", dataset="shop"))
        stack = world.deploy(fresh(ImportMode="INCREMENTAL", dataset="shop"))
        world.run(600)
        full = due(stack, NAME, "Import", "schedule", world.now + 100)
        full["ResourceProperties"]["ImportMode"] = full["Due"]["ImportMode"] = "FULL"
        ask(world, stack)
        world.run(50)
        if upload_first:
            upload(world, stack)
        world.run(50)
        world.function.invoke(full)
        world.run(20)
        if not upload_first:
            upload(world, stack)
        world.run(2 * 3600)
        assert [job.mode for job in world.jobs()] == ["FULL", "INCREMENTAL", "INCREMENTAL", "FULL"]


def test_what_waits_without_a_mode_of_its_own_has_the_one_that_an_update_says(world: World, stack: Stack) -> None:
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.THROTTLE))
    ask(world, stack)
    world.deploy(fresh("2", ImportMode="INCREMENTAL"), stack)
    upload(world, stack)
    world.run(3600)
    first, deployed, between = world.jobs()
    assert (first.mode, deployed.mode, between.mode) == ("FULL", "INCREMENTAL", "INCREMENTAL")
    assert between.name.rsplit("-", 1)[0] == deployed.name.rsplit("-", 1)[0]


@pytest.mark.parametrize("upload_first", [True, False])
def test_what_waits_without_a_mode_of_its_own_does_the_work_of_an_incremental_one(
    upload_first: bool, world: World, stack: Stack
) -> None:
    incremental = due(stack, NAME, "Import", "schedule", world.now + 100)
    incremental["ResourceProperties"]["ImportMode"] = incremental["Due"]["ImportMode"] = "INCREMENTAL"
    ask(world, stack)
    world.run(50)
    for is_upload in (upload_first, not upload_first):
        if is_upload:
            upload(world, stack)
        else:
            world.function.invoke(incremental)
        world.run(50)
    world.run(2 * 3600)
    assert [job.mode for job in world.jobs()] == ["FULL", "FULL", "FULL"]


def test_what_does_the_work_of_two_has_an_id_of_its_own(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(60)
    at = int(world.now)
    ids = []
    for mode in ("INCREMENTAL", "FULL"):
        event = due(stack, NAME, "Upload", "upload", at)
        event["ResourceProperties"]["ImportMode"] = event["Due"]["ImportMode"] = mode
        world.function.invoke(event)
        world.run(5)
        ids += [poll.event["RequestId"] for name, poll in world.scheduler.schedules.items() if "pending" in name]
    assert len(set(ids)) == 2


def test_a_schedule_joins_a_deployment_s_job_that_is_not_listed_yet(world: World) -> None:
    world.personalize.list_lag = 3.0
    stack = world.deploy(fresh(WaitForCompletion=False))
    ask(world, stack)
    world.run(7200)
    assert len(world.jobs()) == 1


def test_what_was_deployed_is_waited_for_when_cloudformation_can_t_be_asked(world: World) -> None:
    recent = an_import("Recent", ImportMode="INCREMENTAL", DueImports="true", dataset="shop", adds_to="History")
    stack = world.deploy({**an_import("History", DueImports="true", dataset="shop"), **recent})
    world.run(600)
    world.faults.plan(Fault("DescribeStackResource", Kind.THROTTLE, times=9))
    ask(world, stack, "Recent")
    world.run(3600)
    deployed, due_job = world.jobs()[1:]
    assert deployed.name.rsplit("-", 1)[0] == due_job.name.rsplit("-", 1)[0]


def test_an_upload_while_the_stack_is_being_deleted_asks_for_nothing(world: World, stack: Stack) -> None:
    world.scheduler.group_exists = lambda: False
    upload(world, stack)
    world.run(600)
    assert len(world.jobs()) == 1
