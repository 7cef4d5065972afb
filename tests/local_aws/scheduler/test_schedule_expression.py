import pytest
from moto.scheduler.exceptions import ValidationException

from local_aws.scheduler.schedule_expression import first_run


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200), ("rate(1 day)", 86400)],
)
def test_a_rate_begins_at_once(expression: str, seconds: float) -> None:
    assert first_run(expression, "UTC", 1000.0) == (seconds, 1000.0)


def test_at_is_once_in_its_time_zone() -> None:
    assert first_run("at(2026-01-01T12:00:00)", "UTC", 0) == (None, 1767268800.0)
    assert first_run("at(2026-01-01T12:00:00)", "Europe/Vienna", 0) == (None, 1767265200.0)


def test_cron_is_accepted() -> None:
    assert first_run("cron(0 12 * * ? *)", "UTC", 0) == (None, None)


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("rate(0 minutes)", "UTC"),
        ("rate(1 week)", "UTC"),
        ("every minute", "UTC"),
        ("at(2026-01-01)", "UTC"),
        ("at(2026-01-01T12:00:00)", "Mars/Olympus"),
    ],
)
def test_anything_else_is_refused(expression: str, zone: str) -> None:
    with pytest.raises(ValidationException):
        first_run(expression, zone, 0)
