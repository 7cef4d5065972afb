"""A CloudFormation request, and the poll that repeats it.

Only this file knows the form of a poll: the request's own event, with a member ``Poll`` that carries what must not
change from one invocation to the next, and what the resource wants to remember.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cdk_personalize_import_handler.custom_resource.names import request_hash, resource_hash, valid_prefix
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError, seconds, text

REQUEST_TYPES = ("Create", "Update", "Delete")
# CloudFormation gives up after this long, whatever the template says.
MAX_SERVICE_TIMEOUT = 3600
REPLY_MARGIN = 180

# A member of a poll: when the last look began, in epoch seconds.
LOOKED_AT = "LookedAt"

Memory = Mapping[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class Request:
    """One request, from CloudFormation or repeated by a schedule.

    Attributes:
        properties: The resource's properties.
        old_properties: Those before an Update.
        issued_at: When CloudFormation issued the request, in epoch seconds.
        deadline: When the request is answered, or ends in the background, at the latest, in epoch seconds.
        is_poll: Whether a schedule repeats the request.
        is_answered: Whether the request was answered, and goes on in the background.
        memory: What earlier invocations for this request remember.
    """

    request_type: str
    stack_id: str
    request_id: str
    logical_resource_id: str
    physical_resource_id: str
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]
    issued_at: float
    deadline: float
    is_poll: bool
    is_answered: bool
    memory: Memory

    @property
    def resource(self) -> str:
        """The hash of the resource."""
        return resource_hash(self.stack_id, self.logical_resource_id)

    @property
    def gives_way(self) -> bool:
        """Whether the request leaves the schedule to whoever has it, also to an older request."""
        return False

    @property
    def schedule_name(self) -> str:
        """The name of the schedule that the Creates and Updates of the resource share."""
        return f"{valid_prefix(self.logical_resource_id)}-{self.resource}"

    @property
    def own_schedule_name(self) -> str:
        """The name of this request's schedule: a Delete has one of its own."""
        own = f"-{request_hash(self.request_id)}" if self.request_type == "Delete" else ""
        return self.schedule_name + own


def read_request(event: Mapping[str, Any], now: float) -> Request:
    """Read a request as CloudFormation or a schedule delivers it.

    Args:
        event: The function's event, which `event_check` has nothing against.
        now: The time, in epoch seconds.

    Raises:
        InvalidRequestError: Its RequestType is unknown, or its Timeout is not a number.
    """
    request_type = event["RequestType"]
    if request_type not in REQUEST_TYPES:
        raise InvalidRequestError(f"RequestType {request_type!r} is not one of {', '.join(REQUEST_TYPES)}")
    properties: Mapping[str, Any] = event.get("ResourceProperties") or {}
    poll: Mapping[str, Any] = event.get("Poll") or {}
    issued_at = float(poll.get("IssuedAt") or _signed_at(text(event, "ResponseURL"), now))
    # A resource must be deletable whatever its properties were.
    timeout = seconds(
        properties, "Timeout", default=MAX_SERVICE_TIMEOUT - REPLY_MARGIN, strict=request_type != "Delete"
    )
    return Request(
        request_type=request_type,
        stack_id=event["StackId"],
        request_id=event["RequestId"],
        logical_resource_id=event["LogicalResourceId"],
        physical_resource_id=text(event, "PhysicalResourceId"),
        properties=properties,
        old_properties=event.get("OldResourceProperties") or {},
        issued_at=issued_at,
        deadline=float(poll.get("Deadline") or issued_at + timeout),
        is_poll=bool(poll),
        is_answered=poll.get("Answered") is True,
        memory={name: value for name, value in poll.items() if name not in ("IssuedAt", "Deadline", "Answered")},
    )


def poll_of(event: Mapping[str, Any], request: Request, memory: Memory) -> dict[str, Any]:
    """Return the event with which a schedule repeats a request."""
    own = {"IssuedAt": request.issued_at, "Deadline": request.deadline}
    answered = {"Answered": True} if request.is_answered else {}
    return {**event, "Poll": {**memory, **own, **answered}}


def is_poll(event: Mapping[str, Any]) -> bool:
    """Return whether a schedule sent the event."""
    return "Poll" in event


def issued_at(poll: Mapping[str, Any]) -> float:
    """Return when CloudFormation issued the request that a poll repeats, in epoch seconds."""
    return float(poll["Poll"]["IssuedAt"])


def deadline(poll: Mapping[str, Any]) -> float:
    """Return when a poll's request ends at the latest, in epoch seconds."""
    return float(poll["Poll"]["Deadline"])


def is_answered(poll: Mapping[str, Any]) -> bool:
    """Return whether the request that a poll repeats was answered, and goes on in the background."""
    return poll["Poll"].get("Answered") is True


def looked_at(poll: Mapping[str, Any]) -> float:
    """Return when the last look for the request that a poll repeats began, 0 where that isn't noted."""
    return float(poll.get("Poll", {}).get(LOOKED_AT) or 0)


def _signed_at(response_url: str, now: float) -> float:
    """Return when the ResponseURL was signed: CloudFormation's clock for the request started then.

    A first invocation can be late: Lambda repeats a failed one after one and two minutes. A URL without a date, or with
    an impossible one, counts as signed now.
    """
    (date,) = parse_qs(urlsplit(response_url).query).get("X-Amz-Date", [""])[:1]
    try:
        # Of the form 20260131T235959Z, for which strptime would have to be imported.
        signed = datetime.datetime.fromisoformat(date).astimezone(datetime.UTC).timestamp()
    except ValueError:
        return now
    return signed if now - MAX_SERVICE_TIMEOUT < signed <= now else now
