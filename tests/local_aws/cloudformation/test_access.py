from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws.permissions import call_log
from local_aws.server import LocalAws


def test_a_role_without_permission_is_refused_as_cloudformation_does(
    stacks: Any, parameter: Any, aws: LocalAws
) -> None:
    stacks.create("secret", {"A": parameter()})
    role = aws.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument='{"Statement": []}')["Role"]["Arn"]
    session = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    call_log.check_calls_of(session["AccessKeyId"], "test")
    client = boto3.client(
        "cloudformation",
        endpoint_url=aws.endpoint,
        region_name=aws.region,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
    )
    with pytest.raises(ClientError, match="not authorized to perform: cloudformation:DescribeStackResource") as caught:
        client.describe_stack_resource(StackName="secret", LogicalResourceId="A")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
    assert aws.calls[-1].action == "cloudformation:DescribeStackResource"
    assert not aws.calls[-1].allowed
