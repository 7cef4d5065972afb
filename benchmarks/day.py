"""What a day of imports between deployments costs: one at each hour, by this project, and by others.

This project's is its own handler in virtual time. The others are counted from what they are made of:

- aws-solutions' `maintaining-personalized-experiences-with-machine-learning`, as its source has it: a state machine
  waits for the time of a task, which a function has read from a table, and starts another one, whose functions each
  look at one thing; that of the import throws until the job has ended, and is retried each minute, 2% later each time.
- A rule with a schedule and a function that starts a job: it sees neither its end nor that it couldn't start.

Nobody's cold starts, logs and metrics are counted.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from benchmarks import prices
from benchmarks.report import Section, Table, Target
from benchmarks.virtual_services import ROUND_TRIP, Bill, Context, ImportJob, VirtualPersonalize, on_share, ticks
from benchmarks.waiting import START, Speeds, request
from benchmarks.waiting_ours import MEMORY_MB, TIMEOUT, Clients, VirtualScheduler
from cdk_personalize_import_handler.function import make_handler

HOURS = 24
MINUTES = 20
_HOUR = 3600.0
OURS, SOLUTIONS, FORGETS = "this project", "aws-solutions", "a rule and a function that starts and forgets"
# Its import's retries: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
_RETRY_SECONDS, _BACKOFF = 60.0, 1.02


@dataclass
class Day(Bill):
    """A bill with what else is counted.

    Attributes:
        schedules: Invocations by EventBridge Scheduler.
        events: Events that were put on a bus.
        reads: Reads of a table.
        seen: How many ends were seen.
    """

    schedules: int = 0
    events: int = 0
    reads: int = 0
    seen: int = 0

    @property
    def total(self) -> float:
        """The whole sum, in USD."""
        return (
            self.usd
            + self.schedules * prices.SCHEDULER_INVOCATION
            + self.events * prices.EVENT
            + self.reads * prices.DYNAMODB_READ
        )


class _Scheduler(VirtualScheduler):
    """The one schedule, which may be missing."""

    def get_schedule(self, **given: Any) -> dict[str, Any]:
        """Return the polls' schedule."""
        found = super().get_schedule(**given)
        if self.input is None or not given["Name"].endswith("-due"):
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": ""}}, "GetSchedule")
        return found


