"""The way of a real boto3 client's requests: botocore's own serialisation, parsing and errors, and no network."""

import io
import json
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import BotoCoreError, HTTPClientError
from simulator.faults import Faults, Kind, ServiceError, When, failure
from simulator.processes import Loop

Answer = tuple[int, dict[str, str], bytes]


class Service(Protocol):
    """Something that answers a request."""

    def __call__(self, operation: str, params: dict[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Call:
    """One API call that reached a service."""

    time: float
    operation: str
    request_id: str
    error: str
    params: dict[str, Any]


class _Body(io.BytesIO):
    """A response body with as much of urllib3's interface as botocore uses."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Iterator[bytes]:
        while block := self.read(amt):
            yield block


class Wire:
    """The way between the clients and the simulated services.

    Attributes:
        event: the event that the calling invocation handles.
        calls: every call that reached a service.
        slowest: the longest that a call takes, in seconds; it takes effect half-way.
        broken: called with what is wrong with the simulator itself, which the handler would take for an error of AWS.
    """

    def __init__(self, loop: Loop, random: Random, faults: Faults, event: Callable[[], dict[str, Any]]) -> None:
        self.loop = loop
        self.random = random
        self.faults = faults
        self.event = event
        self.services: dict[str, Service] = {}
        self.calls: list[Call] = []
        self.slowest = 0.12
        self.broken: Callable[[str], None] = lambda trace: None

    def serve(self, service: str, operation: str, request: AWSPreparedRequest) -> AWSResponse:
        """Answer a request as it was about to be sent.

        Raises:
            Death: if the function dies in this call.
            BotoCoreError: if the connection fails.
        """
        latency = self.random.uniform(0.2, 1.0) * self.slowest / 2
        event = self.event()
        params = params_of(service, request)
        fault = self.faults.take(operation, event)
        error = ""
        try:
            self.loop.sleep(latency)
            if fault and fault.when is When.BEFORE:
                self._strike(fault.kind, service, request.url)
            body = self.services[service](operation, params)
            self.loop.sleep(latency)
            if fault:
                self._strike(fault.kind, service, request.url)
            return _response(request.url, success(service, body))
        except ServiceError as refusal:
            error = refusal.code
            return _response(request.url, refused(service, refusal))
        except (BotoCoreError, HTTPClientError) as broken:
            error = type(broken).__name__
            raise
        except Exception:
            self.broken(traceback.format_exc())
            raise
        except BaseException:
            error = "death"
            raise
        finally:
            self.calls.append(Call(self.loop.now, operation, str(event.get("RequestId", "")), error, params))

    def _strike(self, kind: Kind, service: str, url: str) -> None:
        if kind is Kind.DEATH:
            self.loop.die()
        raise failure(kind, service, url)


def params_of(service: str, request: AWSPreparedRequest) -> dict[str, Any]:
    """The parameters of a call, as its service reads them."""
    url = urlsplit(request.url)
    if service == "cloudformation":
        form = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        return {name: values[0] for name, values in parse_qs(form).items()}
    if service == "s3":
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        wanted = request.headers.get("Range", b"")
        return {"path": unquote(url.path), "host": url.netloc, "range": bytes(wanted).decode(), **query}
    params: dict[str, Any] = json.loads(request.body) if request.body else {}
    if service == "scheduler":
        params["Name"] = unquote(url.path.rsplit("/", 1)[1])
        for name, values in parse_qs(url.query).items():
            params[name[0].upper() + name[1:]] = values[0]
    return params


def success(service: str, body: dict[str, Any]) -> Answer:
    """What a service answers with."""
    if service in ("s3", "cloudformation"):
        return body.get("status", 200), body.get("headers", {}), body["body"]
    return 200, {}, json.dumps(body).encode()


def refused(service: str, error: ServiceError) -> Answer:
    """What a service refuses a call with."""
    if service in ("s3", "cloudformation"):
        xml = f"<Error><Code>{error.code}</Code><Message>{error.message}</Message></Error>"
        if service == "cloudformation":
            xml = f"<ErrorResponse>{xml}<RequestId>simulated</RequestId></ErrorResponse>"
        return error.status, {}, xml.encode()
    if service == "scheduler":
        return error.status, {"x-amzn-errortype": error.code}, json.dumps({"Message": error.message}).encode()
    return error.status, {}, json.dumps({"__type": error.code, "message": error.message}).encode()


def _response(url: str, answer: Answer) -> AWSResponse:
    status, headers, body = answer
    return AWSResponse(url, status, {"x-amzn-requestid": "simulated", **headers}, _Body(body))
