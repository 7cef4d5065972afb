"""CloudFormation's and EventBridge Scheduler's part for one resource, played for one process of the function."""

import json
import uuid
from typing import Any

from runtime.aws import STACK_ID, Aws
from runtime.lambda_runtime import ARN, Ended, LambdaRuntime
from runtime.stand_in import StandIn

from local_aws.cloudformation.response_url import ResponseServer

DATASET = "arn:aws:personalize:us-east-1:111122223333:dataset/shop/INTERACTIONS"
PROPERTIES = {
    "ServiceToken": ARN,
    "ServiceTimeout": "3600",
    "DatasetArn": DATASET,
    "DataLocation": "s3://training-data/interactions.csv",
    "RoleArn": "arn:aws:iam::111122223333:role/personalize",
    "ImportMode": "FULL",
    "JobNamePrefix": "shop",
    "WaitForCompletion": "true",
    "Timeout": "3420",
    "PollInterval": "5",
    "Preflight": "false",
}


class Play:
    """Sends requests and polls to a function, and takes its replies.

    Args:
        runtime: The function's process.
        aws: The services that it calls; they forget what they had.
        replies: Where replies go.
    """

    def __init__(self, runtime: LambdaRuntime | StandIn, aws: Aws, replies: ResponseServer) -> None:
        self.aws = aws
        self.log: list[dict[str, Any]] = []
        self.metrics: list[dict[str, Any]] = []
        self._runtime = runtime
        self._replies = replies
        self._requests = 0
        self._arrived: Any = None
        aws.forget()
        aws.dataset(DATASET, PROPERTIES["RoleArn"])

    def request(self, request_type: str, properties: dict[str, str] | None = None, **members: Any) -> None:
        """Send a request of CloudFormation.

        Args:
            request_type: Its type.
            properties: Overrides of the resource's properties.
            **members: More members of the event.
        """
        self._requests += 1
        request_id = f"{self._requests:08d}-89ab-cdef-0123-456789abcdef"
        # CloudFormation makes a new key for each request.
        url, self._arrived = self._replies.expect(f"{STACK_ID}|Interactions|{request_id}|{uuid.uuid4()}")
        self.aws.resources["Interactions"] = f"{request_type.upper()}_IN_PROGRESS"
        self.send(
            {
                "RequestType": request_type,
                "ServiceToken": ARN,
                "ResponseURL": url,
                "StackId": STACK_ID,
                "RequestId": request_id,
                "LogicalResourceId": "Interactions",
                "ResourceType": "Custom::PersonalizeDatasetImportJob",
                "ResourceProperties": PROPERTIES | (properties or {}),
                **members,
            }
        )

    def poll(self) -> None:
        """Let the schedule tick."""
        [event] = self.aws.polls()
        self.send(event)

    def send(self, event: Any) -> Ended:
        """Invoke the function, which has to return, with an orderly log."""
        self.sent = event
        ended = self._runtime.invoke(event, "11111111-2222-3333-4444-555555555555")
        assert (ended.error, ended.exit_status, ended.payload) == (False, None, None)
        for text in (*ended.printed, *ended.log):
            assert "\n" not in text.rstrip("\n")
            assert "X-Amz-Signature" not in text
            record = json.loads(text)
            # Metrics are printed past the log, as CloudWatch wants them.
            (self.metrics if "_aws" in record else self.log).append(record)
        return ended

    @property
    def reply(self) -> dict[str, Any] | None:
        """The reply to the last request, None before it has one."""
        return json.loads(self._arrived.body) if self._arrived.arrived.is_set() else None
