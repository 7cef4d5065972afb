"""What a function failed for good, sent to its dead-letter queue or topic.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import logging

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaFunction

from local_aws.account import Account

logger = logging.getLogger(__name__)


def send_dead_letter(aws: Account, function: LambdaFunction, event: str, request_id: str, reason: str) -> None:
    """Send an event to where the function has its dead letters sent, if anywhere.

    Args:
        aws: The embedded AWS.
        function: The function.
        event: The event, JSON text.
        request_id: The invocation's id.
        reason: Why it failed.
    """
    target = function.dead_letter_config.get("TargetArn")  # type: ignore[attr-defined]
    if not target:
        return
    values = {"RequestID": request_id, "ErrorCode": "200", "ErrorMessage": reason[:1024] or "none"}
    attributes = {
        name: {"DataType": "Number" if name == "ErrorCode" else "String", "StringValue": value}
        for name, value in values.items()
    }
    service, name = target.split(":")[2], target.split(":")[-1]
    client = aws.client(service)
    try:
        if service == "sns":
            client.publish(TopicArn=target, Message=event, MessageAttributes=attributes)
        else:
            url = client.get_queue_url(QueueName=name)["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=event, MessageAttributes=attributes)
    except ClientError:
        # Lambda drops it as well, and counts it in the metric DeadLetterErrors.
        logger.exception("%s failed, and its dead letter could not be sent", function.function_name)
