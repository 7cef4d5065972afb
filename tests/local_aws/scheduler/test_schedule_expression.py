from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from moto.scheduler.exceptions import ValidationException

from local_aws.scheduler.schedule_expression import is_recurring, runs

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200), ("rate(1 day)", 86400)],
)
def test_a_rate_begins_at_once(expression: str, seconds: float) -> None:
    assert list(islice(runs(expression, "UTC", 1000.0), 3)) == [1000.0, 1000.0 + seconds, 1000.0 + 2 * seconds]
    assert is_recurring(expression)


def test_at_is_once_in_its_time_zone() -> None:
    assert list(runs("at(2026-01-01T12:00:00)", "UTC", 0)) == [1767268800.0]
    assert list(runs("at(2026-01-01T12:00:00)", "Europe/Vienna", 0)) == [1767265200.0]
    assert not is_recurring("at(2026-01-01T12:00:00)")


def times(expression: str, begin: datetime, count: int) -> list[str]:
    found = islice(runs(expression, "Europe/Vienna", begin.timestamp()), count)
    return [datetime.fromtimestamp(time, VIENNA).isoformat() for time in found]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(30 2 * * ? *)", ["2026-06-01T02:30:00+02:00", "2026-06-02T02:30:00+02:00"]),
        ("cron(0/20 0 1 * ? *)", ["2026-06-01T00:00:00+02:00", "2026-06-01T00:20:00+02:00"]),
        ("cron(0 12 ? * MON-FRI *)", ["2026-06-01T12:00:00+02:00", "2026-06-02T12:00:00+02:00"]),
        ("cron(0 12 L * ? *)", ["2026-06-30T12:00:00+02:00", "2026-07-31T12:00:00+02:00"]),
        ("cron(0 12 ? * 2#1 *)", ["2026-06-01T12:00:00+02:00", "2026-07-06T12:00:00+02:00"]),
        ("cron(0 0 1 1 ? 2027)", ["2027-01-01T00:00:00+01:00"]),
    ],
)
def test_cron_goes_by_the_clock_of_its_time_zone(expression: str, expected: list[str]) -> None:
    assert times(expression, datetime(2026, 6, 1, tzinfo=VIENNA), 2) == expected


def test_cron_runs_once_a_day_when_the_clock_is_changed() -> None:
    spring = times("cron(30 2 * * ? *)", datetime(2026, 3, 28, tzinfo=VIENNA), 2)
    assert spring == ["2026-03-28T02:30:00+01:00", "2026-03-30T02:30:00+02:00"]
    autumn = times("cron(30 2 * * ? *)", datetime(2026, 10, 25, tzinfo=VIENNA), 2)
    assert autumn == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("rate(0 minutes)", "UTC"),
        ("rate(1 week)", "UTC"),
        ("every minute", "UTC"),
        ("cron(0 3 * * *)", "UTC"),
        ("cron(0 3 * * * *)", "UTC"),
        ("cron(0 25 * * ? *)", "UTC"),
        ("at(2026-01-01)", "UTC"),
        ("at(2026-01-01T12:00:00)", "Mars/Olympus"),
    ],
)
def test_anything_else_is_refused(expression: str, zone: str) -> None:
    with pytest.raises(ValidationException):
        runs(expression, zone, 0)
