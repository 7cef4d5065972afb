"""A CloudFormation request for ``Custom::PersonalizeDatasetImportJob``, read once into typed values.

CloudFormation sends every scalar as a string, and on rollback and Delete the properties that an earlier version of the
template had: a value that is missing or unreadable only matters when something has to be started with it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cdk_personalize_import_handler.dataset_import.job_name import (
    REQUEST_DIGITS,
    SPEC_DIGITS,
    JobName,
    digest,
    resource_hash,
)
from cdk_personalize_import_handler.dataset_import.progress import Progress
from cdk_personalize_import_handler.dataset_import.properties import InvalidRequestError, Tag, flag, seconds, text

REQUEST_TYPES = ("Create", "Update", "Delete")
# CloudFormation gives up after this long, whatever the template says.
_MAX_SERVICE_TIMEOUT = 3600
_REPLY_MARGIN = 180


@dataclass(frozen=True)
class ImportSpec:
    """What defines an import: two requests with the same spec ask for the same data in the dataset."""

    dataset_arn: str
    data_location: str
    import_mode: str
    publish_attribution_metrics_to_s3: bool
    data_version: str

    @property
    def hash(self) -> str:
        """The spec's part of a job name."""
        publish = "true" if self.publish_attribution_metrics_to_s3 else "false"
        return digest(
            self.dataset_arn, self.data_location, self.import_mode, publish, self.data_version, digits=SPEC_DIGITS
        )


