"""Moments and durations, as a person reads them."""

from __future__ import annotations

import datetime

from personalize_import_cli.watch.expectation import Expectation


def clock(moment: datetime.datetime) -> str:
    """Return the time of day of a moment, where the reader is."""
    return f"{moment.astimezone():%H:%M:%S}"


def span(duration: datetime.timedelta) -> str:
    """Return a duration in its two largest units, such as ``6m 05s``."""
    seconds = max(0, round(duration.total_seconds()))
    for size, name, smaller, other in ((86400, "d", 3600, "h"), (3600, "h", 60, "m"), (60, "m", 1, "s")):
        if seconds >= size:
            return f"{seconds // size}{name} {seconds % size // smaller:02}{other}"
    return f"{seconds}s"


def earlier(expected: Expectation) -> str:
    """Say how long earlier imports took, such as ``3 earlier took 5m 50s to 6m 10s``."""
    shortest, longest = span(min(expected.durations)), span(max(expected.durations))
    took = shortest if shortest == longest else f"{shortest} to {longest}"
    return f"{len(expected.durations)} earlier took {took}"
