"""When a job's end is to be expected: about as late as earlier jobs of the same import ended."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from personalize_import_cli.watch.jobs import Job

# The latest ones: data grows.
_MOST = 10


@dataclass(frozen=True)
class Expectation:
    """What earlier jobs tell.

    Attributes:
        durations: How long they took; at least one.
    """

    durations: tuple[datetime.timedelta, ...]

    @property
    def typical(self) -> datetime.timedelta:
        """The median of the durations."""
        return datetime.timedelta(seconds=statistics.median(each.total_seconds() for each in self.durations))

    def end_of(self, job: Job) -> datetime.datetime:
        """Return when a running job is likely to end."""
        return job.created + self.typical


def expectation(job: Job, others: Iterable[Job]) -> Expectation | None:
    """Return what earlier jobs tell of a running one, None where none does.

    Args:
        job: The running job.
        others: Jobs that import the same data, or into the same dataset.
    """
    ended = [other for other in others if other.is_active and other.duration]
    # An incremental import is another thing than a full one.
    same_mode = [other for other in ended if other.import_mode == job.import_mode]
    latest = sorted(same_mode or ended, key=lambda other: other.created, reverse=True)[:_MOST]
    return Expectation(tuple(other.duration for other in latest)) if latest else None
