"""The schedule's ticks: which of them look, and what fits between two of them. Times are in epoch seconds."""

from __future__ import annotations

# The schedule's rate, in seconds.
TICK = 60.0
# A tick that is early by so little, in seconds, waits for its look and doesn't leave it to the next tick.
MOMENT = 1.0
# No look begins when the function has less than this left, in seconds.
RESERVE = 10.0


def seconds_until_due(now: float, looked_at: float, interval: float) -> float:
    """Return in how many seconds the next look may begin: with an interval of minutes not each tick looks.

    Args:
        now: The time.
        looked_at: When the last look began.
        interval: Seconds between the beginnings of two looks, at the least.
    """
    return max(0.0, looked_at + interval - now) if interval >= TICK else 0.0


def fits(pause: float, *, now: float, invoked_at: float, remaining: float) -> bool:
    """Tell whether a look after a pause still belongs to this invocation, and not to the next.

    Args:
        pause: Seconds until the look.
        now: The time.
        invoked_at: When this invocation began; the next one is a tick later.
        remaining: How many seconds the function may still run.
    """
    return now + pause < invoked_at + TICK and remaining - pause > RESERVE
