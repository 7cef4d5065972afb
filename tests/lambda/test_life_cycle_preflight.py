"""The preflight as a part of the life cycle: before a job is started, once for each request, and never in the way."""

import pytest
from simulator.faults import Fault, Kind
from simulator.personalize import Outcome
from simulator.templates import an_import
from simulator.world import World

GOOD = b"USER_ID,ITEM_ID,TIMESTAMP\n" + b"".join(b"u%d,i%d,%d\n" % (n, n, 1_700_000_000 + n) for n in range(1500))
COLUMNS = "Input csv is missing the following columns: [USER_ID]"
MISSPELT = GOOD.replace(b"USER_ID", b"USRE_ID")


@pytest.fixture(autouse=True)
def excused(world: World) -> None:
    world.invariants.excused.add("Interactions")


def test_good_data_is_imported(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", GOOD)
    stack = world.deploy(an_import(Preflight=True))

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_broken_data_fails_within_seconds_before_any_job(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", MISSPELT)
    stack = world.deploy(an_import(Preflight=True))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.seconds < 10
    assert "USER_ID" in create.reason
    assert "1.csv" in create.reason
    assert world.jobs() == []


def test_broken_data_in_an_update_leaves_the_old_data(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", GOOD)
    stack = world.deploy(an_import(Preflight=True))
    world.objects.put("training-data", "interactions/1.csv", MISSPELT)
    world.deploy(an_import(Preflight=True, DataVersion="2"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 1


def test_update_that_starts_no_job_has_no_preflight(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", GOOD)
    stack = world.deploy(an_import(Preflight=True))
    world.objects.put("training-data", "interactions/1.csv", MISSPELT)
    world.deploy(an_import(Preflight=True, Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"


def test_wait_for_a_slot_has_one_preflight(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", GOOD)
    for _ in range(5):
        world.foreign_job(duration=600)
    stack = world.deploy(an_import(Preflight=True))

    assert stack.status == "CREATE_COMPLETE"
    assert len([call for call in world.wire.calls if call.operation == "GetObject"]) == 1


@pytest.mark.parametrize("operation", ["DescribeDataset", "DescribeSchema", "ListObjectsV2", "GetObject"])
@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED, Kind.READ_TIMEOUT])
def test_what_cannot_be_looked_at_is_left_to_personalize(world: World, operation: str, kind: Kind) -> None:
    world.objects.put("training-data", "interactions/1.csv", GOOD)
    world.faults.plan(Fault(operation, kind, times=100))
    stack = world.deploy(an_import(Preflight=True))

    assert stack.status == "CREATE_COMPLETE"
    assert "WARNING" in world.log.text()


@pytest.mark.parametrize(
    ("key", "body", "location", "failure", "told"),
    [
        ("interactions/1.csv", b"\xef\xbb\xbf" + GOOD, "s3://training-data/interactions/", COLUMNS, "byte order mark"),
        ("interactions/1.csv", GOOD, "s3://training-data/interactions", "No objects found", "is a folder"),
    ],
)
@pytest.mark.parametrize("waits", [0, 600])
def test_a_failure_ends_with_the_warning_that_bears_on_it(
    world: World, key: str, body: bytes, location: str, failure: str, told: str, waits: float
) -> None:
    for _ in range(5 if waits else 0):
        world.foreign_job(duration=waits)
    world.objects.put("training-data", key, body)
    world.personalize.next_outcome = lambda request: Outcome(failure_reason=failure)
    stack = world.deploy(an_import(Preflight=True, DataLocation=location))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.reason.startswith(f"{failure}. The preflight warned: s3://training-data/interactions")
    assert told in create.reason


def test_a_warning_never_pushes_out_the_reason(world: World) -> None:
    world.objects.put("training-data", "interactions/1.csv", b"\xef\xbb\xbf" + GOOD)
    world.personalize.next_outcome = lambda request: Outcome(failure_reason="column " * 700)
    world.deploy(an_import(Preflight=True))

    reply = world.request(0).reply
    assert reply
    assert not reply.problem
    assert world.request(0).reason.startswith("column " * 400)
