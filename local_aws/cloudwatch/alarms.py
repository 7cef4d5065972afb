"""Alarms that change their state, with each new data point and as time goes by, and tell a topic.

Alarms on one metric; those on several, or on other alarms, stay as they are.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import json
import logging
import operator
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.core.utils import camelcase_to_underscores

from local_aws.account import Account

_LOG = logging.getLogger(__name__)
_STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
_BREACHES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def register(aws: Account) -> None:
    """Let moto's alarms change their state."""
    alarms = Alarms(aws)
    aws.extend(CloudWatchBackend, "put_metric_alarm", alarms.put)
    aws.extend(CloudWatchBackend, "put_metric_data", alarms.take_data)


class Alarms:
    """Evaluates the alarms of an embedded AWS."""

    def __init__(self, aws: Account) -> None:
        self._aws = aws

    def put(self, put: Any, backend: CloudWatchBackend, *given: Any, **more: Any) -> Alarm:
        """Make an alarm and evaluate it from now on, once in its period."""
        alarm: Alarm = put(backend, *given, **more)
        alarm.state_value = "INSUFFICIENT_DATA"
        if alarm.metric_name and alarm.statistic in _STATISTICS:
            self._aws.timers.at(self._aws.clock.time(), lambda: self._repeat(backend, alarm))
        return alarm

    def take_data(self, put: Any, backend: CloudWatchBackend, *given: Any, **more: Any) -> None:
        """Take data and evaluate all alarms, as of the data's own time: what comes late counts in its period."""
        put(backend, *given, **more)
        at = backend.metric_data[-1].timestamp if backend.metric_data else self._aws.clock.now()
        for alarm in list(backend.alarms.values()):
            self.evaluate(backend, alarm, at)

    def evaluate(self, backend: CloudWatchBackend, alarm: Alarm, at: datetime) -> None:
        """Put an alarm into the state that its metric asks for at a time."""
        if not alarm.metric_name or alarm.statistic not in _STATISTICS:
            return
        points = [self._point(backend, alarm, at, number) for number in range(int(alarm.evaluation_periods))]
        state = _state(alarm, points)
        if state == alarm.state_value:
            return
        old, reason = alarm.state_value, f"Threshold Crossed: of the last periods' data {points}"
        alarm.update_state(reason, json.dumps({"recentDatapoints": points}), state)
        alarm.state_updated_timestamp = self._aws.clock.now()
        if alarm.actions_enabled:
            self._act(alarm, old)

    def _repeat(self, backend: CloudWatchBackend, alarm: Alarm) -> None:
        if backend.alarms.get(alarm.name) is alarm:
            self.evaluate(backend, alarm, self._aws.clock.now())
            self._aws.timers.at(self._aws.clock.time() + float(alarm.period), lambda: self._repeat(backend, alarm))

    def _point(self, backend: CloudWatchBackend, alarm: Alarm, at: datetime, number: int) -> float | None:
        """The metric's value in one of the last periods, 0 being the one that ends then; None without data."""
        period = timedelta(seconds=int(alarm.period))
        # moto keeps times without a time zone.
        end = at.replace(tzinfo=None) + timedelta(seconds=1) - number * period
        dimensions = [{"Name": dimension.name or "", "Value": dimension.value or ""} for dimension in alarm.dimensions]
        found = backend.get_metric_statistics(
            alarm.namespace, alarm.metric_name, end - period, end, int(alarm.period), [alarm.statistic], dimensions
        )
        values = [getattr(each, camelcase_to_underscores(alarm.statistic)) for each in found]
        return float(values[-1]) if values else None

    def _act(self, alarm: Alarm, old: str) -> None:
        actions = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
        message = {
            "AlarmName": alarm.name,
            "AlarmArn": alarm.alarm_arn,
            "NewStateValue": alarm.state_value,
            "NewStateReason": alarm.state_reason,
            "OldStateValue": old,
            "StateChangeTime": f"{self._aws.clock.now():%Y-%m-%dT%H:%M:%S.000+0000}",
        }
        for arn in actions.get(alarm.state_value, alarm.insufficient_data_actions) or []:
            try:
                subject = f'{alarm.state_value}: "{alarm.name}"'
                self._aws.client("sns").publish(TopicArn=arn, Subject=subject[:100], Message=json.dumps(message))
            except ClientError as error:
                _LOG.warning("alarm %s didn't reach %s, which isn't a topic: %s", alarm.name, arn, error)


def _state(alarm: Alarm, points: list[float | None]) -> str:
    """What the data points of the last periods mean.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    missing = alarm.treat_missing_data or "missing"
    known = [point for point in points if point is not None]
    if not known and missing in ("missing", "ignore"):
        return "INSUFFICIENT_DATA" if missing == "missing" else str(alarm.state_value)
    breaches = _BREACHES[alarm.comparison_operator]
    breaching = sum(breaches(point, float(alarm.threshold)) for point in known)
    if missing == "breaching":
        breaching += len(points) - len(known)
    return "ALARM" if breaching >= int(alarm.datapoints_to_alarm or alarm.evaluation_periods) else "OK"
