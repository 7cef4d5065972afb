"""When to look at a job again: seldom while it can't be done yet, closely when it is about to be.

A schedule invokes the function once a minute. Between two invocations the function may sleep and look again; Lambda
bills the sleep, the looks themselves are next to free. So there are two ways to wait for a moment: closely where the
job's end is likely, by the tick alone where it isn't. How long earlier jobs took tells which. Each function here is
pure: times are in epoch seconds, durations in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_personalize_import_handler.dataset_import.jobs import Job

# The schedule's rate.
TICK = 60.0
# No look begins when the function has less than this left.
RESERVE = 10.0
# Where nothing tells when the job ends, looks are at most this far apart.
WIDEST = 12.0
# The shortest import that AWS publishes took about six minutes; one that fails at once can wait for the next tick.
EARLIEST_END = 120.0
# Without earlier jobs, a look comes after this share of the job's age: an end is seen with a delay that matters little.
_SHARE_OF_AGE = 1 / 40
# How many earlier jobs count, the latest ones.
_HISTORY = 10


def is_due(now: float, issued_at: float, poll_interval: float) -> bool:
    """Tell whether an invocation looks at all: with an interval of minutes not each tick does."""
    if poll_interval < TICK:
        return True
    ticks = -(-poll_interval // TICK)
    return round((now - issued_at) / TICK) % ticks == 0


def seconds_to_next_look(
    *,
    now: float,
    invoked_at: float,
    remaining: float,
    job: Job | None,
    history: Sequence[Job],
    poll_interval: float,
) -> float | None:
    """Return how long to sleep before the next look, None to leave it to the next invocation.

    Args:
        now: The time.
        invoked_at: When this invocation began; the next one is a tick later.
        remaining: How long the function may still run.
        job: The job that is waited for, None while it couldn't be started.
        history: Other jobs of the dataset.
        poll_interval: The closest spacing of two looks.
    """
    if poll_interval >= TICK:
        return None
    wait = _spacing(now, job, history, poll_interval)
    if wait is None or now + wait >= invoked_at + TICK or remaining - wait <= RESERVE:
        return None
    return wait


def _spacing(now: float, job: Job | None, history: Sequence[Job], poll_interval: float) -> float | None:
    widest = max(poll_interval, WIDEST)
    if job is None:
        return widest
    age = now - job.created
    windows = expected_ends(job, history)
    if not windows:
        return None if age < EARLIEST_END else min(max(age * _SHARE_OF_AGE, poll_interval), widest)
    if any(earliest <= age <= latest for earliest, latest in windows):
        return poll_interval
    opening = [earliest - age for earliest, _ in windows if earliest > age]
    # Between two looks a window can open; past the last one nothing tells any more when the job ends.
    return max(min(opening), poll_interval) if opening else widest


def expected_ends(job: Job, history: Sequence[Job]) -> list[tuple[float, float]]:
    """Return the ages, from and to, between which the job is likely to end: about as old as earlier jobs got.

    The fewer jobs there are to go by, the more may the next one differ.
    """
    durations = sorted(other.updated - other.created for other in _like(job, history))
    margin = 0.08 + 0.12 / max(len(durations), 1)
    windows = [(duration * (1 - margin) - 10, duration * (1 + margin) + 30) for duration in durations]
    if windows:
        # Hardly any job gets here and then ends much later: looking on closely costs little.
        windows[-1] = (windows[-1][0], durations[-1] * 1.25 + 60)
    return windows


def _like(job: Job, history: Sequence[Job]) -> list[Job]:
    """Return the latest ended jobs of the same resource, else of the same import mode, else of the dataset."""
    ended = [other for other in history if other.is_active and 0 < other.created < other.updated]
    same_mode = [other for other in ended if other.import_mode == job.import_mode]
    resource = job.parts and job.parts.resource
    same_resource = [other for other in same_mode if other.parts and other.parts.resource == resource]
    alike = same_resource or same_mode or ended
    return sorted(alike, key=lambda other: other.created, reverse=True)[:_HISTORY]
