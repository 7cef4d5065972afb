"""AWS CloudFormation with an engine of its own: moto's server routes and serialises, everything else is here.

Stacks are executed in the background, resource by resource, by calling each service's API; events, rollback,
replacement, clean-up and custom resources follow CloudFormation.
"""

from urllib.parse import urlsplit

import moto.cloudformation.urls

from local_aws.account import Account
from local_aws.cloudformation.api import Api
from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.nested_stack import NestedStack
from local_aws.cloudformation.resources import (
    awslambda,
    bucket_deployment,
    custom_resource,
    iam,
    logs,
    personalize,
    placeholders,
    s3,
)
from local_aws.cloudformation.resources import register as register_types
from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.api_types import API_TYPES
from local_aws.cloudformation.resources.moto_types import moto_types
from local_aws.cloudformation.response_url import ResponseServer
from local_aws.cloudformation.stacks import Stacks

_LONGEST_END = 5.0
"""Real seconds to wait for a cancelled operation's last API call."""


def register(aws: Account) -> None:
    """Put this CloudFormation in the place of moto's, with no stacks."""
    responses = ResponseServer(aws.clock, aws.ca_bundle)
    aws.at_stop(responses.close)
    stacks = Stacks(aws)

    def read_template(url: str) -> str:
        return _read_template(aws, url)

    Api.stacks, Api.change_sets, Api.read_template = stacks, [], read_template
    aws.at_stop(lambda: _end_operations(stacks))
    aws.at_reset(lambda: _forget(stacks))
    aws.replace(moto.cloudformation.urls, "url_paths", {**moto.cloudformation.urls.url_paths, "{0}/$": Api.dispatch})
    register_types(
        *moto_types(),
        *map(ApiType, API_TYPES),
        awslambda.Function(),
        awslambda.LayerVersion(),
        bucket_deployment.AutoDeleteObjects(),
        bucket_deployment.BucketDeployment(),
        custom_resource.CustomResource(responses),
        iam.ManagedPolicy(),
        logs.LogGroup(),
        NestedStack(stacks, read_template),
        personalize.Dataset(),
        placeholders.Placeholder("AWS::CDK::Metadata"),
        placeholders.Placeholder("AWS::CloudFormation::WaitConditionHandle"),
        s3.Bucket(),
        s3.BucketPolicy(),
    )


def _forget(stacks: Stacks) -> None:
    _end_operations(stacks)
    stacks.all.clear()
    Api.change_sets.clear()


def _end_operations(stacks: Stacks) -> None:
    """End the operations that still wait for something."""
    for stack in stacks.all:
        if stack.operation is not None:
            stack.operation.superseded = True
            stack.operation.work.cancelled.set()
            stack.idle.wait(_LONGEST_END)


def _read_template(aws: Account, url: str) -> str:
    parts = urlsplit(url)
    host, path = parts.netloc, parts.path.lstrip("/")
    if host.endswith(".amazonaws.com") and not host.startswith("s3"):
        bucket, key = host.split(".", 1)[0], path
    else:
        bucket, _, key = path.partition("/")
    s3 = aws.client("s3")
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except (s3.exceptions.NoSuchKey, s3.exceptions.NoSuchBucket) as error:
        raise TemplateError(f"S3 error: The specified key does not exist. {url}") from error
    return body.decode()
