"""AWS time, which runs faster than real time."""

import threading
import time
from datetime import UTC, datetime

_WAIT_STEP = 0.05
"""Real seconds between two looks at an event while waiting for it."""


class Clock:
    """AWS time: starts at the real time and advances ``speed`` times as fast.

    Everything that the embedded AWS does over time (import jobs, schedules, time limits, timestamps) reads this clock,
    so that a deployment of twenty minutes can be watched in twenty seconds.

    Args:
        speed: AWS seconds per real second; must be positive.

    Raises:
        ValueError: If ``speed`` isn't positive.
    """

    def __init__(self, speed: float = 60.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be positive, got {speed}")
        self.speed = speed
        self._epoch = time.time()
        self._started = time.monotonic()
        self._skipped = 0.0

    def time(self) -> float:
        """Return AWS time as seconds since the Unix epoch."""
        return self._epoch + (time.monotonic() - self._started) * self.speed + self._skipped

    def now(self) -> datetime:
        """Return AWS time as an aware UTC datetime."""
        return datetime.fromtimestamp(self.time(), UTC)

    def skip(self, seconds: float) -> None:
        """Put the clock ahead. Whoever waits already waits as long as before; see `Timers.pass_time`."""
        self._skipped += seconds

    def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of AWS time."""
        time.sleep(max(0.0, seconds) / self.speed)

    def wait(self, event: threading.Event, seconds: float, *others: threading.Event) -> bool:
        """Wait until an event is set, at most ``seconds`` of AWS time.

        Args:
            event: What to wait for.
            seconds: The longest wait, in AWS seconds.
            *others: Events that end the wait early as well.

        Returns:
            Whether ``event`` is set.
        """
        deadline = time.monotonic() + max(0.0, seconds) / self.speed
        while not event.is_set() and not any(other.is_set() for other in others):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            event.wait(min(left, _WAIT_STEP) if others else left)
        return event.is_set()

    @property
    def variable(self) -> str:
        """The value of ``LOCAL_AWS_CLOCK``: real time and AWS time of one instant, and the speed, comma-separated."""
        return f"{self._epoch!r},{self._epoch + self._skipped!r},{self.speed!r}"
