"""Looks and shows, again and again, until the imports have ended."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol, Self

from personalize_import_cli.aws import PassingError, meaning
from personalize_import_cli.watch.view import View


class Clock(Protocol):
    """The time, which a test makes pass."""

    def now(self) -> datetime.datetime:
        """Return the time, with its zone."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Screen(Protocol):
    """Where the imports are shown; entered before the first look is shown, left after the last."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...

    def show(self, view: View, now: datetime.datetime, trouble: str) -> None:
        """Show the imports.

        Args:
            view: The imports at the last look.
            now: The time, which goes on between two looks.
            trouble: Why they couldn't be looked at again; empty if they could.
        """


def follow(look: Callable[[], View], screen: Screen, clock: Clock, every: float) -> View:
    """Show the imports until they have ended.

    Args:
        look: Returns the imports as they are.
        screen: Shows them.
        clock: The time.
        every: Seconds between two looks.

    Returns:
        The last look.

    Raises:
        AwsError: There is nothing to look at, or AWS refuses to be asked. What passes by itself ends only the first
            look.
    """
    view = _ask(look)
    with screen:
        trouble = ""
        while True:
            screen.show(view, clock.now(), trouble)
            if view.is_ended and not trouble:
                return view
            _wait(every, view, screen, clock, trouble)
            try:
                view, trouble = _ask(look), ""
            except PassingError as error:
                trouble = f"AWS could not be asked, and is asked again: {error.message}"


def _wait(every: float, view: View, screen: Screen, clock: Clock, trouble: str) -> None:
    """Wait, and let the times in view go on."""
    left = every
    while left > 1:
        clock.sleep(1)
        left -= 1
        screen.show(view, clock.now(), trouble)
    clock.sleep(left)


def _ask(look: Callable[[], View]) -> View:
    try:
        return look()
    except Exception as error:
        raise meaning(error) from error
