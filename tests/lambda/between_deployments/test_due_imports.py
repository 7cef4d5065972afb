"""Imports between deployments: one for each asking, none lost, none doubled, never two of a construct at a time."""

from typing import Any

import pytest
from simulator.due import due
from simulator.faults import Fault, Kind, When
from simulator.stack import Stack
from simulator.templates import an_import
from simulator.world import World, simulated

NAME = "Interactions"


@pytest.fixture
def stack(world: World) -> Stack:
    """A stack whose import has been deployed, and tells its ends."""
    stack = world.deploy(an_import(SendEvents="true", DueImports="true"))
    world.run(600)
    world.events.details.clear()
    return stack


def ask(world: World, stack: Stack, at: float | None = None, **members: Any) -> dict[str, Any]:
    event = due(stack, NAME, "Import", "schedule", at or world.now, **members)
    world.function.invoke(event)
    return event


def upload(world: World, stack: Stack, at: float | None = None) -> None:
    world.function.invoke(due(stack, NAME, "Upload", "upload", at or world.now))


def test_a_schedule_s_import(world: World, stack: Stack) -> None:
    before = len(world.jobs())
    ask(world, stack)
    world.run(3600)
    *_, job = world.jobs()
    assert len(world.jobs()) == before + 1
    # Its name is of the same resource and spec as the deployment's: Update, rollback and Delete know it.
    assert job.name.rsplit("-", 1)[0] == world.jobs()[0].name.rsplit("-", 1)[0]
    [detail] = world.events.details
    assert (detail["status"], detail["cause"], detail["jobName"]) == ("SUCCEEDED", "schedule", job.name)
    assert world.scheduler.schedules == {}


def test_one_look_at_each_tick_is_enough_where_nobody_waits(world: World, stack: Stack) -> None:
    before = len([call for call in world.wire.calls if call.operation == "ListDatasetImportJobs"])
    ask(world, stack)
    world.run(7200)
    *_, job = world.jobs()
    looks = len([call for call in world.wire.calls if call.operation == "ListDatasetImportJobs"]) - before
    assert looks <= (job.ends - job.created) / 60 + 4


@pytest.mark.parametrize(
    ("first", "second", "imported"),
    [("INCREMENTAL", "FULL", ["INCREMENTAL", "FULL"]), ("FULL", "INCREMENTAL", ["FULL"])],
)
def test_a_full_import_is_not_left_out_for_an_incremental_one(
    world: World, stack: Stack, first: str, second: str, imported: list[str]
) -> None:
    for number, mode in enumerate((first, second)):
        event = due(stack, NAME, "Import", "schedule", world.now, RequestId=f"{mode}/{number}")
        event["ResourceProperties"]["ImportMode"] = event["Due"]["ImportMode"] = mode
        world.function.invoke(event)
        world.run(30)
    world.run(7200)
    assert [job.mode for job in world.jobs()][1:] == imported
    assert world.scheduler.schedules == {}


def test_delivered_twice_is_one_import(world: World, stack: Stack) -> None:
    event = ask(world, stack)
    world.function.invoke(event)
    world.run(60)
    world.function.invoke(event)
    world.run(3600)
    assert len(world.jobs()) == 2
    assert len({detail["id"] for detail in world.events.details}) == 1


def test_late_delivery_of_a_request_that_was_served(world: World, stack: Stack) -> None:
    event = ask(world, stack)
    world.run(7200)
    world.function.invoke(event)
    world.run(3600)
    assert len(world.jobs()) == 2


