"""When to look at a job again: seldom while it can't be done yet, closely when it is about to be.

A schedule invokes the function once a minute. Between two invocations the function may sleep and look again, which
costs what Lambda asks for the time. Each function here is pure: times are in epoch seconds, durations in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_personalize_import_handler.dataset_import_jobs import Job

# The schedule's rate.
TICK = 60.0
# No look begins when the function has less than this left.
RESERVE = 10.0
# Without history, and past the end that history promises, looks are at most this far apart.
WIDEST = 15.0
# The shortest import that AWS publishes took about six minutes; one that fails at once can wait for the next tick.
EARLIEST_END = 120.0
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
    wait = _spacing(now, job, history, poll_interval)
    if wait is None or poll_interval >= TICK:
        return None
    in_this_tick = now + wait < invoked_at + TICK
    return wait if in_this_tick and remaining - wait > RESERVE else None


def _spacing(now: float, job: Job | None, history: Sequence[Job], poll_interval: float) -> float | None:
    widest = max(poll_interval, WIDEST)
    if job is None:
        return widest
    age = now - job.created
    window = expected_end(job, history)
    if window is None:
        return None if age < EARLIEST_END else _clamp(age / 40, poll_interval, widest)
    earliest, latest = window
    if age < earliest:
        # Sleep to the start of the window if it opens before the next tick.
        return max(earliest - age, poll_interval) if earliest - age < TICK else None
    if age > latest:
        return widest
    return _clamp((latest - earliest) / 120, poll_interval, widest)


def expected_end(job: Job, history: Sequence[Job]) -> tuple[float, float] | None:
    """Return the ages between which the job should end, by how long the latest jobs of its import mode took."""
    ended = [other for other in history if other.is_active and other.created and other.updated > other.created]
    alike = [other for other in ended if other.import_mode == job.import_mode] or ended
    latest = sorted(alike, key=lambda other: other.created, reverse=True)[:_HISTORY]
    if not latest:
        return None
    durations = [other.updated - other.created for other in latest]
    return min(durations) * 0.93 - 5, max(durations) * 1.07 + 30


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
