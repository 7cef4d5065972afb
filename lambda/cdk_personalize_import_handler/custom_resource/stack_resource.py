"""What CloudFormation itself says of the resource and its stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cdk_personalize_import_handler.custom_resource.request import Request

logger = logging.getLogger(__name__)

_OPEN = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})
_FAILED = frozenset({"CREATE_FAILED", "UPDATE_FAILED"})


def is_waiting(client: Any, request: Request) -> bool:
    """Return whether CloudFormation still waits for a Create or an Update; True where that can't be seen.

    Args:
        client: A CloudFormation client.
        request: A Create or an Update.
    """
    detail = _detail(client, request)
    return detail is None or detail["ResourceStatus"] in _OPEN


def lives_on(client: Any, request: Request) -> bool | None:
    """Return whether a Delete only cleans up an id that an Update has replaced, None where that can't be seen now.

    Args:
        client: A CloudFormation client.
        request: A Delete.
    """
    detail = _detail(client, request)
    if detail is None:
        return None
    if detail["ResourceStatus"].startswith("DELETE"):
        return False
    return bool(detail["PhysicalResourceId"] != request.physical_resource_id)


@dataclass(frozen=True)
class Deployed:
    """How deployments have left the resource, or are changing it.

    Attributes:
        status: Its status, empty where that can't be seen.
        physical_id: Its PhysicalResourceId, empty where it has none.
        is_changing: Whether CloudFormation waits for the resource, or is about to roll it back.
    """

    status: str = ""
    physical_id: str = ""
    is_changing: bool = False

    @property
    def is_going(self) -> bool:
        """Whether the resource is gone or being deleted."""
        return self.status.startswith("DELETE")

    @property
    def is_gone(self) -> bool:
        """Whether the resource has been deleted."""
        return self.status == "DELETE_COMPLETE"


def deployed(client: Any, request: Request) -> Deployed:
    """Return what became of the resource.

    Args:
        client: A CloudFormation client.
        request: Any request of the resource.
    """
    detail = _detail(client, request)
    if detail is None:
        return Deployed()
    status, physical_id = detail["ResourceStatus"], detail["PhysicalResourceId"]
    if status not in _FAILED:
        return Deployed(status, physical_id, is_changing=status in _OPEN)
    # A request that CloudFormation has cancelled may be at work yet, until its rollback comes.
    stack_status = _stack_status(client, request)
    return Deployed(status, physical_id, stack_status.endswith("IN_PROGRESS")) if stack_status else Deployed()


def stands(client: Any, request: Request) -> bool | None:
    """Return whether the resource is as an answered request left it, None where that can't be seen now.

    Args:
        client: A CloudFormation client.
        request: An Update that was answered.
    """
    detail = _detail(client, request)
    if detail is None:
        return None
    if detail["ResourceStatus"].startswith("DELETE"):
        return False
    if detail["ResourceStatus"] != "UPDATE_COMPLETE":
        return None
    return bool(detail["PhysicalResourceId"] == request.physical_resource_id)


def is_rolling_back(client: Any, request: Request) -> bool | None:
    """Return whether the request's stack is being rolled back, None where that can't be seen now.

    Args:
        client: A CloudFormation client.
        request: An Update.
    """
    status = _stack_status(client, request)
    return "ROLLBACK" in status if status else None


def _stack_status(client: Any, request: Request) -> str:
    """The status of the stack, empty where it can't be seen."""
    try:
        (stack,) = client.describe_stacks(StackName=request.stack_id)["Stacks"]
    except Exception as error:  # whatever goes wrong with the question, the request is answered
        logger.warning("CloudFormation could not be asked about the stack (%s)", error)
        return ""
    return str(stack["StackStatus"])


def _detail(client: Any, request: Request) -> dict[str, str] | None:
    """What CloudFormation says, None where it can't be asked."""
    try:
        response = client.describe_stack_resource(
            StackName=request.stack_id, LogicalResourceId=request.logical_resource_id
        )
    except Exception as error:  # whatever goes wrong with the question must not stop an import
        if isinstance(error, ClientError) and error.response["Error"]["Code"] == "ValidationError":
            return {"ResourceStatus": "DELETE_COMPLETE", "PhysicalResourceId": ""}  # The stack or the resource is gone.
        logger.warning("CloudFormation could not be asked about the resource (%s)", error)
        return None
    detail = response["StackResourceDetail"]
    return {"ResourceStatus": detail["ResourceStatus"], "PhysicalResourceId": detail.get("PhysicalResourceId", "")}
