from typing import Any

from watch_times import START, at, job

from personalize_import_cli.watch.job_names import resource_hash
from personalize_import_cli.watch.stack_failures import Failure
from personalize_import_cli.watch.stack_imports import StackImport, stack_imports
from personalize_import_cli.watch.stack_resources import Resource, StackState

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1"


def resource(logical_id: str = "Items", status: str = "CREATE_IN_PROGRESS", **more: Any) -> Resource:
    known: dict[str, Any] = {
        "physical_id": "",
        "reason": "",
        "since": START,
        "construct": "Shop/Items",
        "is_later_link": False,
    }
    return Resource(STACK, logical_id, status=status, **{"construct": "Shop/Items"} | known | more)


def job_name(spec: str, logical_id: str = "Items") -> str:
    return f"items-{resource_hash(STACK, logical_id)}-{spec * 8}-{'0' * 8}"


def of(*resources: Resource) -> tuple[StackImport, ...]:
    return stack_imports(StackState(STACK, "Shop", "CREATE_IN_PROGRESS", START, resources, (STACK,)))


def test_the_resources_of_a_chain_are_one_import() -> None:
    later = [resource(f"ItemsWait{n}", "CREATE_COMPLETE", is_later_link=True) for n in (2, 3)]
    users = resource("Users", construct="Shop/Users")
    items, other = of(users, *later, resource("Items", "CREATE_COMPLETE"))
    assert [each.logical_id for each in items.resources] == ["Items", "ItemsWait2", "ItemsWait3"]
    assert other.resources == (users,)
    running = job(job_name("a"), "CREATE IN_PROGRESS")
    assert items.job([running]) is running


def test_while_an_update_goes_on_the_earlier_job_is_not_its_job() -> None:
    earlier = job(job_name("a"), begin=-60, end=-50)
    [each] = of(resource(status="UPDATE_IN_PROGRESS", physical_id=earlier.arn))
    assert each.job([earlier]) is None
    started = job(job_name("b"), "CREATE PENDING", begin=1)
    assert each.job([started, earlier]) is started
    ended = job(job_name("b"), begin=1, end=7)
    assert each.job([ended, earlier]) is ended


def test_the_failed_job_of_an_earlier_update_is_not_that_of_this_one() -> None:
    current, failed = job(job_name("a"), begin=-90, end=-80), job(job_name("b"), "CREATE FAILED", begin=-60, end=-50)
    [each] = of(resource(status="UPDATE_IN_PROGRESS", physical_id=current.arn))
    assert each.job([failed, current]) is None


def test_a_resource_whose_job_has_another_name_is_known_by_its_physical_id() -> None:
    renamed = job("by-hand")
    [each] = of(resource(status="CREATE_COMPLETE", physical_id=renamed.arn, since=at(9)))
    assert each.job([renamed]) is renamed


def test_the_failure_of_any_link_is_that_of_the_import() -> None:
    [each] = of(resource(status="CREATE_COMPLETE"), resource("ItemsWait2", "CREATE_FAILED", is_later_link=True))
    failure = Failure("CREATE_FAILED", "too long")
    assert each.failure({(STACK, "ItemsWait2"): failure}) is failure
    assert each.failure({}) is None
    assert each.leading.status == "CREATE_FAILED"
