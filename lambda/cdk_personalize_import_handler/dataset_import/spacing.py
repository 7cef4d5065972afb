"""When to look at a job again: seldom while it can't be done yet, closely when it is about to be.

A schedule invokes the function once a minute. Between two invocations the function may sleep and look again. Lambda
bills the sleep; the looks themselves are next to free. So the function looks closely where the job's end is likely, and
leaves the rest to the schedule. How long earlier jobs took tells where that is. Each function here is pure. Times are
in epoch seconds, durations in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_personalize_import_handler.custom_resource.ticks import TICK
from cdk_personalize_import_handler.dataset_import.jobs import Job

# Where nothing tells when the job ends, looks are at most this far apart.
WIDEST = 12.0
# The shortest import that AWS publishes took about six minutes; one that fails at once can wait for the next tick.
EARLIEST_END = 120.0
# Without earlier jobs, a look comes after this share of the job's age: an end is seen with a delay that matters little.
_SHARE_OF_AGE = 1 / 40
# How many earlier jobs count, the latest ones.
_MOST_EARLIER = 10
# How far a job's duration may be from that of an earlier one: a share of it, which is larger where few are known, and
# a few seconds on either side.
_MARGIN = 0.08
_MARGIN_OF_ONE = 0.12
_SECONDS_EARLY = 10
_SECONDS_LATE = 30
# After the longest of them one looks on closely for so long. Hardly any job gets there and then ends much later.
_LONGEST = 1.25
_SECONDS_AFTER_LONGEST = 60


def seconds_to_next_try(*, now: float, issued_at: float, poll_interval: float) -> float | None:
    """Return how long to sleep before the next try to start a job, None to leave it to the next invocation.

    A role or a permission that is missing in the first minute is mostly there soon. What waits for longer waits for
    other jobs to end. A hundred imports that slept meanwhile would take up a hundred of Lambda's concurrent executions.

    Args:
        now: The time.
        issued_at: When CloudFormation issued the request.
        poll_interval: The closest spacing of two looks.
    """
    return max(poll_interval, WIDEST) if poll_interval < TICK and now < issued_at + TICK else None


def seconds_to_next_look(*, now: float, job: Job | None, listed: Sequence[Job], poll_interval: float) -> float | None:
    """Return how long to sleep before the next look, None to leave it to the next invocation.

    Args:
        now: The time.
        job: The job that is waited for, None while it can't be seen.
        listed: Jobs of the dataset.
        poll_interval: The closest spacing of two looks.
    """
    if poll_interval >= TICK:
        return None
    widest = max(poll_interval, WIDEST)
    if job is None:
        return widest
    age = now - job.created
    windows = expected_ends(job, listed)
    if not windows:
        return None if age < EARLIEST_END else min(max(age * _SHARE_OF_AGE, poll_interval), widest)
    if any(earliest <= age <= latest for earliest, latest in windows):
        return poll_interval
    opening = [earliest - age for earliest, _ in windows if earliest > age]
    # Between two looks a window can open; past the last one nothing tells any more when the job ends.
    return max(min(opening), poll_interval) if opening else widest


def expected_ends(job: Job, listed: Sequence[Job]) -> list[tuple[float, float]]:
    """Return the ages, from and to, between which the job is likely to end: about as old as earlier jobs got.

    The fewer jobs there are to go by, the more may the next one differ.
    """
    durations = sorted(other.updated - other.created for other in _like(job, listed))
    margin = _MARGIN + _MARGIN_OF_ONE / max(len(durations), 1)
    windows = [
        (duration * (1 - margin) - _SECONDS_EARLY, duration * (1 + margin) + _SECONDS_LATE) for duration in durations
    ]
    if windows:
        windows[-1] = (windows[-1][0], durations[-1] * _LONGEST + _SECONDS_AFTER_LONGEST)
    return windows


def _like(job: Job, listed: Sequence[Job]) -> list[Job]:
    """Return the latest ended jobs of the same resource, else of the same import mode, else of the dataset."""
    ended = [other for other in listed if other.is_active and 0 < other.created < other.updated]
    same_mode = [other for other in ended if other.import_mode == job.import_mode]
    resource = job.parts and job.parts.resource
    same_resource = [other for other in same_mode if other.parts and other.parts.resource == resource]
    alike = same_resource or same_mode or ended
    return sorted(alike, key=lambda other: other.created, reverse=True)[:_MOST_EARLIER]
