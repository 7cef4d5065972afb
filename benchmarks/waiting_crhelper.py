"""Waits for an import with plain crhelper, in virtual time: its real code over stand-ins for its three clients."""

from __future__ import annotations

import functools
import json
import random
from typing import Any

from benchmarks import prices
from benchmarks.peer_functions import crhelper_function
from benchmarks.virtual_services import ROUND_TRIP, Bill, Context, VirtualClock, VirtualPersonalize, on_share, ticks
from benchmarks.waiting import START, Conditions, Wait, request

SERVICE_TIMEOUT = 3600.0
MEMORY_MB = 128
TIMEOUT = 60.0


class VirtualEvents:
    """EventBridge's rules and Lambda's permissions."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.input = ""

    def put_rule(self, **rule: Any) -> dict[str, str]:
        """Make the rule."""
        self._clock.sleep(ROUND_TRIP)
        return {"RuleArn": f"arn:aws:events:us-east-1:111122223333:rule/{rule['Name']}"}

    def put_targets(self, **targets: Any) -> None:
        """Set what the rule invokes."""
        self._clock.sleep(ROUND_TRIP)
        self.input = targets["Targets"][0]["Input"]

    def _edit(self, **_: Any) -> None:
        self._clock.sleep(ROUND_TRIP)

    add_permission = remove_permission = remove_targets = delete_rule = _edit


def wait(conditions: Conditions, chance: random.Random, polling_minutes: int) -> Wait:
    """Wait for one import."""
    speeds, bill = conditions.speeds, Bill()
    personalize = VirtualPersonalize(conditions.duration, conditions.earlier_jobs("shop"), speeds.call, MEMORY_MB)
    clock, events, replied = personalize.clock, VirtualEvents(personalize.clock), []
    user = crhelper_function(personalize, polling_minutes)
    user.helper._events_client = user.helper._lambda_client = events

    def send_response(_url: str, body: dict[str, Any], _ssl_verify: Any) -> None:
        clock.sleep(ROUND_TRIP)
        assert body["Status"] == "SUCCESS", body
        replied.append(clock.time())

    user.helper._send = functools.partial(type(user.helper)._send, user.helper, send_response=send_response)

    def invoke(payload: dict[str, Any], at: float, init: float = 0.0) -> None:
        clock.sleep(at - clock.time())
        invoked_at = clock.time()
        clock.sleep(init + on_share(speeds.crhelper_poll, MEMORY_MB))
        user.handler(payload, Context(clock, TIMEOUT))
        bill.invocation(clock.time() - invoked_at, MEMORY_MB, prices.LAMBDA_X86_64_GB_SECOND)

    invoke(request(chance, JobName="shop"), START, init=speeds.crhelper)
    for tick in ticks(clock.time(), polling_minutes * 60.0, conditions.jitter, chance):
        if replied:
            assert personalize.job is not None
            return Wait(replied[0] - personalize.job.ends, bill)
        if tick > START + SERVICE_TIMEOUT:
            break
        invoke(json.loads(events.input), tick)
    return Wait(None, bill)
