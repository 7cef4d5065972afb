"""Waits for an import with a user's functions behind CDK's Provider, in virtual time.

The framework's rules, as in aws-cdk-lib's own custom-resources/lib/provider-framework: its onEvent function invokes the
user's and starts a state machine, whose only task is its isComplete function; that one invokes the user's and throws
until the answer is yes, and the task is retried at a constant interval. A function that invokes another one is billed
while it waits. The framework's own CPU time counts as nothing here.
"""

from __future__ import annotations

import random

from benchmarks import prices
from benchmarks.peer_functions import provider_function
from benchmarks.virtual_services import ROUND_TRIP, Bill, VirtualPersonalize
from benchmarks.waiting import START, Conditions, Wait, request

QUERY_INTERVAL = 5.0
TOTAL_TIMEOUT = 3600.0
MEMORY_MB = 128


def wait(conditions: Conditions, chance: random.Random) -> Wait:
    """Wait for one import."""
    speeds, bill = conditions.speeds, Bill()
    personalize = VirtualPersonalize(conditions.duration, conditions.earlier_jobs("shop"), speeds.call, MEMORY_MB)
    clock, user = personalize.clock, provider_function(personalize)
    event = request(chance, JobName="shop")

    def bill_both(began: float, init: float = 0.0) -> None:
        """Bill the user's function, and the framework's that waits for it."""
        bill.invocation(clock.time() - began - 2 * ROUND_TRIP + init, MEMORY_MB, prices.LAMBDA_X86_64_GB_SECOND)
        bill.invocation(clock.time() - began, MEMORY_MB, prices.LAMBDA_X86_64_GB_SECOND)

    clock.sleep(START)
    began = clock.time()
    clock.sleep(2 * ROUND_TRIP + speeds.provider)
    event |= user.on_event(event, None)
    clock.sleep(ROUND_TRIP)
    bill_both(began)
    job = personalize.job
    assert job is not None

    bill.transition()
    ends_at, is_first = clock.time() + TOTAL_TIMEOUT, True
    while clock.time() < ends_at:
        # The phase of the looks against the job's end.
        clock.sleep(chance.uniform(0, 0.05))
        bill.transition()
        began = clock.time()
        clock.sleep(2 * ROUND_TRIP + (speeds.provider if is_first else 0.0))
        is_complete = user.is_complete(event, None)["IsComplete"]
        is_first = False
        bill_both(began)
        if is_complete:
            clock.sleep(ROUND_TRIP)
            return Wait(clock.time() - job.ends, bill)
        clock.sleep(QUERY_INTERVAL)
    return Wait(None, bill)
