"""How an import ended, told to whoever listens: as an event on the default event bus, and as metrics in a log line.

An event is sent at least once, with the same ``detail.id`` when it is repeated.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize_import_handler.custom_resource.names import digest
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.jobs import Job

SOURCE = "cdk-personalize-import"
DETAIL_TYPE = "Dataset Import Job Finished"
NAMESPACE = "CdkPersonalizeImport"

_DIMENSIONS = ("DatasetArn", "StackName", "LogicalResourceId")
_ID_DIGITS = 32


class Clients(Protocol):
    """The AWS client that telling needs."""

    @property
    def events(self) -> Any: ...  # noqa: D102


class NotToldError(Exception):
    """The event was not accepted."""


@dataclass(frozen=True)
class Ending:
    """The end of an import.

    Attributes:
        request: What asked for the import.
        cause: Who asked: ``deployment``, ``schedule`` or ``upload``.
        ended_at: When it ended, in epoch seconds.
        job: The job, None where none could be started.
        failure_reason: Why it failed, empty where it succeeded.
    """

    request: ImportRequest
    cause: str
    ended_at: float
    job: Job | None = None
    failure_reason: str = ""

    @property
    def status(self) -> str:
        """SUCCEEDED or FAILED."""
        return "FAILED" if self.failure_reason else "SUCCEEDED"

    @property
    def detail(self) -> dict[str, str]:
        """The detail of the event."""
        request, job = self.request, self.job
        name = job.name if job else ""
        return {
            "id": digest(request.stack_id, str(request.job_name), self.status, digits=_ID_DIGITS),
            "status": self.status,
            "jobArn": job.arn if job else "",
            "jobName": name,
            "datasetArn": request.dataset_arn,
            "dataLocation": request.data_location,
            "importMode": request.import_mode,
            "failureReason": self.failure_reason,
            "cause": self.cause,
            "start": _iso(job.created) if job else "",
            "end": _iso(self.ended_at),
            "stackId": request.stack_id,
            "construct": request.logical_resource_id,
        }

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics in CloudWatch's embedded format."""
        request, job = self.request, self.job
        values: dict[str, float] = {
            "Succeeded": 0 if self.failure_reason else 1,
            "Failed": 1 if self.failure_reason else 0,
        }
        if job is not None and job.created:
            values["Duration"] = max(0.0, self.ended_at - job.created)
            values["Waited"] = max(0.0, job.created - request.issued_at)
        definitions = [
            {"Name": name, "Unit": "Seconds" if name in ("Duration", "Waited") else "Count"} for name in values
        ]
        return {
            "_aws": {
                "Timestamp": int(self.ended_at * 1000),
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": [list(_DIMENSIONS)], "Metrics": definitions}
                ],
            },
            "DatasetArn": request.dataset_arn,
            "StackName": request.stack_id.split("/")[1] if "/" in request.stack_id else request.stack_id,
            "LogicalResourceId": request.logical_resource_id,
            **values,
        }


def tell(ending: Ending, clients: Clients) -> None:
    """Tell the end of an import.

    Args:
        ending: The end.
        clients: The AWS clients.

    Raises:
        NotToldError: The event was not accepted.
    """
    if ending.request.sends_events:
        entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(ending.detail)}
        try:
            refused = clients.events.put_events(Entries=[entry]).get("FailedEntryCount", 0)
        except (ClientError, BotoCoreError) as error:
            raise NotToldError(f"the end could not be told yet ({type(error).__name__})") from error
        if refused:
            raise NotToldError("the end could not be told yet (EventBridge refused the event)")
    # A line of its own, and nothing else on it: CloudWatch reads no other form.
    sys.stdout.write(json.dumps(ending.metrics) + "\n")
    sys.stdout.flush()


def _iso(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat() if moment else ""
