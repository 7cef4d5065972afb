"""The schedule's ticks: which of them look, and what fits between two of them. Times are in epoch seconds."""

from __future__ import annotations

# The schedule's rate, in seconds.
TICK = 60.0
# No look begins when the function has less than this left, in seconds.
RESERVE = 10.0


def is_due(now: float, looked_at: float, interval: float) -> bool:
    """Tell whether an invocation looks at all: with an interval of minutes not each tick does.

    Args:
        now: When the invocation began.
        looked_at: When the last look was over.
        interval: Seconds between two looks, at the least.
    """
    return interval < TICK or now >= looked_at + interval


def fits(pause: float, *, now: float, invoked_at: float, remaining: float) -> bool:
    """Tell whether a look after a pause still belongs to this invocation, and not to the next.

    Args:
        pause: Seconds until the look.
        now: The time.
        invoked_at: When this invocation began; the next one is a tick later.
        remaining: How many seconds the function may still run.
    """
    return now + pause < invoked_at + TICK and remaining - pause > RESERVE
