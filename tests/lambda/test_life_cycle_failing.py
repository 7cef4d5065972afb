"""How a request fails: with the service's own words, the right id, within the limits, and in time."""

import json

import pytest
from simulator.faults import ServiceError
from simulator.personalize import Outcome
from simulator.requests import REPLY_LIMIT
from simulator.templates import an_import
from simulator.world import World

REASON = "Input CSV is missing the following columns:[USER_ID, ITEM_ID]."


def refusing(code: str, message: str) -> ServiceError:
    return ServiceError(code, message)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidInputException", "Invalid Data location."),
        ("InvalidInputException", "1 validation error detected: Value at 'roleArn' failed to satisfy constraint"),
        ("ResourceNotFoundException", "Could not find the specified resource."),
        ("TooManyTagsException", "You have exceeded the maximum number of tags."),
    ],
)
def test_other_refusals_fail_at_once_with_the_services_message(world: World, code: str, message: str) -> None:
    def refuse(params: object) -> None:
        raise ServiceError(code, message)

    world.personalize.refusals.append(refuse)
    stack = world.deploy(an_import())

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert message in create.reason
    assert create.seconds < 10
    assert len(world.invocations(create)) == 1


@pytest.mark.parametrize("listed", [True, False])
def test_unknown_dataset_fails_at_once(world: World, listed: bool) -> None:
    world.personalize.lists_unknown_datasets = listed
    stack = world.stack()
    stack.deploy(an_import())
    world.settle(stack)

    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Could not find the dataset" in world.request(0).reason
    assert world.request(0).seconds < 10


def test_incremental_into_an_empty_dataset_fails_at_once(world: World) -> None:
    stack = world.deploy(an_import(ImportMode="INCREMENTAL"))

    assert stack.status == "ROLLBACK_COMPLETE"
    assert "import mode must be FULL" in world.request(0).reason


def test_too_many_tags_fail_at_once(world: World) -> None:
    stack = world.deploy(an_import(Tags=[{"tagKey": str(number), "tagValue": ""} for number in range(51)]))

    assert stack.status == "ROLLBACK_COMPLETE"
    assert "tags" in world.request(0).reason


def test_failed_job_fails_with_the_failure_reason_first(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(failure_reason=REASON)
    stack = world.deploy(an_import())

    create, delete = world.requests.sent
    (job,) = world.jobs()
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.reason.startswith(REASON)
    assert job.arn in create.reason
    assert "[$LATEST]" in create.reason.split(job.arn)[1]
    assert create.reply is not None
    assert create.reply.body["PhysicalResourceId"] == job.arn
    assert delete.physical_id == job.arn


@pytest.mark.parametrize(
    "reason",
    [
        "x" * 100_000,
        "データ" * 4_000,
        "\U0001f600" * 3_000,
        '"\\\n\t\x00\x1f' * 2_000,
        "\ud83d" * 3_000,
        "",
        " ",
        "é" * 650 + "x" * 40,
    ],
    ids=["ascii", "japanese", "emoji", "escapes", "lone surrogates", "empty", "blank", "borderline"],
)
def test_reply_is_within_the_limit_for_any_failure_reason(world: World, reason: str) -> None:
    world.personalize.next_outcome = lambda request: Outcome(failure_reason=reason)
    stack = world.deploy(an_import("I" * 255, role="Role", dataset="x"))

    create = world.request(0)
    (job,) = world.jobs()
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.reply is not None
    assert not create.reply.problem
    assert create.reason.startswith(reason[:200])
    assert job.arn in create.reason
    assert len(json.dumps(create.reply.body)) <= REPLY_LIMIT


def test_deadline_with_the_job_running_fails_in_time_saying_what_is_known(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=10_000)
    stack = world.begin(an_import())
    world.run(3600)

    create = world.request(0)
    (job,) = world.jobs()
    assert create.state == "answered"
    assert 3420 - 5 <= create.seconds <= 3570
    assert "CREATE IN_PROGRESS" in create.reason
    assert job.arn in create.reason
    assert "goes on in Personalize" in create.reason
    assert create.reply is not None
    assert create.reply.body["PhysicalResourceId"] == job.arn
    world.settle(stack)


@pytest.mark.parametrize("timeout", [60, 61, 119, 120, 300, 1000, 3420, 3600])
@pytest.mark.parametrize("seed_delay", [0.5, 59.0])
def test_every_timeout_is_kept(world: World, timeout: int, seed_delay: float) -> None:
    world.function.delay = seed_delay
    world.scheduler.jitter = 59
    world.personalize.next_outcome = lambda request: Outcome(duration=100_000)
    stack = world.begin(an_import(timeout=timeout))
    world.run(3700)

    create = world.request(0)
    assert create.state == "answered"
    assert create.seconds >= min(timeout, 3420) - 5
    world.settle(stack)


def test_failed_reply_without_a_job_has_a_stable_id(world: World) -> None:
    for _ in range(2):
        stack = world.stack()
        stack.deploy(an_import())
        world.settle(stack)

    first, first_delete, second, _ = world.requests.sent
    assert first.reply is not None
    assert second.reply is not None
    assert first_delete.physical_id == first.reply.body["PhysicalResourceId"]
    assert first.reply.body["PhysicalResourceId"] not in ("", "None")


def test_failed_update_without_a_job_keeps_the_id(world: World) -> None:
    stack = world.deploy(an_import())
    before = world.request().reply
    world.deploy(an_import(DataLocation=""), stack)

    update = world.request(1)
    assert update.reply is not None
    assert before is not None
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert update.reply.body["PhysicalResourceId"] == before.body["PhysicalResourceId"]
