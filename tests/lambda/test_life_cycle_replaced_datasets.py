"""Datasets that CloudFormation replaces under the same ARN: what was imported before is gone."""

import pytest
from simulator.faults import Fault, Kind
from simulator.personalize import Dataset, Outcome
from simulator.stack import Stack
from simulator.template import Declared
from simulator.templates import an_import, dataset_arn, other
from simulator.world import World


def items(definition: str, **properties: object) -> dict[str, Declared]:
    return an_import("Items", own_dataset=True, definition=definition, **properties)  # type: ignore[arg-type]


def deployed(world: World, *templates: dict[str, Declared]) -> Stack:
    stack = world.stack()
    for template in templates:
        world.deploy(template, stack)
    return stack


def test_a_new_schema_imports_again(world: World) -> None:
    stack = deployed(world, items("v1"), items("v2"), items("v3"))

    first, second, third = world.jobs()
    assert stack.status == "UPDATE_COMPLETE"
    assert first.created < second.created < third.created
    assert third.created >= world.personalize.datasets[dataset_arn("Items")].created
    assert world.request(-1).request_type == "Delete"


def test_an_upgrade_of_this_software_imports_nothing_again(world: World) -> None:
    """The version before sends no DatasetDefinition."""
    stack = deployed(world, items("v1", DatasetDefinition=None), items("v1"))

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_a_new_schema_whose_deployment_fails_ends_with_the_data_in_the_dataset_of_before(world: World) -> None:
    stack = deployed(world, items("v1") | {"Other": other()})
    world.deploy(items("v2") | {"Other": other(takes=500, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(world.jobs()) == 3
    assert stack.resources["Items"].physical_id == world.jobs()[-1].arn


def test_a_job_that_the_service_forgot_proves_nothing_about_a_new_dataset(world: World) -> None:
    stack = deployed(world, items("v1"))
    forgotten = world.jobs()[0]
    del world.personalize.jobs[forgotten.arn]
    world.personalize.jobs_of(forgotten.dataset_arn).clear()
    world.deploy(items("v2"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("kind", [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED, Kind.DENIED])
def test_a_dataset_that_can_not_be_described_for_a_while_is_waited_for(world: World, kind: Kind) -> None:
    stack = deployed(world, items("v1"))
    world.faults.plan(Fault("DescribeDataset", kind, times=2))
    world.deploy(items("v2"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 2


def test_an_incremental_import_of_a_dataset_that_was_replaced_is_refused_before_it_starts(world: World) -> None:
    records = b"USER_ID,ITEM_ID,TIMESTAMP\n" + b"a,b,1700000000\n" * 1100
    world.objects.put("training-data", "more/1.csv", records)
    world.delete(world.deploy(an_import("Items")))
    arn = dataset_arn("Items")
    world.invariants.excused.add("More")
    world.personalize.datasets[arn] = Dataset(arn, created=world.now)
    stack = world.deploy(an_import("More", dataset="Items", ImportMode="INCREMENTAL", Preflight=True))

    assert stack.status == "ROLLBACK_COMPLETE"
    assert "has no earlier import for import mode INCREMENTAL" in world.request(2).reason


def test_the_old_job_is_not_adopted_in_a_rollback_to_a_new_dataset(world: World) -> None:
    stack = deployed(world, items("v1", DataVersion="1"))
    outcomes = [Outcome(60, failure_reason="broken"), Outcome()]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(items("v2", DataVersion="2"), stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [job.spec[-1] for job in world.jobs() if job.spec] == ["1", "2", "1"]
