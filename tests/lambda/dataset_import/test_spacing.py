"""When the handler looks at a job again, in general and for the cases that matter."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_personalize_import_handler.custom_resource.ticks import RESERVE, TICK, fits, seconds_until_due
from cdk_personalize_import_handler.dataset_import.jobs import Job
from cdk_personalize_import_handler.dataset_import.spacing import (
    EARLIEST_END,
    WIDEST,
    expected_ends,
    seconds_to_next_look,
    seconds_to_next_try,
)

START = 1_800_000_000.0
MINUTE = 60.0
# A whole wait is played through, minute by minute.
whole_wait = settings(deadline=None, max_examples=50)
RESOURCE, OTHER_RESOURCE = "0123456789", "abcdefabcd"

durations = st.floats(min_value=1, max_value=24 * 3600)


def job(resource: str = RESOURCE, import_mode: str = "FULL") -> Job:
    return Job(
        "arn", f"shop-{resource}-00000000-00000000", "CREATE IN_PROGRESS", created=START, import_mode=import_mode
    )


def ended(
    duration: float, days_ago: float = 1, *, status: str = "ACTIVE", mode: str = "FULL", resource: str = RESOURCE
) -> Job:
    created = START - days_ago * 86400
    name = f"shop-{resource}-00000000-11111111"
    return Job("arn", name, status, created=created, updated=created + duration, import_mode=mode)


def next_look(
    age: float,
    history: Sequence[Job] = (),
    *,
    into_tick: float = 0,
    remaining: float = 180,
    poll_interval: float = 5,
    waits_for: Job | None = None,
) -> float | None:
    return pause(age, into_tick, remaining, waits_for or job(), history, poll_interval)


def pause(
    age: float, into_tick: float, remaining: float, waits_for: Job | None, history: Sequence[Job], poll_interval: float
) -> float | None:
    """Return how long an invocation sleeps, None where it leaves the next look to the next one."""
    now = START + age
    seconds = seconds_to_next_look(now=now, job=waits_for, listed=history, poll_interval=poll_interval)
    if seconds is None or not fits(seconds, now=now, invoked_at=now - into_tick, remaining=remaining):
        return None
    return seconds


def worst_delay(ends_at: float, history: Sequence[Job], poll_interval: float = 5) -> float:
    """Return how long a job's end stays unseen, at the most, when the schedule ticks on the minute."""
    age, last = 0.0, 0.0
    while True:
        tick = age
        while True:
            if last < ends_at <= age:
                return age - last
            last = age
            wait = next_look(age, history, into_tick=age - tick, poll_interval=poll_interval)
            if wait is None:
                break
            age += wait
        age = tick + TICK


def slept(ends_at: float, history: Sequence[Job]) -> float:
    """Return how long the function slept, and was paid for, until the job's end."""
    age, total = 0.0, 0.0
    while age < ends_at:
        tick = age
        while (wait := next_look(age, history, into_tick=age - tick)) is not None:
            age += wait
            total += wait
        age = tick + TICK
    return total


