"""The metrics that the function writes for each finished import, and alarms on them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_personalize_import._fresh_data.made_import import MadeImport

_NAMESPACE = "CdkPersonalizeImport"
_HOUR = cdk.Duration.hours(1)


def metric(made: MadeImport, name: str, **options: Any) -> cloudwatch.Metric:
    """Return one of the metrics. Its dimensions outlive a job: the dataset, the stack and the construct.

    Args:
        made: The import.
        name: Name of the metric.
        **options: Properties of ``aws_cloudwatch.Metric``.
    """
    properties = {
        "dimensions_map": {
            "DatasetArn": made.dataset.arn,
            "StackName": cdk.Aws.STACK_NAME,
            "LogicalResourceId": made.logical_id,
        },
        **options,
    }
    return cloudwatch.Metric(namespace=_NAMESPACE, metric_name=name, **properties)


def alarm_if_older_than(
    scope: Construct, construct_id: str, made: MadeImport, succeeded: cloudwatch.Metric, hours: int
) -> cloudwatch.Alarm:
    """Add an alarm that goes on when no import has succeeded for so many hours.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """
    alarm = succeeded.with_(period=_HOUR, statistic="Sum").create_alarm(
        scope,
        construct_id,
        alarm_description=f"No import of {scope.node.path} has succeeded for {hours} hours",
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold=1,
        evaluation_periods=hours,
        datapoints_to_alarm=hours,
        # An hour without an import has no data.
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
    # Not before the first import: until then it would be on.
    alarm.node.add_dependency(*made.links)
    return alarm


def alarm_on_failure(scope: Construct, construct_id: str, failed: cloudwatch.Metric) -> cloudwatch.Alarm:
    """Add an alarm that goes on when an import has failed."""
    return failed.with_(statistic="Sum").create_alarm(
        scope,
        construct_id,
        alarm_description=f"An import of {scope.node.path} has failed",
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
