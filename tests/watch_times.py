"""Moments, jobs and a clock that a test turns."""

import datetime
from typing import Any

from personalize_import_cli.watch.jobs import Job

START = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def at(minutes: float) -> datetime.datetime:
    return START + datetime.timedelta(minutes=minutes)


def job(name: str = "job", status: str = "ACTIVE", begin: float = 0, end: float = 0, **more: Any) -> Job:
    return Job(f"arn:aws:personalize:::dataset-import-job/{name}", name, status, at(begin), at(end), **more)


class TurnedClock:
    """A clock that only goes on while somebody sleeps."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime.datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += datetime.timedelta(seconds=seconds)
