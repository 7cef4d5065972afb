"""AWS CloudFormation with an engine of its own: moto's server routes and serialises, everything else is here.

Stacks are executed in the background, resource by resource, by calling each service's API; events, rollback,
replacement, clean-up and custom resources follow CloudFormation.
"""

import moto.cloudformation.urls

from local_aws import turn
from local_aws.account import Account
from local_aws.cloudformation.api import Api
from local_aws.cloudformation.nested_stack import NestedStack
from local_aws.cloudformation.resources import bucket_deployment, custom_resource
from local_aws.cloudformation.resources import register as register_types
from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.api_types import API_TYPES
from local_aws.cloudformation.resources.awslambda import FUNCTION
from local_aws.cloudformation.resources.base import Placeholder
from local_aws.cloudformation.resources.logs import LOG_GROUP
from local_aws.cloudformation.resources.moto_types import moto_types
from local_aws.cloudformation.resources.personalize import DATASET
from local_aws.cloudformation.resources.s3 import BUCKET, BUCKET_POLICY
from local_aws.cloudformation.response_url import ResponseServer
from local_aws.cloudformation.stacks import Stacks

_LONGEST_END = 5.0
"""Real seconds to wait for a cancelled operation's last API call."""


def register(aws: Account) -> None:
    """Put this CloudFormation in the place of moto's, with no stacks."""
    responses = ResponseServer(aws.clock, aws.ca_bundle)
    aws.at_stop(responses.close)
    stacks = Stacks(aws)
    Api.stacks, Api.change_sets = stacks, []
    aws.at_stop(lambda: _end_operations(stacks))
    aws.at_reset(lambda: _forget(stacks))
    aws.replace(moto.cloudformation.urls, "url_paths", {**moto.cloudformation.urls.url_paths, "{0}/$": Api.dispatch})
    register_types(
        *moto_types(),
        *map(ApiType, (*API_TYPES, BUCKET, BUCKET_POLICY, DATASET, FUNCTION, LOG_GROUP)),
        bucket_deployment.AutoDeleteObjects(),
        bucket_deployment.BucketDeployment(),
        custom_resource.CustomResource(responses),
        NestedStack(stacks),
        Placeholder("AWS::CDK::Metadata"),
        Placeholder("AWS::CloudFormation::WaitConditionHandle"),
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
            turn.aside(stack.idle.wait, _LONGEST_END)