@dataclass(frozen=True)
class ImportRequest:
    """One request, from CloudFormation or repeated by a schedule.

    Attributes:
        issued_at: When CloudFormation issued the request, in epoch seconds.
        deadline: When the request is answered at the latest, in epoch seconds.
        job_name: The name of the job that this request starts.
        is_link: Whether the resource continues the wait of an earlier one in a chain.
        hand_over: Whether a later resource in a chain continues the wait of this one.
        progress: What earlier invocations for this request found out.
    """

    request_type: str
    stack_id: str
    request_id: str
    logical_resource_id: str
    physical_resource_id: str
    spec: ImportSpec
    old_spec: ImportSpec
    old_job_name: str
    role_arn: str
    tags: tuple[Tag, ...]
    job_name: JobName
    is_link: bool
    hand_over: bool
    wait_for_completion: bool
    poll_interval: float
    preflight: bool
    issued_at: float
    deadline: float
    is_poll: bool
    progress: Progress

    @property
    def dataset_arn(self) -> str:
        """The ARN of the dataset that receives the data."""
        return self.spec.dataset_arn

    @property
    def data_location(self) -> str:
        """The S3 URL of the data."""
        return self.spec.data_location

    @property
    def import_mode(self) -> str:
        """FULL or INCREMENTAL."""
        return self.spec.import_mode

    @property
    def job_arn(self) -> str:
        """The ARN that the job of this request has, or will have."""
        account_and_region = ":".join(self.dataset_arn.split(":")[:5])
        return f"{account_and_region}:dataset-import-job/{self.job_name}"

    @property
    def resource(self) -> str:
        """The hash of this very resource, which differs from its job's in a chain."""
        return resource_hash(self.stack_id, self.logical_resource_id)

    @property
    def stable_id(self) -> str:
        """A PhysicalResourceId for a request that comes to no job."""
        return self.physical_resource_id or self.id_without_job

    @property
    def id_without_job(self) -> str:
        """The PhysicalResourceId of a resource that never had a job."""
        return f"dataset-import-job-{self.resource}"

    def require_properties(self) -> None:
        """Raise InvalidRequestError when a property is missing without which no job can be started."""
        required = {"DatasetArn": self.dataset_arn, "DataLocation": self.data_location, "RoleArn": self.role_arn}
        missing = [name for name, value in required.items() if not value]
        if missing:
            raise InvalidRequestError(f"required property missing: {', '.join(missing)}")

    def as_poll(self, event: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Return the event with which a schedule repeats this request."""
        poll = {"IssuedAt": self.issued_at, "Deadline": self.deadline, **progress.as_poll()}
        return {**event, "Poll": poll}


def read_request(event: Mapping[str, Any], now: float) -> ImportRequest:
    """Read a request as CloudFormation or a schedule delivers it.

    Args:
        event: The function's event.
        now: The time, in epoch seconds.

    Raises:
        InvalidRequestError: The event is not a custom-resource request, or a number in it is none.
    """
    try:
        request_type, stack_id, request_id = event["RequestType"], event["StackId"], event["RequestId"]
        logical_resource_id = event["LogicalResourceId"]
    except KeyError as missing:
        raise InvalidRequestError(f"the request has no {missing.args[0]}") from None
    if request_type not in REQUEST_TYPES:
        raise InvalidRequestError(f"RequestType {request_type!r} is not one of {', '.join(REQUEST_TYPES)}")
    properties: Mapping[str, Any] = event.get("ResourceProperties") or {}
    old_properties: Mapping[str, Any] = event.get("OldResourceProperties") or {}
    poll: Mapping[str, Any] = event.get("Poll") or {}
    spec = _spec(properties)
    # A resource must be deletable whatever its properties were.
    strict = request_type != "Delete"
    earlier_link = JobName.parse(text(properties, "JobName"))
    issued_at = float(poll.get("IssuedAt") or _signed_at(text(event, "ResponseURL"), now))
    timeout = seconds(properties, "Timeout", default=_MAX_SERVICE_TIMEOUT - _REPLY_MARGIN, strict=strict)
    return ImportRequest(
        request_type=request_type,
        stack_id=stack_id,
        request_id=request_id,
        logical_resource_id=logical_resource_id,
        physical_resource_id=text(event, "PhysicalResourceId"),
        spec=spec,
        old_spec=_spec(old_properties),
        old_job_name=text(old_properties, "JobName"),
        role_arn=text(properties, "RoleArn"),
        tags=tuple(properties.get("Tags") or ()),
        job_name=earlier_link
        or JobName(
            prefix=text(properties, "JobNamePrefix") or logical_resource_id,
            resource=resource_hash(stack_id, logical_resource_id),
            spec=spec.hash,
            request=digest(request_id, digits=REQUEST_DIGITS),
        ),
        is_link=earlier_link is not None,
        hand_over=flag(properties, "HandOver", default=False),
        wait_for_completion=flag(properties, "WaitForCompletion", default=True),
        poll_interval=seconds(properties, "PollInterval", default=5, strict=strict),
        preflight=flag(properties, "Preflight", default=False),
        issued_at=issued_at,
        deadline=float(poll.get("Deadline") or issued_at + timeout),
        is_poll=bool(poll),
        progress=Progress.read(poll),
    )


def _spec(properties: Mapping[str, Any]) -> ImportSpec:
    return ImportSpec(
        dataset_arn=text(properties, "DatasetArn"),
        data_location=text(properties, "DataLocation"),
        import_mode=text(properties, "ImportMode") or "FULL",
        publish_attribution_metrics_to_s3=flag(properties, "PublishAttributionMetricsToS3", default=False),
        data_version=text(properties, "DataVersion"),
    )


def _signed_at(response_url: str, now: float) -> float:
    """Return when the ResponseURL was signed: CloudFormation's clock for the request started then.

    A first invocation can be late: Lambda repeats a failed one after one and two minutes. A URL that doesn't tell its
    date, or tells one that can't be, counts as signed now.
    """
    (date,) = parse_qs(urlsplit(response_url).query).get("X-Amz-Date", [""])[:1]
    try:
        # Of the form 20260131T235959Z, for which strptime would have to be imported.
        signed = datetime.datetime.fromisoformat(date).astimezone(datetime.UTC).timestamp()
    except ValueError:
        return now
    return signed if now - _MAX_SERVICE_TIMEOUT < signed <= now else now
