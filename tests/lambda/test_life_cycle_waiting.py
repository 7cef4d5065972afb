"""What a request waits for: a slot, the dataset, a role, and an API that answers."""

import itertools

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import Outcome
from simulator.template import Declared
from simulator.templates import an_import, dataset_arn
from simulator.world import World, simulated


def test_full_quota_is_waited_for(world: World) -> None:
    blockers = [world.foreign_job(duration=900) for _ in range(5)]
    stack = world.deploy(an_import())

    (job,) = world.jobs()
    assert stack.status == "CREATE_COMPLETE"
    assert job.created >= blockers[0].ends
    attempts = [call for call in world.wire.calls if call.operation == "CreateDatasetImportJob"]
    polls = {invocation.number for invocation in world.invocations(world.request()) if invocation.started < job.created}
    assert len(attempts) >= len(polls)


def test_the_wait_for_a_slot_is_logged(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=300)
    world.deploy(an_import())

    assert "More than 5 resources with PENDING or IN_PROGRESS status" in world.log.text()


def test_a_free_slot_is_taken_soon(world: World) -> None:
    blockers = [world.foreign_job(duration=900) for _ in range(5)]
    world.deploy(an_import())

    assert 0 <= world.jobs()[0].created - blockers[0].ends <= 60 + world.scheduler.jitter + 1


@pytest.mark.parametrize("imports", [1, 20])
def test_waiting_for_a_slot_takes_up_no_concurrency_of_lambdas(world: World, imports: int) -> None:
    for _ in range(5):
        world.foreign_job(duration=1800)
    template: dict[str, Declared] = {}
    for number in range(imports):
        template |= an_import(f"Import{number}", WaitForCompletion=False)
    stack = world.begin(template)
    world.run(1700)

    waiting = [found for found in world.function.invocations if found.started > world.request(0).sent + 120]
    assert len(waiting) >= 25 * imports
    assert max(found.ended - found.started for found in waiting) < 3
    for operation in ("CreateDatasetImportJob", "DescribeStackResource"):
        calls = [call for call in world.wire.calls if call.operation == operation]
        assert len(calls) <= len(world.function.invocations) + 5 * imports
    world.settle(stack)
    assert stack.status == "CREATE_COMPLETE"


def test_cloudformation_is_asked_once_in_an_invocation(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=300)
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    asked = [call for call in world.wire.calls if call.operation == "DescribeStackResource"]
    assert 0 < len(asked) <= len(world.invocations(world.request()))


@pytest.mark.parametrize("interval", [60, 90, 600])
@pytest.mark.parametrize("seed", range(3))
def test_an_interval_of_minutes_is_the_closest_spacing_of_two_looks(interval: int, seed: int) -> None:
    with simulated(seed) as world:
        world.scheduler.jitter = 59.0
        world.scheduler.lose = lambda schedule: schedule.ticks % 7 == 3
        world.function.duplicates = lambda event: 2.0
        world.personalize.next_outcome = lambda request: Outcome(duration=3000)
        stack = world.deploy(an_import(PollInterval=interval))
        world.finish()

        assert stack.status == "CREATE_COMPLETE"
        # The looks at the job, from its start on; each is one call.
        looks = [call.time for call in world.wire.calls if call.operation == "ListDatasetImportJobs"]
        job = world.jobs()[0]
        looks = [job.created, *(look for look in looks if job.created + 5 < look <= job.ends)]
        gaps = [later - earlier for earlier, later in itertools.pairwise(looks)]
        assert gaps
        # A look begins so long after the one before; how long its calls take differs.
        assert min(gaps) >= interval - 2 * world.wire.slowest
        # A tick that is lost or late costs no more than itself.
        assert max(gaps) <= interval + 3 * 60


@pytest.mark.parametrize("quota_first", [True, False])
def test_lost_reply_under_a_quota_that_fills_up(world: World, quota_first: bool) -> None:
    world.personalize.quota_first = quota_first
    world.personalize.list_lag = 120
    for _ in range(4):
        world.foreign_job(duration=600)
    world.faults.plan(Fault("CreateDatasetImportJob", Kind.DROPPED, When.AFTER))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_quota_full_until_the_deadline_fails_in_time_naming_it(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=10_000)
    stack = world.deploy(an_import(timeout=1200))
    world.run()

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.state == "answered"
    assert 1195 <= create.seconds <= 1200 + 150
    assert "More than 5 resources with PENDING or IN_PROGRESS status" in create.reason
    assert world.jobs() == []


def test_no_job_is_started_after_the_deadline(world: World) -> None:
    blockers = [world.foreign_job(duration=10_000) for _ in range(5)]
    world.refuse_replies = lambda url: 503
    world.begin(an_import(timeout=300))
    world.run(330)
    for blocker in blockers:
        blocker.outcome.duration = 0
    world.run(100)
    world.refuse_replies = lambda url: None
    world.run()

    assert not world.request(0).succeeded
    assert world.jobs() == []


def test_rate_limit_is_waited_for(world: World) -> None:
    world.faults.plan(Fault("CreateDatasetImportJob", Kind.RATE_LIMIT, times=4))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


def test_resource_in_use_is_waited_for(world: World) -> None:
    world.faults.plan(Fault("CreateDatasetImportJob", Kind.IN_USE, times=30))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


def test_dataset_that_is_not_active_yet_is_waited_for(world: World) -> None:
    stack = world.begin(an_import())
    world.personalize.datasets[dataset_arn("Interactions")].active_from = world.now + 400
    world.settle(stack)

    assert stack.status == "CREATE_COMPLETE"
    assert 400 <= world.jobs()[0].created - world.request(0).sent + 15 <= 460


