"""Virtual time, and the services as far as waiting for one import needs them."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import prices

DATASET_ARN = "arn:aws:personalize:us-east-1:111122223333:dataset/shop/INTERACTIONS"
JOB_ARN_PREFIX = "arn:aws:personalize:us-east-1:111122223333:dataset-import-job/"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:111122223333:function:imports"
# One call to any AWS API, from the function and back, the reply to CloudFormation included.
ROUND_TRIP = 0.03
# A function of this memory has one whole CPU; a smaller one gets its share.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
WHOLE_CPU_MB = 1769
_PENDING = 30.0


class VirtualClock:
    """A clock that only moves when it is told to."""

    def __init__(self, now: float) -> None:
        self._now = now

    def time(self) -> float:
        """Return the time in epoch seconds."""
        return self._now

    def sleep(self, seconds: float, /) -> None:
        """Move on."""
        self._now += max(seconds, 0.0)


@dataclass
class Bill:
    """What an import has cost so far.

    Attributes:
        usd: The sum.
        invocations: How many invocations of Lambda functions are in it.
        transitions: How many state transitions are in it.
    """

    usd: float = 0.0
    invocations: int = 0
    transitions: int = 0

    def invocation(self, seconds: float, memory_mb: int, gb_second: float) -> None:
        """Add an invocation of a Lambda function, billed by the millisecond."""
        self.invocations += 1
        billed = -(-seconds * 1000 // 1) / 1000
        self.usd += prices.LAMBDA_REQUEST + billed * memory_mb / 1024 * gb_second

    def transition(self) -> None:
        """Add a transition of a state machine, or a retry."""
        self.transitions += 1
        self.usd += prices.STEP_FUNCTIONS_TRANSITION


@dataclass(frozen=True)
class ImportJob:
    """A dataset import job whose end is known beforehand."""

    name: str
    created: float
    duration: float

    @property
    def ends(self) -> float:
        """When it becomes ACTIVE, in epoch seconds."""
        return self.created + self.duration

    def summary(self, now: float) -> dict[str, Any]:
        """Return what Personalize tells about it."""
        age = now - self.created
        status = "CREATE PENDING" if age < _PENDING else "CREATE IN_PROGRESS" if now < self.ends else "ACTIVE"
        return {
            "datasetImportJobArn": JOB_ARN_PREFIX + self.name,
            "jobName": self.name,
            "status": status,
            "creationDateTime": _moment(self.created),
            "lastUpdatedDateTime": _moment(min(now, self.ends)),
            "importMode": "FULL",
        }


class VirtualPersonalize:
    """The calls of Personalize that follow an import; each takes a round trip and its share of the CPU.

    Args:
        duration: How long a job that is started takes, in seconds.
        earlier: The dataset's earlier jobs.
        call_cpu: CPU time of one call on a whole CPU, in seconds.
        memory_mb: The calling function's memory.
    """

    def __init__(self, duration: float, earlier: Sequence[ImportJob], call_cpu: float, memory_mb: int) -> None:
        self.clock = VirtualClock(0.0)
        self.job: ImportJob | None = None
        self._duration = duration
        self._earlier = earlier
        self._call_seconds = ROUND_TRIP + on_share(call_cpu, memory_mb)

    def create_dataset_import_job(self, *, jobName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        """Start the job."""
        self.clock.sleep(self._call_seconds)
        self.job = ImportJob(jobName, self.clock.time(), self._duration)
        return {"datasetImportJobArn": JOB_ARN_PREFIX + jobName}

    def describe_dataset_import_job(self, *, datasetImportJobArn: str) -> dict[str, Any]:  # noqa: N803
        """Return the job that was started."""
        self.clock.sleep(self._call_seconds)
        if self.job is None or not datasetImportJobArn.endswith(self.job.name):
            raise LookupError(datasetImportJobArn)
        return {"datasetImportJob": self.job.summary(self.clock.time())}

    def list_dataset_import_jobs(self, **_: Any) -> dict[str, Any]:
        """Return all jobs, new ones first, on one page."""
        self.clock.sleep(self._call_seconds)
        now = self.clock.time()
        jobs = [*([self.job] if self.job else []), *self._earlier]
        return {"datasetImportJobs": [job.summary(now) for job in jobs]}

    def get_paginator(self, operation: str) -> VirtualPersonalize:
        """Return a paginator for ListDatasetImportJobs."""
        assert operation == "list_dataset_import_jobs"
        return self

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        """Return the one page."""
        yield self.list_dataset_import_jobs()


class Context:
    """Lambda's context of one invocation."""

    function_name = "imports"
    invoked_function_arn = FUNCTION_ARN
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    log_group_name = "/aws/lambda/imports"
    log_stream_name = "2026/01/01/[$LATEST]0"

    def __init__(self, clock: VirtualClock, timeout: float) -> None:
        self._clock = clock
        self._ends = clock.time() + timeout

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        return int((self._ends - self._clock.time()) * 1000)


def ticks(created: float, interval: float, jitter: float, chance: random.Random) -> Iterator[float]:
    """Return when a rate schedule invokes its target.

    The first tick comes within one interval, and each is late by up to the jitter. AWS promises no more than that a
    tick comes within its minute: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    tick = created + chance.uniform(0, interval)
    while True:
        yield tick + chance.uniform(0, jitter)
        tick += interval


def on_share(cpu: float, memory_mb: int) -> float:
    """Return how long something takes on a function's share of the CPU."""
    return cpu * max(1.0, WHOLE_CPU_MB / memory_mb)


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