@dataclass
class _Account:
    """The other services that the handler asks."""

    personalize: VirtualPersonalize
    day: Day

    def describe_stack_resource(self, **_: Any) -> dict[str, Any]:
        """Return a resource that is there, and was never imported."""
        self.personalize.clock.sleep(ROUND_TRIP)
        return {"StackResourceDetail": {"ResourceStatus": "CREATE_COMPLETE", "PhysicalResourceId": "none"}}

    def put_events(self, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        """Take events."""
        self.personalize.clock.sleep(ROUND_TRIP)
        self.day.events += len(Entries)
        self.day.seen += len(Entries)
        return {"FailedEntryCount": 0}


def ours(durations: list[float], chance: random.Random, speeds: Speeds) -> Day:
    """Import at each hour, with this project's handler."""
    os.environ.setdefault("SCHEDULE_GROUP_NAME", "polls")
    os.environ.setdefault("SCHEDULE_ROLE_ARN", "arn:aws:iam::111122223333:role/schedule")
    day = Day()
    earlier: list[ImportJob] = []
    for hour, duration in enumerate(durations):
        personalize = VirtualPersonalize(duration, list(earlier), speeds.call, MEMORY_MB)
        clients, clock = Clients(personalize), personalize.clock
        clients.scheduler = scheduler = _Scheduler(clock)
        clients.cloudformation = clients.events = _Account(personalize, day)  # type: ignore[assignment]
        handler = make_handler(clients, clock, lambda _url, _body: 200)

        def invoke(payload: dict[str, Any], at: float, handler: Any = handler, clock: Any = clock) -> None:
            clock.sleep(at - clock.time())
            began = clock.time()
            clock.sleep(on_share(speeds.ours_poll, MEMORY_MB))
            handler(payload, Context(clock, TIMEOUT))
            day.schedules += 1
            day.invocation(clock.time() - began, MEMORY_MB, prices.LAMBDA_ARM64_GB_SECOND)

        invoke(_due(START + hour * _HOUR, chance), START + hour * _HOUR)
        for tick in ticks(clock.time(), 60.0, 5.0, chance):
            if scheduler.input is None:
                break
            invoke(json.loads(scheduler.input), tick)
        assert personalize.job is not None
        earlier.insert(0, personalize.job)
    return day


def _due(at: float, chance: random.Random) -> dict[str, Any]:
    moment = datetime.fromtimestamp(at, UTC).isoformat()
    asked = request(chance, PollInterval="5", JobNamePrefix="shop", SendEvents="true", Preflight="false")
    return {
        **asked,
        "RequestType": "Import",
        "RequestId": f"Hourly/{moment}",
        "Due": {"Cause": "schedule", "At": moment},
    }


def solutions(durations: list[float], speeds: Speeds) -> Day:
    """Import at each hour, as aws-solutions do, one of the group's three datasets."""
    day = Day()
    call = ROUND_TRIP + on_share(speeds.call, MEMORY_MB)

    def function(calls: int = 1) -> None:
        day.transition()
        day.invocation(max(calls * call, 0.001), MEMORY_MB, prices.LAMBDA_X86_64_GB_SECOND)

    def states(count: int) -> None:
        for _ in range(count):
            day.transition()

    for duration in durations:
        # The task is read, its time is waited for, the import is started, the next time is computed, and so on again.
        function()
        day.reads += 1
        states(4)
        function(0)
        # Time and input are prepared; three datasets may be given, two aren't.
        function(0)
        function(0)
        states(2 + 3 + 2)
        # Schema, dataset, import.
        function()
        function()
        function(2)
        waited, pause = 0.0, _RETRY_SECONDS
        while waited < duration:
            waited, pause = waited + pause, pause * _BACKOFF
            function()
        day.seen += 1
        # Somebody is told.
        function()
    return day


def forgets(durations: list[float], speeds: Speeds) -> Day:
    """Start an import at each hour, and look at none."""
    day = Day()
    for _ in durations:
        day.invocation(ROUND_TRIP + on_share(speeds.call, MEMORY_MB), MEMORY_MB, prices.LAMBDA_ARM64_GB_SECOND)
    return day


def days(speeds: Speeds) -> dict[str, Day]:
    """Return a day of each, with the same imports."""
    chance = random.Random(1)
    durations = [MINUTES * 60 * chance.uniform(0.9, 1.1) for _ in range(HOURS)]
    # The handler prints a line of metrics for each import.
    with contextlib.redirect_stdout(io.StringIO()):
        return {
            OURS: ours(durations, random.Random(2), speeds),
            SOLUTIONS: solutions(durations, speeds),
            FORGETS: forgets(durations, speeds),
        }


def measure(speeds: Speeds) -> Section:
    """Compare the days."""
    found = days(speeds)
    rows = [
        [
            name,
            *(str(n) for n in (day.invocations, day.transitions, day.schedules, day.events, day.reads, day.seen)),
            f"{day.total:.6f}",
        ]
        for name, day in found.items()
    ]
    columns = ("", "invocations", "state transitions", "by Scheduler", "events", "reads of a table", "ends seen", "USD")
    ratio = found[OURS].total / found[SOLUTIONS].total
    return Section(
        "A day of imports between deployments",
        [
            Table(
                f"{HOURS} imports of {MINUTES} minutes",
                columns,
                rows,
                "Without cold starts, logs and metrics. The four metrics that this project writes for each construct, "
                f"and whatever others write, are {prices.METRIC_MONTH:.2f} USD each a month at this rate.",
            )
        ],
        [
            Target(
                "cost of a day of imports between deployments",
                "a twentieth of aws-solutions'",
                f"{ratio:.1%}",
                ratio <= 0.05,
            )
        ],
    )
