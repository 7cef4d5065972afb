"""AWS CloudTrail's event history, always empty: the CDK CLI looks there for the causes of a failed deployment."""

from typing import Any

from moto.cloudtrail.responses import CloudTrailResponse

from local_aws.account import Account


def register(aws: Account) -> None:
    """Give moto's CloudTrail the operation that it lacks."""
    aws.replace(CloudTrailResponse, "lookup_events", _lookup_events)


def _lookup_events(_response: Any) -> str:
    return '{"Events": []}'
