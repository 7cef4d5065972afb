"""The schedule that stands for an import which has been asked for and is still to be started.

It ticks each minute from the end of the quiet period on, until an import has started that is younger than what asked
for it. Only uploads, and imports that others add to, move it; so none of them is lost while an import runs.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from cdk_personalize_import_handler.between_deployments.due_request import moment
from cdk_personalize_import_handler.custom_resource.request import Request

logger = logging.getLogger(__name__)

# An import of the construct that runs is followed for a day: this outlasts it.
_LASTS = 3 * 24 * 3600.0


class PendingImport:
    """The pending import of one construct.

    Args:
        client: An EventBridge Scheduler client.
        group: Name of the schedule group.
        role_arn: ARN of the role with which EventBridge Scheduler invokes the function.
        request: A request of the construct.
    """

    def __init__(self, client: Any, group: str, role_arn: str, request: Request) -> None:
        self._client = client
        self._role_arn = role_arn
        self._key = {"GroupName": group, "Name": f"{request.schedule_name}-pending"}

    def _event(self) -> dict[str, Any] | None:
        """The request that is pending, None where none is."""
        try:
            schedule = self._client.get_schedule(**self._key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        event: dict[str, Any] = json.loads(schedule["Target"]["Input"])
        return event

    def put(self, event: Mapping[str, Any], asked_at: float, ticks_from: float, function_arn: str) -> None:
        """Let an import be pending. One that is pending already is joined with it.

        Args:
            event: The request that each tick repeats.
            asked_at: When it was asked for, in epoch seconds. An earlier one than before moves nothing.
            ticks_from: When the ticks begin, in epoch seconds.
            function_arn: The function that gets the ticks.
        """
        before = self._event()
        if before is not None:
            is_later = asked_at > moment(before["Due"]["At"])
            joined = _joined(event, before) if is_later else _joined(before, event)
            if joined == before:
                return
            event = joined
        schedule = {
            **self._key,
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "StartDate": datetime.datetime.fromtimestamp(ticks_from, datetime.UTC),
            "EndDate": datetime.datetime.fromtimestamp(ticks_from + _LASTS, datetime.UTC),
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": function_arn,
                "RoleArn": self._role_arn,
                "Input": json.dumps(event),
                "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1},
            },
        }
        if before is not None:
            try:
                self._client.update_schedule(**schedule)
                return
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":
                    raise
        try:
            self._client.create_schedule(**schedule)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ResourceNotFoundException":
                logger.info("the schedule group is gone: the stack is being deleted")
            elif code == "ConflictException":
                self.put(event, asked_at, ticks_from, function_arn)
            else:
                raise

    def remove(self, asked_at: float | None = None) -> None:
        """Let no import be pending.

        Args:
            asked_at: Only one that was asked for at this time. Default: any.
        """
        try:
            before = self._event() if asked_at is not None else None
            if before is not None and moment(before["Due"]["At"]) != asked_at:
                return
            self._client.delete_schedule(**self._key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise


def _joined(event: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request, with the other's import mode where only that one does the work of both."""
    if _work(event) >= _work(other):
        return dict(event)
    mode = other["ResourceProperties"].get("ImportMode", "FULL")
    properties = {**event["ResourceProperties"], "ImportMode": mode}
    due = {**event["Due"], "ImportMode": other["Due"].get("ImportMode", "")}
    followers = event.get("Followers") or other.get("Followers")
    # Another request than the one that comes to this event alone, which may be under way.
    request_id = f"{event['RequestId']}/joined"
    joined = {**event, "RequestId": request_id, "ResourceProperties": properties, "Due": due}
    return {**joined, "Followers": followers} if followers else joined


def _work(event: Mapping[str, Any]) -> int:
    """How much an import does: one without a mode of its own has the construct's, as a deployment leaves it."""
    return ("INCREMENTAL", "", "FULL").index(event["Due"].get("ImportMode", ""))
