"""A request for an import between deployments, from a schedule of the stack's, an upload, or the import it adds to.

Only this file knows its form. It has the members of CloudFormation's requests that an import needs, and ``Due``: what
asked for the import, and when. Its RequestType is ``Import``, or ``Upload`` where a quiet period has to pass first.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError, seconds, text
from cdk_personalize_import_handler.custom_resource.request import Request

IMPORT = "Import"
UPLOAD = "Upload"
# A job that runs is followed so long, in seconds.
FOLLOWED_FOR = 24 * 3600.0
_DEFAULT_TIMEOUT = 3600.0
_DEFAULT_QUIET_PERIOD = 300.0


@dataclass(frozen=True)
class DueRequest(Request):
    """One request for an import between deployments, or a poll that repeats it.

    Attributes:
        cause: What asked: ``schedule`` or ``upload``.
        asked_at: When it asked, in epoch seconds.
        is_pending: Whether the request waits for others of its construct to end, and doesn't join them.
        import_mode: The import mode, empty where it is the import's own.
        start_by: When a job that has not been started fails, in epoch seconds.
        followers: The requests of the imports that add to this one.
    """

    cause: str
    asked_at: float
    is_pending: bool
    import_mode: str
    start_by: float
    followers: Sequence[Mapping[str, Any]]

    @property
    def gives_way(self) -> bool:
        """Whether the request leaves the schedule to whoever has it."""
        return True

    @property
    def own_schedule_name(self) -> str:
        """The name of the schedule that polls for it: one for the construct, since it has one import at a time."""
        return f"{self.schedule_name}-due"


def read_due(event: Mapping[str, Any], now: float) -> DueRequest:
    """Read a request.

    Args:
        event: The function's event.
        now: The time, in epoch seconds.

    Raises:
        InvalidRequestError: A member is missing, or not of its form.
    """
    missing = [name for name in ("StackId", "LogicalResourceId", "RequestId", "Due") if not event.get(name)]
    if missing:
        raise InvalidRequestError(f"the request has no {', '.join(missing)}")
    due, poll = event["Due"], event.get("Poll") or {}
    properties: Mapping[str, Any] = event.get("ResourceProperties") or {}
    issued_at = float(poll.get("IssuedAt") or now)
    return DueRequest(
        request_type=IMPORT,
        stack_id=event["StackId"],
        request_id=event["RequestId"],
        logical_resource_id=event["LogicalResourceId"],
        physical_resource_id="",
        properties=properties,
        old_properties={},
        issued_at=issued_at,
        deadline=float(poll.get("Deadline") or issued_at + FOLLOWED_FOR),
        is_poll=bool(poll),
        is_answered=False,
        memory={name: value for name, value in poll.items() if name not in ("IssuedAt", "Deadline")},
        cause=text(due, "Cause"),
        asked_at=moment(text(due, "At")),
        is_pending=due.get("Pending") is True,
        import_mode=text(due, "ImportMode"),
        start_by=issued_at + seconds(properties, "Timeout", default=_DEFAULT_TIMEOUT, strict=False),
        followers=event.get("Followers") or (),
    )


def pending(event: Mapping[str, Any], cause: str, asked_at: float) -> dict[str, Any]:
    """Return the request that waits until an import can start that began after a moment.

    Args:
        event: The request of the import.
        cause: What asked.
        asked_at: When it asked, in epoch seconds.
    """
    at = datetime.datetime.fromtimestamp(asked_at, datetime.UTC).isoformat()
    due = {**event["Due"], "Cause": cause, "At": at, "Pending": True}
    return {**event, "RequestType": IMPORT, "RequestId": f"pending/{at}", "Due": due}


def quiet_period(event: Mapping[str, Any]) -> float:
    """Return how long there must have been no further upload, in seconds."""
    return seconds(event["Due"], "QuietPeriod", default=_DEFAULT_QUIET_PERIOD, strict=False)


def moment(at: str) -> float:
    """Return a time in epoch seconds.

    Raises:
        InvalidRequestError: The text tells no time.
    """
    try:
        return datetime.datetime.fromisoformat(at).timestamp()
    except ValueError:
        raise InvalidRequestError(f"Due.At must be a time, got {at[:40]!r}") from None
