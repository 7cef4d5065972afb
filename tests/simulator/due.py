"""Imports between deployments: the schedules and uploads that ask for them, and the events by which they tell."""

import datetime
import json
from typing import Any

from simulator.stack import Stack


class EventBus:
    """The default event bus: what was put on it."""

    def __init__(self) -> None:
        self.details: list[dict[str, Any]] = []
        self.refuse = False

    def serve(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        assert operation == "PutEvents"
        entries = params["Entries"]
        if self.refuse:
            return {"FailedEntryCount": len(entries), "Entries": [{"ErrorCode": "InternalFailure"} for _ in entries]}
        for entry in entries:
            assert (entry["Source"], entry["DetailType"]) == ("cdk-personalize-import", "Dataset Import Job Finished")
            self.details.append(json.loads(entry["Detail"]))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}


def due(stack: Stack, name: str, request_type: str, cause: str, at: float, **members: Any) -> dict[str, Any]:
    """Return what a schedule, or the rule for uploads, hands to the function.

    Args:
        stack: The stack of the import.
        name: Logical id of the import's first resource.
        request_type: Import or Upload.
        cause: schedule or upload.
        at: When it was asked for.
        **members: Further members of the request.
    """
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat().replace("+00:00", "Z")
    properties = {
        name: value
        for name, value in stack.resources[name].properties.items()
        if name not in ("ServiceToken", "JobName")
    }
    return {
        "RequestType": request_type,
        "RequestId": f"{name}/{cause}/{moment}",
        "StackId": stack.stack_id,
        "LogicalResourceId": name,
        "ResourceProperties": {**properties, "WaitForCompletion": "true"},
        "Due": {"Cause": cause, "At": moment, **({"QuietPeriod": "300"} if request_type == "Upload" else {})},
        **members,
    }