def test_a_schedule_joins_an_import_that_runs(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(90)
    ask(world, stack)
    world.run(7200)
    assert len(world.jobs()) == 2


def test_a_schedule_joins_one_that_waits_for_the_quota(world: World, stack: Stack) -> None:
    for _ in range(5):
        world.foreign_job(duration=1500)
    ask(world, stack)
    world.run(300)
    ask(world, stack)
    world.run(7200)
    assert len(world.jobs()) == 2
    assert len(world.events.details) == 1


def test_the_quota_is_waited_for_until_the_timeout(world: World, stack: Stack) -> None:
    for _ in range(5):
        world.foreign_job(duration=20_000)
    ask(world, stack)
    world.run(7200)
    assert len(world.jobs()) == 1
    [detail] = world.events.details
    assert (detail["status"], detail["jobArn"]) == ("FAILED", "")
    assert "More than 5 resources" in detail["failureReason"]
    assert world.scheduler.schedules == {}


def test_an_upload_waits_for_the_quiet_period(world: World, stack: Stack) -> None:
    first = world.now
    for _ in range(10):
        upload(world, stack)
        world.run(60)
    last = first + 9 * 60
    assert len(world.jobs()) == 1
    world.run(3600)
    *_, job = world.jobs()
    assert len(world.jobs()) == 2
    assert last + 300 <= job.created <= last + 300 + 90
    assert world.events.details[0]["cause"] == "upload"
    assert world.scheduler.schedules == {}


def test_uploads_during_an_import_are_one_more_after_it(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(90)
    running = world.jobs()[-1]
    for _ in range(3):
        upload(world, stack)
        world.run(20)
    world.run(4 * 3600)
    assert len(world.jobs()) == 3
    assert world.jobs()[-1].created >= running.ends
    assert world.scheduler.schedules == {}


def test_an_upload_is_covered_by_an_import_that_started_after_it(world: World, stack: Stack) -> None:
    upload(world, stack)
    world.run(30)
    ask(world, stack)
    world.run(4 * 3600)
    assert len(world.jobs()) == 2
    assert world.scheduler.schedules == {}


def test_an_older_upload_that_comes_late_moves_nothing(world: World, stack: Stack) -> None:
    at = world.now
    upload(world, stack, at)
    world.run(250)
    upload(world, stack, at - 100)
    world.run(400)
    assert len(world.jobs()) == 2
    assert world.jobs()[-1].created <= at + 300 + 90


def test_delete_ends_what_is_due_and_waits_for_what_runs(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(60)
    running = world.jobs()[-1]
    upload(world, stack)
    world.run(10)
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"
    assert world.request().closed >= running.ends
    world.run(7200)
    assert len(world.jobs()) == 2
    assert world.scheduler.schedules == {}


def test_nothing_is_started_while_the_stack_is_deleted(world: World, stack: Stack) -> None:
    stack.delete()
    ask(world, stack)
    world.settle(stack)
    world.run(3600)
    assert len(world.jobs()) == 1


def test_an_update_waits_for_an_import_between_deployments(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(60)
    running = world.jobs()[-1]
    world.deploy(an_import(SendEvents="true", DueImports="true", DataVersion="2"), stack)
    assert stack.status == "UPDATE_COMPLETE"
    assert world.jobs()[-1].created >= running.ends


def test_the_event_is_sent_again_until_it_is_accepted(world: World, stack: Stack) -> None:
    world.events.refuse = True
    ask(world, stack)
    world.run(3600)
    assert world.events.details == []
    world.events.refuse = False
    world.run(300)
    assert len(world.events.details) == 1
    assert world.scheduler.schedules == {}


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize(
    "operation", ["ListDatasetImportJobs", "CreateDatasetImportJob", "CreateSchedule", "PutEvents", "DeleteSchedule"]
)
@pytest.mark.parametrize("kind", [Kind.DEATH, Kind.DROPPED])
def test_a_fault_changes_nothing(operation: str, kind: Kind, when: When, world: World, stack: Stack) -> None:
    world.faults.plan(Fault(operation, kind, when))
    ask(world, stack)
    world.run(2 * 3600)
    assert len(world.jobs()) == 2
    assert len({detail["id"] for detail in world.events.details}) == 1
    assert world.faults.struck
    world.run(26 * 3600)
    assert world.scheduler.schedules == {}


@pytest.mark.parametrize("when", [When.BEFORE, When.AFTER])
@pytest.mark.parametrize("operation", ["GetSchedule", "CreateSchedule", "DeleteSchedule", "CreateDatasetImportJob"])
def test_no_upload_is_lost_to_a_fault(operation: str, when: When, world: World, stack: Stack) -> None:
    world.faults.plan(Fault(operation, Kind.DEATH, when))
    upload(world, stack)
    world.run(3 * 3600)
    assert len(world.jobs()) == 2
    world.run(80 * 3600)
    assert world.scheduler.schedules == {}


def test_a_full_import_is_followed_by_those_that_add_to_it() -> None:
    recent = an_import("Recent", ImportMode="INCREMENTAL", DueImports="true", dataset="shop", depends_on=("History",))
    with simulated() as world:
        stack = world.deploy({**an_import("History", DueImports="true", dataset="shop"), **recent})
        world.run(600)
        follower = due(stack, "Recent", "Import", "schedule", world.now)
        world.function.invoke(due(stack, "History", "Import", "schedule", world.now, Followers=[follower]))
        world.run(2 * 3600)
        full, added = world.jobs()[-2:]
        assert (full.mode, added.mode) == ("FULL", "INCREMENTAL")
        assert added.created >= full.ends
        assert len(world.jobs()) == 4
        assert world.scheduler.schedules == {}


def test_a_deployment_tells_its_end(world: World) -> None:
    world.deploy(an_import(SendEvents="true"))
    [detail] = world.events.details
    assert (detail["status"], detail["cause"], detail["construct"]) == ("SUCCEEDED", "deployment", NAME)
    assert detail["end"] >= detail["start"] > "2027"


def test_a_chain_tells_its_end_once(world: World) -> None:
    world.deploy(an_import(SendEvents="true", timeout=4 * 3600))
    assert len(world.events.details) == 1


def test_a_deployment_that_changes_nothing_tells_nothing(world: World) -> None:
    stack = world.deploy(an_import(SendEvents="true"))
    world.deploy(an_import(SendEvents="true", PollInterval="7"), stack)
    assert len(world.events.details) == 1


def test_a_failed_deployment_is_told(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=20_000)
    world.deploy(an_import(SendEvents="true", timeout=300))
    assert [detail["status"] for detail in world.events.details] == ["FAILED"]


def test_nobody_listens(world: World) -> None:
    world.deploy(an_import())
    assert world.events.details == []
    assert not [call for call in world.wire.calls if call.operation == "PutEvents"]


def test_metrics_in_a_log_line(world: World, stack: Stack) -> None:
    ask(world, stack)
    world.run(3600)
    line = world.metrics.lines[-1]
    [definition] = line["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "CdkPersonalizeImport"
    assert definition["Dimensions"] == [["DatasetArn", "StackName", "LogicalResourceId"]]
    assert {metric["Name"] for metric in definition["Metrics"]} == {"Succeeded", "Failed", "Duration", "Waited"}
    assert (line["Succeeded"], line["Failed"], line["StackName"]) == (1, 0, stack.name)
    assert line["Duration"] > 0
