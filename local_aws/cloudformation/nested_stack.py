"""Nested stacks."""

from collections.abc import Callable
from typing import Any

from local_aws.cloudformation.create_stack import CreateStack
from local_aws.cloudformation.delete_stack import DeleteStack
from local_aws.cloudformation.operation import Operation
from local_aws.cloudformation.parameters import given_values
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError, ResourceType, tag_list
from local_aws.cloudformation.stack import Stack
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template
from local_aws.cloudformation.update_stack import UpdateStack

_ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"


class NestedStack(ResourceType):
    """AWS::CloudFormation::Stack: a stack that belongs to another one.

    Args:
        stacks: All stacks.
        read_template: Reads a template from its S3 URL.
    """

    type = "AWS::CloudFormation::Stack"
    properties = frozenset({"NotificationARNs", "Parameters", "Tags", "TemplateURL", "TimeoutInMinutes"})

    def __init__(self, stacks: Stacks, read_template: Callable[[str], str]) -> None:
        self._stacks = stacks
        self._read_template = read_template

    def create(self, request: Request) -> Outcome:
        template, parameters = self._read(request)
        stack = self._stacks.add(request.generated_name(128), parent=request.stack)
        stack.tags = tag_list(request)
        stack.disable_rollback = request.stack.disable_rollback
        request.initiated(stack.id)
        begin = self._run(CreateStack(self._stacks, stack, template, parameters), request)
        if stack.status != "CREATE_COMPLETE":
            raise ResourceError(f"Embedded stack {stack.id} was not successfully created: {_cause(stack, begin)}")
        return _outcome(stack)

    def update(self, request: Request) -> Outcome:
        stack = self._stack(request)
        if request.stack.status.startswith("UPDATE_ROLLBACK"):
            return self._roll_back(request, stack)
        template, parameters = self._read(request)
        stack.disable_rollback = request.stack.disable_rollback
        operation = UpdateStack(self._stacks, stack, template, parameters, tag_list(request), nested=True)
        request.stack.operation.nested[stack.id] = operation
        begin = self._run(operation, request)
        if stack.status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            raise ResourceError(f"Embedded stack {stack.id} was not successfully updated: {_cause(stack, begin)}")
        return _outcome(stack)

    def _roll_back(self, request: Request, stack: Stack) -> Outcome:
        operation = request.stack.operation.nested.get(stack.id)
        # It isn't there if the update failed before it began, and a failed one has rolled back by itself.
        if operation is not None and stack.status != _ROLLED_BACK:
            begin = len(stack.events)
            operation.rollback()
            if stack.status != _ROLLED_BACK:
                raise ResourceError(
                    f"Embedded stack {stack.id} was not successfully rolled back: {_cause(stack, begin)}"
                )
        return _outcome(stack)

    def delete(self, request: Request) -> None:
        stack = self._stack(request)
        stack.idle.wait()
        begin = self._run(DeleteStack(self._stacks, stack), request)
        if stack.status != "DELETE_COMPLETE":
            raise ResourceError(f"Embedded stack {stack.id} was not successfully deleted: {_cause(stack, begin)}")

    def _stack(self, request: Request) -> Stack:
        stack = self._stacks.find(request.physical_id)
        if stack is None:
            raise ResourceError(f"Stack with id {request.physical_id} does not exist")
        return stack

    def _read(self, request: Request) -> tuple[Template, dict[str, str]]:
        template = Template(self._read_template(request.properties["TemplateURL"]))
        given: Any = request.properties.get("Parameters", {})
        text = [{"ParameterKey": key, "ParameterValue": _text(value)} for key, value in given.items()]
        return template, given_values(template, text, {})

    def _run(self, operation: Operation, request: Request) -> int:
        """Run an operation and return how many events the stack had before."""
        # The parent's cancellation reaches the child, which then ends by itself: rolled back or stopped.
        operation.cancelled = operation.work.cancelled = request.cancelled
        operation.stack.operation = operation
        begin = len(operation.stack.events)
        operation.run()
        return begin


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _cause(stack: Stack, begin: int) -> str:
    failed = (event for event in stack.events[begin:] if event.resource_status.endswith("_FAILED"))
    return next((event.resource_status_reason for event in failed if event.resource_status_reason), stack.reason) or ""


def _outcome(stack: Stack) -> Outcome:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.outputs}
    return Outcome(stack.id, {"Outputs": outputs})
