"""CloudFormation's side of the custom-resource protocol: requests that go out, and the replies that come back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from simulator.processes import Event, Loop

REPLY_LIMIT = 4096
ID_LIMIT = 1024
URL_EXPIRES = 7200.0
SERVICE_TIMEOUT = 3600.0


@dataclass
class Reply:
    """A reply as it was received; `problem` says why CloudFormation can't use it."""

    time: float
    body: dict[str, Any]
    problem: str = ""

    @property
    def succeeded(self) -> bool:
        return not self.problem and self.body["Status"] == "SUCCESS"


@dataclass
class Request:
    """A request and what became of it.

    Attributes:
        state: "open", "answered", "timed out", or "cancelled" when CloudFormation stopped waiting for it.
        replies: everything that was delivered, the first one stands.
        purpose: "create", "update", "rollback", "clean-up" or "delete".
    """

    request_id: str
    request_type: str
    purpose: str
    stack_id: str
    logical_id: str
    physical_id: str | None
    properties: dict[str, Any]
    old_properties: dict[str, Any] | None
    url: str
    sent: float
    service_timeout: float
    finished: Callable[["Request"], None]
    state: str = "open"
    closed: float = float("inf")
    replies: list[Reply] = field(default_factory=list)
    timer: Event | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that stands."""
        return self.replies[0] if self.state == "answered" else None

    @property
    def succeeded(self) -> bool:
        return self.reply is not None and self.reply.succeeded

    @property
    def reason(self) -> str:
        return str(self.reply.body.get("Reason", "")) if self.reply else ""

    @property
    def seconds(self) -> float:
        """How long it took until it was closed."""
        return self.closed - self.sent

    def event(self, service_token: str) -> dict[str, Any]:
        """The request as the function gets it."""
        event: dict[str, Any] = {
            "RequestType": self.request_type,
            "ServiceToken": service_token,
            "ResponseURL": self.url,
            "StackId": self.stack_id,
            "RequestId": self.request_id,
            "LogicalResourceId": self.logical_id,
            "ResourceType": "Custom::PersonalizeDatasetImportJob",
            "ResourceProperties": self.properties,
        }
        if self.physical_id is not None:
            event["PhysicalResourceId"] = self.physical_id
        if self.old_properties is not None:
            event["OldResourceProperties"] = self.old_properties
        return event


class Requests:
    """Every request that was sent.

    Attributes:
        replied: called with each request whose reply was just taken.
    """

    def __init__(self, loop: Loop, invoke: Callable[[dict[str, Any]], None], service_token: str) -> None:
        self.loop = loop
        self.invoke = invoke
        self.service_token = service_token
        self.replied: list[Callable[[Request], None]] = []
        self.sent: list[Request] = []
        self._by_url: dict[str, Request] = {}

    def send(
        self,
        purpose: str,
        stack_id: str,
        logical_id: str,
        physical_id: str | None,
        properties: dict[str, Any],
        old_properties: dict[str, Any] | None,
        finished: Callable[[Request], None],
        request_type: str | None = None,
    ) -> Request:
        """Send a request; `finished` is called when it is answered or timed out."""
        number = len(self.sent) + 1
        request_id = f"{number:08d}-5a5a-4b4b-8c8c-0123456789ab"
        types = {"create": "Create", "update": "Update", "rollback": "Update", "clean-up": "Delete", "delete": "Delete"}
        url = self._url(stack_id, logical_id, request_id, number)
        request = Request(
            request_id=request_id,
            request_type=request_type or types[purpose],
            purpose=purpose,
            stack_id=stack_id,
            logical_id=logical_id,
            physical_id=physical_id,
            properties=properties,
            old_properties=old_properties,
            url=url,
            sent=self.loop.now,
            service_timeout=min(float(properties.get("ServiceTimeout", SERVICE_TIMEOUT)), SERVICE_TIMEOUT),
            finished=finished,
        )
        self.sent.append(request)
        self._by_url[urlsplit(url).path + str(number)] = request
        request.timer = self.loop.after(request.service_timeout, lambda: self._close(request, "timed out"))
        self.invoke(request.event(self.service_token))
        return request

    def cancel(self, request: Request) -> None:
        """Stop waiting for a request, as CloudFormation does when another resource failed."""
        if request.state == "open":
            self._close(request, "cancelled", tell=False)

    def receive(self, url: str, body: bytes) -> int:
        """Take a reply and return the HTTP status."""
        number = url.rsplit("=", 1)[1]
        request = self._by_url.get(urlsplit(url).path + number)
        if request is None or self.loop.now > request.sent + URL_EXPIRES:
            return 403
        reply = Reply(self.loop.now, {})
        try:
            reply.body = json.loads(body)
            reply.problem = _problem(request, reply.body, body)
        except ValueError as error:
            reply.problem = f"not JSON: {error}"
        request.replies.append(reply)
        if request.state == "open":
            self._close(request, "answered", tell=False)
            for listener in self.replied:
                listener(request)
            # CloudFormation goes on by itself, not within the function's call.
            self.loop.after(0.5, lambda: request.finished(request))
        return 200

    def _close(self, request: Request, state: str, tell: bool = True) -> None:
        if request.state != "open":
            return
        request.state = state
        request.closed = self.loop.now
        if request.timer:
            request.timer.cancel()
        if state == "timed out":
            for listener in self.replied:
                listener(request)
        if tell:
            request.finished(request)

    def _url(self, stack_id: str, logical_id: str, request_id: str, number: int) -> str:
        date = datetime.datetime.fromtimestamp(self.loop.now, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": date,
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Expires": "7200",
            "X-Amz-Credential": f"AKIASIGNER/{date[:8]}/us-east-1/s3/aws4_request",
            "X-Amz-Signature": f"0123456789abcdef{number}",
            "number": str(number),
        }
        path = quote(f"{stack_id}|{logical_id}|{request_id}", safe="")
        return f"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/{path}?{urlencode(query)}"


def _problem(request: Request, reply: Any, body: bytes) -> str:
    if not isinstance(reply, dict):
        return "not an object"
    if len(body) > REPLY_LIMIT:
        return f"{len(body)} bytes, more than {REPLY_LIMIT}"
    if reply.get("Status") not in ("SUCCESS", "FAILED"):
        return f"Status {reply.get('Status')!r}"
    if reply["Status"] == "FAILED" and not reply.get("Reason"):
        return "FAILED without a Reason"
    physical_id = reply.get("PhysicalResourceId")
    unusable = physical_id == "None" and request.physical_id != "None"
    if not isinstance(physical_id, str) or not physical_id or unusable or len(physical_id) > ID_LIMIT:
        return f"PhysicalResourceId {physical_id!r}"
    expected = {"StackId": request.stack_id, "RequestId": request.request_id, "LogicalResourceId": request.logical_id}
    wrong = [name for name, value in expected.items() if reply.get(name) != value]
    if wrong:
        return f"not copied verbatim: {', '.join(wrong)}"
    data = reply.get("Data", {})
    if not isinstance(data, dict):
        return "Data is not an object"
    return ""
