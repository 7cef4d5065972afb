"""Schedule expressions of EventBridge Scheduler.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aws_croniter import AwsCroniter  # type: ignore[import-untyped]
from aws_croniter.exceptions import AwsCroniterExpressionError  # type: ignore[import-untyped]
from moto.scheduler.exceptions import ValidationException

_UNIT_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_EXPRESSION = re.compile(
    r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?\)|at\((?P<at>[^)]+)\)|cron\((?P<cron>[^)]+)\)"
)


def is_recurring(expression: str) -> bool:
    """Whether a schedule expression stands for more than one time."""
    return not expression.startswith("at(")


def runs(expression: str, timezone: str, begin: float) -> Iterator[float]:
    """Return the times of a schedule expression, in seconds since the epoch, oldest first.

    Args:
        expression: For example ``rate(1 minute)``, ``cron(0 3 * * ? *)`` or ``at(2026-05-01T12:00:00)``.
        timezone: For ``cron`` and ``at``, for example ``Europe/Vienna``.
        begin: When the schedule begins, in seconds since the epoch; the first run of a rate is then.

    Raises:
        ValidationException: The expression or the timezone isn't valid.
    """
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    try:
        zone = ZoneInfo(timezone)
        if found["unit"]:
            return itertools.count(begin, int(found["value"]) * _UNIT_SECONDS[found["unit"]])
        if found["at"]:
            return iter([datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).timestamp()])
        return _matches(AwsCroniter(found["cron"]), zone, begin)
    except (ZoneInfoNotFoundError, ValueError, AwsCroniterExpressionError) as error:
        raise ValidationException(f"Invalid Schedule Expression {expression} in time zone {timezone}.") from error


def _matches(cron: AwsCroniter, zone: ZoneInfo, begin: float) -> Iterator[float]:
    # The library reads the clock on the wall as UTC.
    wall: datetime | None = datetime.fromtimestamp(begin, zone).replace(tzinfo=UTC)
    inclusive = True
    while wall is not None:
        [wall] = cron.get_next(wall, inclusive=inclusive)
        inclusive = False
        if wall is None:
            return
        moment = wall.replace(tzinfo=zone)
        # What the change to summer time leaves out doesn't run.
        if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None):
            yield moment.timestamp()
