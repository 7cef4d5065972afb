"""Metrics in log lines: what CloudWatch Logs makes of a line in the embedded metric format.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local_aws.account import Account


def put_embedded_metrics(aws: Account, message: str) -> None:
    """Put the metrics of a log event, if it has any; a line that isn't in the format is just a line.

    Args:
        aws: The embedded AWS.
        message: The log event.
    """
    if not (message.startswith("{") and '"_aws"' in message):
        return
    try:
        line = json.loads(message)
        time = datetime.fromtimestamp(line["_aws"]["Timestamp"] / 1000, UTC)
        found = [
            (directive["Namespace"], list(_data(directive, line, time)))
            for directive in line["_aws"]["CloudWatchMetrics"]
        ]
    except (ValueError, KeyError, TypeError):
        return
    for namespace, data in found:
        if data:
            aws.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def _data(directive: dict[str, Any], line: dict[str, Any], time: datetime) -> Iterator[dict[str, Any]]:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = [{"Name": name, "Value": str(line[name])} for name in names]
        for metric in directive["Metrics"]:
            given = line[metric["Name"]]
            yield {
                "MetricName": metric["Name"],
                "Unit": metric.get("Unit", "None"),
                "Timestamp": time,
                "Dimensions": dimensions,
                "Values": [float(value) for value in (given if isinstance(given, list) else [given])],
            }
