"""AWS CloudTrail's event history, always empty: the CDK CLI looks there for the causes of a failed deployment."""

from typing import TYPE_CHECKING, Any

from moto.cloudtrail.responses import CloudTrailResponse

if TYPE_CHECKING:
    from local_aws.server import LocalAws


def register(local_aws: "LocalAws") -> None:  # noqa: ARG001
    """Give moto's CloudTrail the operation that it lacks."""
    CloudTrailResponse.lookup_events = _lookup_events  # type: ignore[attr-defined]


def _lookup_events(_response: Any) -> str:
    return '{"Events": []}'