@pytest.mark.parametrize("usable_after", [5, 20, 45, 70])
def test_role_that_is_not_usable_yet_is_retried(world: World, usable_after: int) -> None:
    stack = world.deploy(an_import(role_properties={"usable_after": usable_after}))

    assert stack.status == "CREATE_COMPLETE"


def test_role_that_never_gets_usable_fails_after_some_minutes_with_the_services_message(world: World) -> None:
    stack = world.deploy(an_import(role_properties={"usable_after": 1e6}))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert 60 <= create.seconds <= 600
    assert "cannot assume the role" in create.reason


@pytest.mark.parametrize("operation", ["CreateDatasetImportJob", "ListDatasetImportJobs"])
def test_access_denied_at_first_is_retried(world: World, operation: str) -> None:
    world.faults.plan(Fault(operation, Kind.DENIED, times=3))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("operation", ["CreateDatasetImportJob", "ListDatasetImportJobs"])
def test_access_denied_for_good_fails_after_some_minutes_with_the_services_message(
    world: World, operation: str
) -> None:
    world.faults.plan(Fault(operation, Kind.DENIED, times=10_000))
    stack = world.deploy(an_import())

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert 60 <= create.seconds <= 600
    assert "not authorized" in create.reason


@pytest.mark.parametrize("operation", ["CreateDatasetImportJob", "ListDatasetImportJobs"])
@pytest.mark.parametrize("after", [300, 400, 700])
def test_access_denied_for_a_moment_later_on_fails_nothing(world: World, operation: str, after: float) -> None:
    """Somebody changes the role's policies while the import waits for a slot, or runs."""
    for _ in range(5):
        world.foreign_job(duration=600)
    stack = world.begin(an_import())
    world.run(after)
    world.faults.plan(Fault(operation, Kind.DENIED, times=2))
    world.settle(stack)

    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("interval", [60, 150, 600])
def test_what_can_not_be_started_yet_is_tried_each_minute_whatever_the_interval(world: World, interval: int) -> None:
    stack = world.deploy(an_import(role_properties={"usable_after": 100}, PollInterval=interval))

    assert stack.status == "CREATE_COMPLETE"
    assert world.jobs()[0].created - world.request(0).sent <= 180


PASSING = [Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROPPED, Kind.UNREACHABLE, Kind.READ_TIMEOUT]


@pytest.mark.parametrize("kind", [*PASSING, Kind.BAD_TOKEN])
@pytest.mark.parametrize("skip", [0, 1, 4])
def test_trouble_while_listing_does_not_fail_the_stack(world: World, kind: Kind, skip: int) -> None:
    world.faults.plan(Fault("ListDatasetImportJobs", kind, skip=skip, times=12))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    assert sum(world.faults.struck.values()) == 12


def test_invalid_next_token_in_the_middle_of_the_pages(world: World) -> None:
    world.personalize.order = "oldest"
    for index in range(350):
        world.foreign_job(dataset="interactions", duration=60, age=3600 + index)
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.BAD_TOKEN, skip=2, times=1))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("when", list(When))
def test_trouble_while_creating_does_not_fail_the_stack(world: World, kind: Kind, when: When) -> None:
    world.faults.plan(Fault("CreateDatasetImportJob", kind, when, times=8))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("operation", ["CreateSchedule", "UpdateSchedule", "GetSchedule", "DeleteSchedule"])
@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("when", list(When))
def test_trouble_with_the_schedule_does_not_fail_the_stack(
    world: World, operation: str, kind: Kind, when: When
) -> None:
    world.faults.plan(Fault(operation, kind, when, times=3))
    for _ in range(5):
        world.foreign_job(duration=200)
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


def test_schedule_role_that_is_not_usable_yet(world: World) -> None:
    world.faults.plan(Fault("CreateSchedule", Kind.ROLE_NOT_USABLE, times=4))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


def test_service_that_cannot_be_reached_until_the_deadline_fails_in_time(world: World) -> None:
    world.faults.plan(Fault("ListDatasetImportJobs", Kind.UNREACHABLE, times=10_000))
    stack = world.deploy(an_import(timeout=600))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert 595 <= create.seconds <= 600 + 150
    assert "could not be reached" in create.reason


@pytest.mark.parametrize(("imports", "minutes"), [(40, 6), (25, 10), (10, 20)])
def test_as_many_imports_as_docs_say_fit_into_the_default_timeout(imports: int, minutes: int) -> None:
    with simulated() as world:
        world.personalize.next_outcome = lambda request: Outcome(duration=minutes * 60)
        template: dict[str, Declared] = {}
        for number in range(imports):
            template |= an_import(f"Import{number}")
        stack = world.deploy(template)
        world.finish()

        assert stack.status == "CREATE_COMPLETE"
        assert len(world.jobs()) == imports


@pytest.mark.parametrize("minutes", [6, 20, 40])
def test_twelve_imports_under_the_quota_of_five(minutes: int) -> None:
    with simulated() as world:
        world.personalize.next_outcome = lambda request: Outcome(duration=minutes * 60)
        template: dict[str, Declared] = {}
        for number in range(12):
            template |= an_import(f"Import{number}", timeout=3 * 3600)
        stack = world.deploy(template)
        world.finish()

        assert stack.status == "CREATE_COMPLETE"
        assert len(world.jobs()) == 12
        started = min(request.sent for request in world.requests.sent)
        ended = max(request.closed for request in world.requests.sent)
        ideal = 3 * minutes * 60
        assert (ended - started) <= ideal * 1.10
        assert all(count <= 5 for count in _running_at_once(world))


def _running_at_once(world: World) -> list[int]:
    return [sum(1 for other in world.jobs() if other.created <= job.created < other.ends) for job in world.jobs()]
