"""Resource types without a service behind them."""

import uuid

from local_aws.cloudformation.resources.base import Request, ResourceType


class Placeholder(ResourceType):
    """A type of which nothing comes: what the CDK notes about an app, or a name for nothing in an empty stack.

    Args:
        type_name: The type's name in templates.
    """

    def __init__(self, type_name: str) -> None:
        self.type = type_name

    def create(self, request: Request) -> None:
        request.initiated(f"https://cloudformation-waitcondition-us-east-1.s3.amazonaws.com/{uuid.uuid4()}")
