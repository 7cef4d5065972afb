"""Schedule expressions of EventBridge Scheduler.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from moto.scheduler.exceptions import ValidationException

_UNIT_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
_EXPRESSION = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?\)|at\((?P<at>[^)]+)\)|cron\([^)]+\)")


def first_run(expression: str, timezone: str, begin: float) -> tuple[float | None, float | None]:
    """Return the interval of a schedule expression in seconds (None unless it is a rate) and its first time.

    Args:
        expression: For example ``rate(1 minute)`` or ``at(2026-05-01T12:00:00)``.
        timezone: For ``at``, for example ``Europe/Vienna``.
        begin: When a rate begins, in seconds since the epoch; its first run is then.

    Returns:
        Interval and first time; the first time of a cron expression is None.

    Raises:
        ValidationException: The expression or the timezone isn't valid.
    """
    found = _EXPRESSION.fullmatch(expression)
    if found is None:
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    if found["unit"]:
        return int(found["value"]) * _UNIT_SECONDS[found["unit"]], begin
    try:
        zone = ZoneInfo(timezone)
        moment = datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%S") if found["at"] else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValidationException(f"Invalid Schedule Expression {expression} in time zone {timezone}.") from error
    return None, moment.replace(tzinfo=zone).timestamp() if moment else None
