"""Resource types without a service behind them."""

import uuid

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType


class Metadata(ResourceType):
    """AWS::CDK::Metadata: what the CDK notes about an app; nothing comes of it."""

    type = "AWS::CDK::Metadata"
    properties = frozenset({"Analytics"})

    def create(self, request: Request) -> Outcome:
        physical_id = str(uuid.uuid4())
        request.initiated(physical_id)
        return Outcome(physical_id)

    def update(self, request: Request) -> Outcome:
        return Outcome(request.physical_id)

    def delete(self, request: Request) -> None:  # noqa: ARG002
        return


class WaitConditionHandle(ResourceType):
    """AWS::CloudFormation::WaitConditionHandle: a name for nothing, as CDK uses it in otherwise empty stacks."""

    type = "AWS::CloudFormation::WaitConditionHandle"
    properties = frozenset()

    def create(self, request: Request) -> Outcome:
        physical_id = f"https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/{uuid.uuid4()}"
        request.initiated(physical_id)
        return Outcome(physical_id)

    def delete(self, request: Request) -> None:  # noqa: ARG002
        return
