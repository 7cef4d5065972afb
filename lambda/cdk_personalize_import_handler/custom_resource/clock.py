"""The clock."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """The time, and a way to let it pass."""

    def time(self) -> float:
        """Return the time in epoch seconds."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Return after this many seconds."""
        ...
