"""Nested stacks."""

from collections.abc import Callable

from local_aws.cloudformation.create_stack import CreateStack
from local_aws.cloudformation.delete_stack import DeleteStack
from local_aws.cloudformation.intrinsics import text
from local_aws.cloudformation.operation import Operation
from local_aws.cloudformation.parameters import given_values
from local_aws.cloudformation.resources.base import Request, ResourceError, ResourceType, tag_list
from local_aws.cloudformation.stack import Stack
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template
from local_aws.cloudformation.update_stack import UpdateStack

_ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"


class NestedStack(ResourceType):
    """AWS::CloudFormation::Stack: a stack that belongs to another one.

    Args:
        stacks: All stacks.
    """

    type = "AWS::CloudFormation::Stack"
    properties = frozenset({"NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes"})

    def __init__(self, stacks: Stacks) -> None:
        self._stacks = stacks

    def has_attribute(self, name: str) -> bool:
        return name.startswith("Outputs.")

    def create(self, request: Request) -> None:
        template, parameters = _read(request)
        stack = self._stacks.add(request.generated_name(128), parent=request.stack)
        stack.tags = tag_list(request)
        stack.timeout_in_minutes = int(request.properties.get("TimeoutInMinutes", 0)) or None
        stack.disable_rollback = request.stack.disable_rollback
        stack.notification_arns = request.properties.get("NotificationARNs", [])
        request.initiated(stack.id)
        operation = CreateStack(self._stacks, stack, template, parameters)
        _run(request, stack, _linked(operation, request), "created", "CREATE_COMPLETE")

    def update(self, request: Request) -> None:
        stack = self._stack(request)
        if request.stack.status.startswith("UPDATE_ROLLBACK"):
            begun = request.stack.operation.nested.get(stack.id)
            # It isn't there if the update failed before it began, and a failed one has rolled back by itself.
            left = begun is not None and stack.status != _ROLLED_BACK
            _run(request, stack, begun.rollback if left else None, "rolled back", _ROLLED_BACK)
            return
        template, parameters = _read(request)
        stack.disable_rollback = request.stack.disable_rollback
        stack.notification_arns = request.properties.get("NotificationARNs", [])
        operation = UpdateStack(self._stacks, stack, template, parameters, tag_list(request), nested=True)
        request.stack.operation.nested[stack.id] = operation
        _run(request, stack, _linked(operation, request), "updated", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")

    def delete(self, request: Request) -> None:
        stack = self._stack(request)
        stack.idle.wait()
        _run(request, stack, _linked(DeleteStack(self._stacks, stack), request), "deleted", "DELETE_COMPLETE")

    def _stack(self, request: Request) -> Stack:
        stack = self._stacks.find(request.physical_id)
        if stack is None:
            raise ResourceError(f"Stack with id {request.physical_id} does not exist")
        return stack


def _read(request: Request) -> tuple[Template, dict[str, str]]:
    template, given = Template.read(request.properties["TemplateURL"]), request.properties.get("Parameters", {})
    parameters = [{"ParameterKey": key, "ParameterValue": text(value)} for key, value in given.items()]
    return template, given_values(template, parameters, {})


def _linked(operation: Operation, request: Request) -> Callable[[], None]:
    """What runs an operation for the stack around."""
    # The parent's cancellation reaches the child, which then ends by itself: rolled back or stopped.
    operation.cancelled = operation.work.cancelled = request.cancelled
    operation.stack.operation = operation
    return operation.run


def _run(request: Request, stack: Stack, run: Callable[[], None] | None, done: str, status: str) -> None:
    """Run an operation, if any, after which the stack should have a status, and tell the stack around its outputs."""
    begin = len(stack.events)
    if run is not None:
        run()
        if stack.status != status:
            failed = (event for event in stack.events[begin:] if event.resource_status.endswith("_FAILED"))
            reasons = (event.resource_status_reason for event in failed if event.resource_status_reason)
            cause = next(reasons, stack.reason) or ""
            raise ResourceError(f"Embedded stack {stack.id} was not successfully {done}: {cause}")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.outputs}
    request.resource.attributes = {"Outputs": outputs}
