"""Custom resources: requests to a Lambda function, and what becomes of its replies.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html.
"""

import json
import uuid
from typing import Any

from botocore.exceptions import ClientError

from local_aws.cloudformation.intrinsics import text
from local_aws.cloudformation.resources.base import OperationCancelledError, Request, ResourceError, ResourceType
from local_aws.cloudformation.response_url import Reply, ResponseServer
from local_aws.functions.invocations import functions

_MAX_BODY = 4096
_MAX_PHYSICAL_ID = 1024
_DEFAULT_TIMEOUT = 3600
_ECHOED = ("StackId", "RequestId", "LogicalResourceId")


class CustomResource(ResourceType):
    """Any ``Custom::...`` type: its function creates, updates and deletes it.

    Args:
        responses: Where functions' replies arrive.
    """

    type = "AWS::CloudFormation::CustomResource"
    replaces_by_update = True

    def __init__(self, responses: ResponseServer) -> None:
        self._responses = responses

    def create(self, request: Request) -> None:
        self._ask("Create", request)
        request.initiated(request.physical_id)

    def update(self, request: Request) -> None:
        self._ask("Update", request)

    def delete(self, request: Request) -> None:
        self._ask("Delete", request)

    def _ask(self, kind: str, request: Request) -> None:
        token = request.properties.get("ServiceToken")
        if not isinstance(token, str) or ":lambda:" not in token:
            raise ResourceError(f"Invalid ServiceToken {token!r}: the embedded AWS takes a Lambda function's ARN")
        timeout = _service_timeout(request.properties)
        request_id = str(uuid.uuid4())
        functions().prepare(token)
        url, reply = self._responses.expect(f"{request.stack.id}|{request.resource.logical_id}|{request_id}")
        event = {
            "RequestType": kind,
            "ServiceToken": token,
            "ResponseURL": url,
            "StackId": request.stack.id,
            "RequestId": request_id,
            "LogicalResourceId": request.resource.logical_id,
            "ResourceType": request.resource.type,
            "ResourceProperties": as_strings(request.properties),
        }
        if kind != "Create":
            event["PhysicalResourceId"] = request.physical_id
        if kind == "Update":
            event["OldResourceProperties"] = as_strings(request.old_properties)
        self._invoke(request, token, event)
        if kind == "Create":
            # What CloudFormation deletes if the function never says what it made.
            name = f"{request.stack.name}-{request.resource.logical_id}-{uuid.uuid4().hex[:12].upper()}"
            request.resource.physical_id = name
        body = self._wait(request, reply, timeout, request_id)
        request.resource.physical_id, request.resource.attributes = _outcome(event, body)

    def _invoke(self, request: Request, token: str, event: dict[str, Any]) -> None:
        client = request.aws.client("lambda")
        try:
            client.invoke(FunctionName=token, InvocationType="Event", Payload=json.dumps(event).encode())
        except ClientError as error:
            raise ResourceError(f"Failed to invoke {token}: {error.response['Error']['Message']}") from error

    def _wait(self, request: Request, reply: Reply, timeout: int, request_id: str) -> bytes:
        if request.aws.clock.wait(reply.arrived, timeout, request.cancelled):
            return reply.body
        if request.cancelled.is_set():
            raise OperationCancelledError
        raise ResourceError(
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
            f"[{request_id}]. If you are using the Python cfn-response module, you may need to update your Lambda "
            "function code so that CloudFormation can attach the updated version."
        )


def as_strings(value: Any) -> Any:
    """Return properties as functions receive them: every scalar as a string."""
    if isinstance(value, dict):
        return {key: as_strings(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_strings(item) for item in value]
    return text(value)


def _service_timeout(properties: dict[str, Any]) -> int:
    given = properties.get("ServiceTimeout", _DEFAULT_TIMEOUT)
    if not str(given).isdecimal() or not 1 <= int(given) <= _DEFAULT_TIMEOUT:
        raise ResourceError(f"Invalid ServiceTimeout {given!r}: must be an integer from 1 to {_DEFAULT_TIMEOUT}")
    return int(given)


def _outcome(event: dict[str, Any], body: bytes) -> tuple[str, dict[str, Any]]:
    """The physical id and the data of a reply."""
    if len(body) > _MAX_BODY:
        raise ResourceError(f"Response object is too long. It has {len(body)} bytes, at most {_MAX_BODY} are allowed.")
    try:
        reply = json.loads(body)
    except ValueError as error:
        raise ResourceError("Response is not valid JSON") from error
    if not isinstance(reply, dict) or reply.get("Status") not in ("SUCCESS", "FAILED"):
        raise ResourceError("Invalid response: Status must be SUCCESS or FAILED")
    for name in _ECHOED:
        if reply.get(name) != event[name]:
            raise ResourceError(f"Invalid response: {name} must be the request's, {event[name]}, not {reply.get(name)}")
    physical_id = reply.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 0 < len(physical_id.encode()) <= _MAX_PHYSICAL_ID:
        raise ResourceError("Invalid PhysicalResourceId")
    if reply["Status"] == "FAILED":
        if not reply.get("Reason"):
            raise ResourceError("Invalid response: Reason is required when Status is FAILED", physical_id)
        raise ResourceError(
            f"Received response status [FAILED] from custom resource. Message returned: {reply['Reason']} "
            f"(RequestId: {event['RequestId']})",
            physical_id,
        )
    data = reply.get("Data") or {}
    if not isinstance(data, dict):
        raise ResourceError("Invalid response: Data must be an object", physical_id)
    return physical_id, data
