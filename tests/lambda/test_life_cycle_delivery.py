"""Delivery: a function that dies anywhere, polls twice or too late, replies that are refused, nothing leaked."""

from collections.abc import Callable

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import Outcome
from simulator.templates import an_import, other
from simulator.world import World, simulated

SHORT = Outcome(duration=100, pending=10)


def create(world: World) -> None:
    world.deploy(an_import())


def create_update_delete(world: World) -> None:
    stack = world.deploy(an_import(own_dataset=True))
    world.deploy(an_import(own_dataset=True, DataVersion="2"), stack)
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"


def failed_update(world: World) -> None:
    outcomes = [SHORT, Outcome(duration=100, failure_reason="broken")]
    world.personalize.next_outcome = lambda request: outcomes.pop(0) if outcomes else SHORT
    stack = world.deploy(an_import(own_dataset=True))
    world.deploy(an_import(own_dataset=True, DataVersion="2"), stack)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"


def cancelled_create(world: World) -> None:
    stack = world.deploy(an_import(own_dataset=True) | {"Other": other(takes=50, fails=True)})
    assert stack.status == "ROLLBACK_COMPLETE"


def waiting_for_a_slot(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=100)
    stack = world.deploy(an_import())
    assert stack.status == "CREATE_COMPLETE"


def short_chain(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=3500)
    stack = world.deploy(an_import(timeout=7000, own_dataset=True, PollInterval=300))
    world.delete(stack)
    assert stack.status == "DELETE_COMPLETE"


STORIES = [create_update_delete, failed_update, cancelled_create, waiting_for_a_slot]
Story = Callable[[World], None]


def _steps(story: Story) -> int:
    """How many API calls, replies and pauses the function makes when nothing goes wrong."""
    with simulated() as world:
        world.personalize.next_outcome = lambda request: SHORT
        never = Fault("*", Kind.DEATH, skip=1_000_000)
        world.faults.plan(never)
        story(world)
        world.finish()
        return 1_000_000 - never.skip


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("when", list(When))
def test_function_dies_between_any_two_calls(story: Story, when: When) -> None:
    for step in range(_steps(story)):
        with simulated() as world:
            world.personalize.next_outcome = lambda request: SHORT
            world.faults.plan(Fault("*", Kind.DEATH, when, skip=step))
            story(world)
            world.finish()
            assert sum(world.faults.struck.values()) == 1


@pytest.mark.parametrize("story", STORIES)
def test_function_dies_and_its_repetition_dies_too(story: Story) -> None:
    for step in range(_steps(story)):
        with simulated(step) as world:
            world.personalize.next_outcome = lambda request: SHORT
            world.faults.plan(Fault("*", Kind.DEATH, When.AFTER, skip=step, times=2))
            story(world)
            world.finish()


PASSING = [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED, Kind.READ_TIMEOUT]


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("when", list(When))
def test_any_call_fails_once(story: Story, when: When) -> None:
    for step in range(_steps(story)):
        with simulated() as world:
            world.personalize.next_outcome = lambda request: SHORT
            world.faults.plan(Fault("*", PASSING[step % len(PASSING)], when, skip=step))
            story(world)
            world.finish()


@pytest.mark.parametrize("story", STORIES)
def test_every_event_is_delivered_twice(story: Story) -> None:
    for apart in (0.0, 0.03, 0.3, 3.0, 30.0):
        with simulated() as world:
            world.personalize.next_outcome = lambda request: SHORT
            world.function.duplicates = lambda event, apart=apart: apart  # type: ignore[misc]
            story(world)
            world.finish()


def test_every_poll_comes_twice_at_once(world: World) -> None:
    world.scheduler.repeat = lambda schedule: 0.0
    stack = world.deploy(an_import())
    world.deploy(an_import(DataVersion="2"), stack)

    assert stack.status == "UPDATE_COMPLETE"
    assert len(world.jobs()) == 2


def test_poll_that_comes_after_the_end_changes_nothing(world: World) -> None:
    world.scheduler.repeat = lambda schedule: 400.0
    stack = world.deploy(an_import())
    world.run()

    request = world.request()
    assert stack.status == "CREATE_COMPLETE"
    assert len(request.replies) > 1
    assert all(reply.succeeded for reply in request.replies)
    assert world.scheduler.schedules == {}


def test_old_poll_that_comes_while_a_newer_request_is_open() -> None:
    for late in range(0, 1000, 25):
        with simulated(late) as world:
            world.scheduler.repeat = lambda schedule, late=late: float(late)  # type: ignore[misc]
            stack = world.deploy(an_import(own_dataset=True))
            world.deploy(an_import(own_dataset=True, DataVersion="2"), stack)
            world.delete(stack)
            assert len(world.jobs()) == 2
            world.finish()


def test_lost_ticks(world: World) -> None:
    world.scheduler.lose = lambda schedule: schedule.ticks % 3 != 0
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert world.request().closed - world.jobs()[0].ends < 200


@pytest.mark.parametrize("answer", [403, 500, 503, ConnectionResetError("reset"), TimeoutError("timed out")])
def test_reply_that_is_refused_is_repeated_within_the_invocation(world: World, answer: int | OSError) -> None:
    answers: list[int | OSError | None] = [answer, answer, None]
    world.refuse_replies = lambda url: answers.pop(0) if answers else None
    stack = world.deploy(an_import(WaitForCompletion=False))

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.invocations(world.request())) == 1


@pytest.mark.parametrize("minutes", [1, 2, 2.5])
def test_reply_that_is_refused_for_minutes_is_repeated_by_polls(world: World, minutes: float) -> None:
    until: list[float] = []

    def refuse(url: str) -> int | None:
        if not until:
            until.append(world.now + minutes * 60)
        return 503 if world.now < until[0] else None

    world.refuse_replies = refuse
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.request().replies) == 1


