"""Answers the calls of boto3's clients in the process, after they were signed and before they reach a network."""

import io
import json
from collections.abc import Iterator
from typing import Any

import botocore
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

JOB_ARN = "arn:aws:personalize:us-east-1:111122223333:dataset-import-job/"
ANSWERS: dict[str, dict[str, Any]] = {
    "ListDatasetImportJobs": {"datasetImportJobs": []},
    "CreateDatasetImportJob": {"datasetImportJobArn": JOB_ARN + "import"},
    "CreateSchedule": {"ScheduleArn": "arn:aws:scheduler:us-east-1:111122223333:schedule/polls/import"},
    "PutTargets": {"FailedEntryCount": 0, "FailedEntries": []},
    "PutRule": {"RuleArn": "arn:aws:events:us-east-1:111122223333:rule/import"},
    "AddPermission": {"Statement": "{}"},
}
# The answers of S3, by operation.
FILES: dict[str, bytes] = {}


class Body(io.BytesIO):
    """A response's body, as botocore reads it."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        """Return all of it."""
        yield self.read()


def answer_calls() -> None:
    """Answer the calls of all clients that are made from now on."""
    botocore.register_initializer(lambda session: session.register("before-send", answer))


def answer(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
    """Answer one call; what has no answer isn't there."""
    operation = event_name.rsplit(".", 1)[1]
    if operation in FILES:
        headers = {"content-range": f"bytes 0-{len(FILES[operation]) - 1}/{10 * len(FILES[operation])}"}
        return AWSResponse(request.url, 200, headers, Body(FILES[operation]))
    if operation in ANSWERS:
        return response(request.url, 200, ANSWERS[operation])
    return response(request.url, 404, {"__type": "ResourceNotFoundException", "Message": "not found"})


def response(url: str, status: int, content: dict[str, Any]) -> AWSResponse:
    """Return a response of the service."""
    headers = {"content-type": "application/json", "x-amzn-errortype": content.get("__type", "")}
    return AWSResponse(url, status, headers, Body(json.dumps(content).encode()))


class Context:
    """Lambda's context."""

    function_name = "imports"
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:imports"
    aws_request_id = "11111111-2222-3333-4444-555555555555"
    log_group_name = "/aws/lambda/imports"
    log_stream_name = "2026/01/01/[$LATEST]0"

    def get_remaining_time_in_millis(self) -> int:
        """Return a minute, in which crhelper doesn't sleep before it answers a Delete."""
        return 60_000


def event(request_type: str, **properties: str) -> dict[str, Any]:
    """Return a request of CloudFormation."""
    job = JOB_ARN + "shop-0123456789-76a69bc5-89abcdef"
    resource = {
        "DatasetArn": "arn:aws:personalize:us-east-1:111122223333:dataset/shop/ITEMS",
        "DataLocation": "s3://shop-data/items/",
        "RoleArn": "arn:aws:iam::111122223333:role/personalize",
        "JobName": "shop",
        "ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:imports",
        **properties,
    }
    return {
        "RequestType": request_type,
        "RequestId": "01234567-89ab-cdef-0123-456789abcdef",
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/01234567-89ab-cdef-0123-456789abcdef",
        "LogicalResourceId": "Items",
        "ResourceType": "Custom::PersonalizeDatasetImportJob",
        "ResponseURL": "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/reply",
        "ResourceProperties": resource,
        **({} if request_type == "Create" else {"PhysicalResourceId": job}),
        **({"OldResourceProperties": resource} if request_type == "Update" else {}),
    }
