"""AWS CloudFormation with an engine of its own: moto's server routes and serialises, everything else is here.

Stacks are executed in the background, resource by resource, by calling each service's API; events, rollback,
replacement, clean-up and custom resources follow CloudFormation.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import moto.cloudformation.urls

from local_aws.cloudformation.api import Api
from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.resources import (
    awslambda,
    bucket_deployment,
    custom_resource,
    ecr,
    iam,
    kms,
    logs,
    nested_stack,
    personalize,
    placeholders,
    s3,
    scheduler,
    sns,
    ssm,
)
from local_aws.cloudformation.resources import register as register_types
from local_aws.cloudformation.response_url import ResponseServer
from local_aws.cloudformation.stacks import Stacks

if TYPE_CHECKING:
    from local_aws.server import LocalAws

_LONGEST_END = 5.0
"""Real seconds to wait for a cancelled operation's last API call."""

_responses: ResponseServer | None = None


def register(local_aws: "LocalAws") -> None:
    """Put this CloudFormation in the place of moto's, with no stacks.

    Args:
        local_aws: The embedded AWS that starts.
    """
    global _responses
    _responses = ResponseServer(local_aws.clock, local_aws.directory, local_aws.ca_bundle)
    stacks = Stacks(local_aws)

    def read_template(url: str) -> str:
        return _read_template(local_aws, url)

    Api.stacks, Api.change_sets, Api.read_template = stacks, [], read_template
    moto.cloudformation.urls.url_paths["{0}/$"] = Api.dispatch
    register_types(
        awslambda.EventInvokeConfig(),
        awslambda.Function(),
        awslambda.LayerVersion(),
        awslambda.Permission(),
        bucket_deployment.AutoDeleteObjects(),
        bucket_deployment.BucketDeployment(),
        custom_resource.CustomResource(_responses),
        ecr.Repository(),
        iam.ManagedPolicy(),
        iam.Policy(),
        iam.Role(),
        kms.Alias(),
        kms.Key(),
        logs.LogGroup(),
        nested_stack.NestedStack(stacks, read_template),
        personalize.Dataset(),
        personalize.DatasetGroup(),
        personalize.EventTracker(),
        personalize.Schema(),
        personalize.Solution(),
        placeholders.Metadata(),
        placeholders.WaitConditionHandle(),
        s3.Bucket(),
        s3.BucketPolicy(),
        scheduler.ScheduleGroup(),
        sns.Topic(),
        ssm.Parameter(),
    )


def close() -> None:
    """Stop taking replies of custom resources, and end the operations that still wait for something."""
    for stack in Api.stacks.all:
        if stack.operation is not None:
            stack.operation.superseded = True
            stack.operation.work.cancelled.set()
            stack.idle.wait(_LONGEST_END)
    if _responses is not None:
        _responses.close()


def _read_template(local_aws: "LocalAws", url: str) -> str:
    parts = urlsplit(url)
    host, path = parts.netloc, parts.path.lstrip("/")
    if host.endswith(".amazonaws.com") and not host.startswith("s3"):
        bucket, key = host.split(".", 1)[0], path
    else:
        bucket, _, key = path.partition("/")
    s3 = local_aws.client("s3")
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except (s3.exceptions.NoSuchKey, s3.exceptions.NoSuchBucket) as error:
        raise TemplateError(f"S3 error: The specified key does not exist. {url}") from error
    return body.decode()