def test_schedule_is_removed_only_after_the_reply_was_accepted(world: World) -> None:
    refused: list[bool] = []

    def refuse(url: str) -> int | None:
        refused.append(bool(world.scheduler.schedules))
        return 503 if len(refused) < 3 else None

    world.refuse_replies = refuse
    world.deploy(an_import())

    assert refused == [True, True, True]


def test_first_answer_that_is_refused_for_minutes(world: World) -> None:
    stack = world.deploy(an_import())
    until = world.now + 100
    world.refuse_replies = lambda url: 503 if world.now < until else None
    world.deploy(an_import(Tags=None), stack)

    assert stack.status == "UPDATE_COMPLETE"


def test_reply_is_delivered_although_its_acceptance_is_lost(world: World) -> None:
    world.faults.plan(Fault("PUT", Kind.DROPPED, When.AFTER, times=2))
    stack = world.deploy(an_import())
    world.run()

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.request().replies) == 3


def test_invocations_take_turns_in_one_environment_without_traces(world: World) -> None:
    """What one invocation leaves on the handler's objects must not show in the next one's reply."""
    outcomes = [Outcome(duration=100, failure_reason="first reason"), SHORT, SHORT]
    world.personalize.next_outcome = lambda request: outcomes.pop(0)
    world.deploy(an_import("One"))
    world.deploy(an_import("Two"))
    world.deploy(an_import("Three", WaitForCompletion=False))

    bodies = [request.reply.body for request in world.requests.sent if request.reply]
    assert [body["Status"] for body in bodies] == ["FAILED", "SUCCESS", "SUCCESS", "SUCCESS"]
    assert [bool(body["Data"]) for body in bodies] == [False, False, True, True]
    assert all("first reason" not in str(body) for body in bodies[1:])


@pytest.mark.parametrize("story", [*STORIES, short_chain])
@pytest.mark.parametrize("kind", [Kind.DENIED, Kind.SERVER_ERROR, Kind.DROPPED, Kind.UNREACHABLE])
def test_response_url_credentials_and_tags_are_never_logged(story: Story, kind: Kind) -> None:
    with simulated() as world:
        world.personalize.next_outcome = lambda request: SHORT
        for operation in ("ListDatasetImportJobs", "CreateDatasetImportJob", "CreateSchedule", "DeleteSchedule", "PUT"):
            world.faults.plan(Fault(operation, kind, skip=1), Fault(operation, kind, When.AFTER, skip=2))
        story(world)
        world.finish()
        assert world.log.lines
        assert world.log.leaks == []


def test_first_answer_that_is_refused_until_nothing_can_be_seen_any_more_names_its_job(world: World) -> None:
    world.refuse_replies = lambda url: 503 if world.now < world.request(0).sent + 60 else None
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.THROTTLE, skip=1, times=100))
    stack = world.begin(an_import(WaitForCompletion=False, timeout=150))
    world.run(400)

    reply = world.request(0).reply
    assert reply is not None
    assert reply.body["PhysicalResourceId"] == world.jobs()[0].arn
    world.faults.planned.clear()
    world.settle(stack)


@pytest.mark.parametrize("request_type", ["Update", "Delete"])
@pytest.mark.parametrize("apart", [30.0, 100.0, 380.0, 400.0, 500.0])
def test_repeated_first_event_that_comes_while_a_newer_request_is_open(
    world: World, request_type: str, apart: float
) -> None:
    """The older request must neither end the newer one's polls nor start anything."""
    repeated: list[str] = []

    def once(event: dict[str, object]) -> float | None:
        if "Poll" in event or event["RequestType"] != request_type or repeated:
            return None
        repeated.append(str(event["RequestId"]))
        return apart

    world.function.duplicates = once
    stack = world.deploy(an_import(own_dataset=True))
    for version in range(2, 5):
        world.run(10)
        world.deploy(an_import(own_dataset=True, DataVersion=str(version)), stack)
        assert stack.status == "UPDATE_COMPLETE"
    world.delete(stack)

    assert stack.status == "DELETE_COMPLETE"
    assert len(world.jobs()) == 4


def test_repeated_event_that_cannot_see_the_job_does_not_hide_that_it_was_started(world: World) -> None:
    world.function.duplicates = lambda event: None if "Poll" in event else 0.4
    world.function.delay = 0.01
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.THROTTLE, skip=1, times=100))
    stack = world.begin(an_import(timeout=150))
    world.run(400)

    reply = world.request(0).reply
    assert reply is not None
    assert reply.body["PhysicalResourceId"] == world.jobs()[0].arn
    world.faults.planned.clear()
    world.settle(stack)


def test_a_poll_at_the_deadline_sees_the_job_that_another_has_just_started(world: World) -> None:
    world.personalize.list_lag = 3.0
    world.scheduler.lose = lambda schedule: True
    world.function.delay = 0.0
    for _ in range(5):
        world.foreign_job(duration=134.0)
    world.begin(an_import(timeout=120))
    world.run(30)
    request, [polls] = world.request(), world.scheduler.schedules.values()
    poll = polls.event
    for moment in (119.5, 121.0):
        world.run(request.sent + moment - world.now)
        world.function.invoke(poll)
    world.run(10)
    assert request.reply is not None
    assert request.reply.body["PhysicalResourceId"] == world.jobs()[-1].arn
    assert "the job goes on in Personalize" in request.reply.body["Reason"]
    world.scheduler.lose = lambda schedule: False