histories = st.lists(
    st.builds(
        ended,
        durations,
        st.floats(min_value=1, max_value=400),
        status=st.sampled_from(["ACTIVE", "CREATE FAILED", "CREATE PENDING"]),
        mode=st.sampled_from(["FULL", "INCREMENTAL"]),
        resource=st.sampled_from([RESOURCE, OTHER_RESOURCE]),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(
    age=durations,
    history=histories,
    into_tick=st.floats(min_value=0, max_value=200),
    remaining=st.floats(min_value=0, max_value=900),
    poll_interval=st.floats(min_value=1, max_value=59),
    has_job=st.booleans(),
)
def test_a_wait_keeps_within_its_bounds(
    age: float, history: list[Job], into_tick: float, remaining: float, poll_interval: float, has_job: bool
) -> None:
    wait = pause(age, into_tick, remaining, job() if has_job else None, history, poll_interval)
    if wait is not None:
        assert wait >= poll_interval
        assert remaining - wait > RESERVE
        assert into_tick + wait < TICK


@settings(deadline=None)
@given(age=durations, history=histories, poll_interval=st.floats(min_value=TICK, max_value=3600))
def test_with_an_interval_of_minutes_the_function_never_sleeps(
    age: float, history: list[Job], poll_interval: float
) -> None:
    assert next_look(age, history, poll_interval=poll_interval) is None


@whole_wait
@given(ends_at=st.floats(min_value=1, max_value=4 * 3600), history=histories)
def test_no_end_stays_unseen_for_more_than_a_tick(ends_at: float, history: list[Job]) -> None:
    assert worst_delay(ends_at, history) <= TICK + 1e-3


@whole_wait
@given(duration=st.floats(min_value=MINUTE, max_value=4 * 3600), share=st.floats(min_value=-0.1, max_value=0.1))
def test_a_job_like_the_earlier_ones_is_seen_within_one_interval(duration: float, share: float) -> None:
    history = [ended(duration * 0.95, 3), ended(duration, 2), ended(duration * 1.05, 1)]
    assert worst_delay(duration * (1 + share), history) <= 5 + 1e-3


@whole_wait
@given(duration=st.floats(min_value=MINUTE, max_value=4 * 3600))
def test_one_earlier_job_is_enough_for_a_difference_of_a_sixth(duration: float) -> None:
    for share in (-1 / 6, 0, 1 / 6):
        assert worst_delay(duration * (1 + share), [ended(duration)]) <= 5 + 1e-3


@whole_wait
@given(ends_at=st.floats(min_value=EARLIEST_END + TICK, max_value=4 * 3600))
def test_without_earlier_jobs_an_end_is_seen_within_the_widest_spacing(ends_at: float) -> None:
    assert worst_delay(ends_at, []) <= WIDEST + 1e-3


def test_before_any_job_can_be_done_only_the_tick_looks() -> None:
    assert next_look(EARLIEST_END - 1) is None
    assert next_look(20 * MINUTE, [ended(40 * MINUTE)]) is None


def test_looks_grow_apart_with_the_age_of_the_job() -> None:
    waits = [next_look(minutes * MINUTE) for minutes in (3, 5, 7, 9, 30)]
    assert waits == [5, 7.5, 10.5, WIDEST, WIDEST]


def test_sleeps_until_the_earlier_jobs_say_that_the_end_may_come() -> None:
    history = [ended(40 * MINUTE)]
    ((earliest, _),) = expected_ends(job(), history)
    assert next_look(earliest - 30, history) == pytest.approx(30)
    assert next_look(earliest - 61, history) is None
    assert next_look(earliest + 1, history) == 5


def test_a_job_that_outlives_all_earlier_ones_is_looked_at_less_closely() -> None:
    assert next_look(60 * MINUTE, [ended(40 * MINUTE)]) == WIDEST
    assert next_look(60 * MINUTE, [ended(40 * MINUTE)], poll_interval=30) == 30


def test_while_no_job_could_be_started_tries_again_within_the_tick() -> None:
    wait = pause(0, 0, 180, None, (), 5)
    assert wait == WIDEST


def test_waiting_costs_less_with_earlier_jobs_however_much_they_differ() -> None:
    """Sleep is what Lambda bills."""
    end = 40 * MINUTE
    alike = [ended(end * (1 + share), days) for days, share in enumerate((-0.1, -0.05, 0.0, 0.05, 0.1), 1)]
    spread = [ended(minutes * MINUTE, days) for days, minutes in enumerate((6, 12, 25, 40, 90, 180), 1)]
    without = slept(end, [])
    assert slept(end, alike) < 0.25 * without
    assert slept(end, spread) < 0.75 * without


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param([ended(600, resource=OTHER_RESOURCE), ended(2400)], 2400, id="of the same resource"),
        pytest.param(
            [ended(600, mode="INCREMENTAL"), ended(2400, resource=OTHER_RESOURCE)], 2400, id="else of the same mode"
        ),
        pytest.param([ended(2400, mode="INCREMENTAL", resource=OTHER_RESOURCE)], 2400, id="else of the dataset"),
        pytest.param([ended(600, status="CREATE FAILED"), ended(2400)], 2400, id="ended well"),
    ],
)
def test_learns_from_the_jobs_that_are_most_alike(history: list[Job], expected: float) -> None:
    ((earliest, latest),) = expected_ends(job(), history)
    assert earliest < expected < latest


def test_learns_from_the_latest_ten() -> None:
    history = [ended(600, days) for days in range(1, 11)] + [ended(9000, 300)]
    assert len(expected_ends(job(), history)) == 10
    assert next_look(8900, history) == WIDEST


def test_a_job_whose_times_are_not_told_teaches_nothing() -> None:
    assert expected_ends(job(), [Job("arn", "name", "ACTIVE"), ended(-5)]) == []


@pytest.mark.parametrize(
    ("poll_interval", "due"), [(5, [0, 1, 2, 3]), (60, [1, 2, 3]), (62, [1, 2, 3]), (120, [2, 3]), (150, [3])]
)
def test_with_an_interval_of_minutes_only_ticks_that_come_after_it_look(poll_interval: float, due: list[int]) -> None:
    looked = [tick for tick in range(4) if not seconds_until_due(START + tick * TICK + 3, START, poll_interval)]
    assert looked == due


@pytest.mark.parametrize(
    ("age", "poll_interval", "seconds"),
    [(0, 5, WIDEST), (59, 30, 30), (60, 5, None), (3600, 5, None), (0, 60, None), (0, 600, None)],
)
def test_what_is_not_started_in_the_first_minute_is_tried_by_the_tick(
    age: float, poll_interval: float, seconds: float | None
) -> None:
    assert seconds_to_next_try(now=START + age, issued_at=START, poll_interval=poll_interval) == seconds
