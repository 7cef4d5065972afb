"""Waits for an import with this project's real handler, in virtual time."""

from __future__ import annotations

import json
import os
import random
from typing import Any

from benchmarks import prices
from benchmarks.virtual_services import ROUND_TRIP, Bill, Context, VirtualClock, VirtualPersonalize, on_share, ticks
from benchmarks.waiting import HAND_OVER, START, Conditions, Wait, request
from cdk_personalize_import_handler.custom_resource.names import resource_hash
from cdk_personalize_import_handler.function import make_handler

MEMORY_MB = 128
TIMEOUT = 180.0
# The construct's chain: each link waits this long.
LINK = 3420
_TICK = 60.0


class VirtualScheduler:
    """EventBridge Scheduler with the one schedule there is."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.input: str | None = None

    def create_schedule(self, **schedule: Any) -> None:
        """Make the schedule, or repeat another event from now on."""
        self._clock.sleep(ROUND_TRIP)
        self.input = schedule["Target"]["Input"]

    update_schedule = create_schedule

    def get_schedule(self, **_: Any) -> dict[str, Any]:
        """Return the schedule."""
        self._clock.sleep(ROUND_TRIP)
        return {"Target": {"Input": self.input}}

    def delete_schedule(self, **_: Any) -> None:
        """Delete the schedule."""
        self._clock.sleep(ROUND_TRIP)
        self.input = None


class Clients:
    """The handler's clients."""

    def __init__(self, personalize: VirtualPersonalize) -> None:
        self.personalize = personalize
        self.scheduler = VirtualScheduler(personalize.clock)
        self.s3 = self.cloudformation = self.events = None


class Replies:
    """What CloudFormation receives."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.last: dict[str, Any] | None = None
        self.time = 0.0

    def put(self, _url: str, body: bytes) -> int:
        """Receive a reply; the first one stands."""
        self._clock.sleep(ROUND_TRIP)
        self.last, self.time = json.loads(body), self._clock.time()
        return 200


def wait(conditions: Conditions, chance: random.Random, poll_interval: float = 5) -> Wait:
    """Wait for one import, with as many links as it needs."""
    os.environ.setdefault("SCHEDULE_GROUP_NAME", "polls")
    os.environ.setdefault("SCHEDULE_ROLE_ARN", "arn:aws:iam::111122223333:role/schedule")
    speeds = conditions.speeds
    event = request(chance, Timeout=str(LINK), PollInterval=str(poll_interval), JobNamePrefix="shop", HandOver="true")
    resource = resource_hash(event["StackId"], event["LogicalResourceId"])
    earlier = conditions.earlier_jobs(f"shop-{resource}-00000000")
    personalize = VirtualPersonalize(conditions.duration, earlier, speeds.call, MEMORY_MB)
    clients, bill = Clients(personalize), Bill()
    starts_at, is_first = START, True
    while True:
        replies = _follow(event, clients, conditions, chance, bill, starts_at, is_first)
        assert replies.last is not None
        assert replies.last["Status"] == "SUCCESS", replies.last
        job = personalize.job
        assert job is not None
        if replies.last["Data"]["Status"] == "ACTIVE":
            return Wait(replies.time - job.ends, bill)
        starts_at, is_first = replies.time + HAND_OVER, False
        next_link = {"JobName": job.name}
        event = request(
            chance,
            Timeout=str(LINK),
            PollInterval=str(poll_interval),
            JobNamePrefix="shop",
            HandOver="true",
            **next_link,
        )


def _follow(
    event: dict[str, Any],
    clients: Clients,
    conditions: Conditions,
    chance: random.Random,
    bill: Bill,
    starts_at: float,
    is_first: bool,
) -> Replies:
    """Invoke the function for one request, by CloudFormation and then by the schedule, until it has replied."""
    clock, speeds = clients.personalize.clock, conditions.speeds
    replies = Replies(clock)
    handler = make_handler(clients, clock, replies.put)

    def invoke(payload: dict[str, Any], at: float, init: float = 0.0) -> None:
        clock.sleep(at - clock.time())
        invoked_at = clock.time()
        clock.sleep(init + on_share(speeds.ours_poll, MEMORY_MB))
        handler(payload, Context(clock, TIMEOUT))
        bill.invocation(clock.time() - invoked_at, MEMORY_MB, prices.LAMBDA_ARM64_GB_SECOND)

    invoke(event, starts_at, init=speeds.ours if is_first else 0.0)
    for tick in ticks(clock.time(), _TICK, conditions.jitter, chance):
        if replies.last is not None:
            return replies
        bill.usd += prices.SCHEDULER_INVOCATION
        assert clients.scheduler.input is not None
        invoke(json.loads(clients.scheduler.input), tick)
    raise AssertionError("ticks never end")
