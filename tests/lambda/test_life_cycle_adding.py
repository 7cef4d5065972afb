"""Imports that add to another one: again whenever that one did, and after it."""

import pytest
from simulator.personalize import Outcome
from simulator.template import Declared
from simulator.templates import an_import, other
from simulator.world import World


def shop(version: str = "1", *, waits: bool = True, more: str = "1") -> dict[str, Declared]:
    """A FULL import, one that adds to it, and one that adds to that."""
    full = an_import("Full", dataset="Shop", DataVersion=version, WaitForCompletion=waits)
    added = an_import("More", dataset="Shop", ImportMode="INCREMENTAL", adds_to="Full", DataVersion=more)
    again = an_import("EvenMore", dataset="Shop", ImportMode="INCREMENTAL", adds_to="More")
    return full | added | again


def imports(world: World) -> list[str]:
    return [job.name.split("-")[1] for job in world.jobs()]


def test_they_import_in_their_order(world: World) -> None:
    stack = world.deploy(shop())

    assert stack.status == "CREATE_COMPLETE"
    assert imports(world) == ["Full", "More", "EvenMore"]


def test_a_new_full_import_is_added_to_again(world: World) -> None:
    stack = world.deploy(shop())
    world.deploy(shop("2"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert imports(world) == ["Full", "More", "EvenMore"] * 2


def test_without_a_new_full_import_only_what_follows_is_added_again(world: World) -> None:
    stack = world.deploy(shop())
    world.deploy(shop(more="2"), stack)

    assert imports(world) == ["Full", "More", "EvenMore", "More", "EvenMore"]


@pytest.mark.parametrize("list_lag", [0.0, 3.0])
def test_they_wait_for_the_end_of_an_import_that_nobody_waits_for(world: World, list_lag: float) -> None:
    world.personalize.list_lag = list_lag
    world.personalize.next_outcome = lambda request: Outcome(500)
    stack = world.deploy(shop(waits=False))

    full, more, _ = world.jobs()
    assert stack.status == "CREATE_COMPLETE"
    assert more.created > full.ends


def test_the_failure_of_what_they_add_to_is_theirs(world: World) -> None:
    world.invariants.excused.add("More")
    world.personalize.next_outcome = lambda request: Outcome(500, failure_reason="broken")
    stack = world.deploy(shop(waits=False))

    assert stack.status == "ROLLBACK_COMPLETE"
    assert "the import that this one adds to has failed" in world.request(1).reason


def test_a_rollback_restores_what_was_there(world: World) -> None:
    stack = world.deploy(shop() | {"Other": other()})
    world.deploy(shop("2") | {"Other": other(takes=2000, fails=True, version=2)}, stack)

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert imports(world) == ["Full", "More", "EvenMore"] * 3


def test_a_rollback_in_the_background_is_waited_for_by_what_adds_to_it(world: World) -> None:
    """The FULL import is restored late, after CloudFormation has asked for what adds to it."""
    outcomes = [Outcome(300), Outcome(300), Outcome(300), Outcome(1800)]
    world.personalize.next_outcome = lambda request: outcomes.pop(0) if outcomes else Outcome(60)
    full = an_import("Full", dataset="Shop", timeout=600)
    more = an_import("More", dataset="Shop", ImportMode="INCREMENTAL", adds_to="Full", timeout=600)
    stack = world.deploy(full | more)
    world.deploy(an_import("Full", dataset="Shop", timeout=600, DataVersion="2") | more, stack)
    world.run()

    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
