"""CloudFormation's API, as far as the function asks it."""

from collections.abc import Callable
from typing import Any

from simulator.faults import ServiceError
from simulator.stack import Stack


class CloudFormation:
    """DescribeStackResource and DescribeStacks over some stacks."""

    def __init__(self, stacks: Callable[[], list[Stack]]) -> None:
        self._stacks = stacks

    def serve(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call.

        Raises:
            ServiceError: as the service would.
        """
        stack_id = params["StackName"]
        stack = next((stack for stack in self._stacks() if stack.stack_id == stack_id), None)
        if stack is None:
            raise ServiceError("ValidationError", f"Stack '{stack_id}' does not exist")
        if operation == "DescribeStacks":
            return {"body": _stacks(stack).encode()}
        if operation != "DescribeStackResource":
            raise ServiceError("InvalidAction", f"{operation} is not simulated")
        name = params["LogicalResourceId"]
        if name not in stack.parts.statuses:
            raise ServiceError("ValidationError", f"Resource {name} does not exist for stack {stack_id}")
        resource = stack.resources.get(name)
        physical_id = f"<PhysicalResourceId>{resource.physical_id}</PhysicalResourceId>" if resource else ""
        xml = (
            '<DescribeStackResourceResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
            f"<DescribeStackResourceResult><StackResourceDetail><StackId>{stack_id}</StackId>"
            f"<LogicalResourceId>{name}</LogicalResourceId>{physical_id}<ResourceType>Custom::PersonalizeDatasetImportJob</ResourceType>"
            "<LastUpdatedTimestamp>2027-01-15T08:00:00.000Z</LastUpdatedTimestamp>"
            f"<ResourceStatus>{stack.parts.statuses[name]}</ResourceStatus>"
            "</StackResourceDetail></DescribeStackResourceResult></DescribeStackResourceResponse>"
        )
        return {"body": xml.encode()}


def _stacks(stack: Stack) -> str:
    return (
        '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
        f"<Stacks><member><StackId>{stack.stack_id}</StackId><StackName>{stack.name}</StackName>"
        f"<CreationTime>2027-01-15T08:00:00.000Z</CreationTime><StackStatus>{stack.status}</StackStatus>"
        "</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
