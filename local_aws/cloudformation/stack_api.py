"""The operations of the CloudFormation API that create, update and delete stacks at once.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html.
"""

import re
from typing import Any

from moto.core.responses import ActionResult

from local_aws import turn
from local_aws.cloudformation.change_set import changes
from local_aws.cloudformation.create_stack import CreateStack
from local_aws.cloudformation.delete_stack import DeleteStack
from local_aws.cloudformation.describe_api import CloudFormationError, DescribeApi, valid
from local_aws.cloudformation.parameters import given_values
from local_aws.cloudformation.stack import Stack
from local_aws.cloudformation.template import Template
from local_aws.cloudformation.update_stack import UpdateStack

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_UPDATABLE = {
    "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED", "UPDATE_FAILED",
    "IMPORT_COMPLETE",
}  # fmt: skip


class StackApi(DescribeApi):
    """Creates, updates and deletes stacks."""

    def create_stack(self) -> ActionResult:
        name = self._new_name("StackName")
        if self.stacks.find(name) is not None:
            raise CloudFormationError("AlreadyExistsException", f"Stack [{name}] already exists")
        template, parameters, settings = self._given()
        stack = self.stacks.add(name)
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection", False) or False
        try:
            self._create(stack, template, parameters, settings)
        except CloudFormationError:
            self.stacks.all.remove(stack)
            raise
        return ActionResult({"StackId": stack.id})

    def update_stack(self) -> ActionResult:
        stack = self._existing()
        self._check_updatable(stack)
        template, parameters, settings = self._given(stack)
        found = valid(lambda: changes(self.stacks, stack, template, parameters))
        if not found and not differs(stack, template, parameters, settings):
            raise CloudFormationError("No updates are to be performed.")
        self._update(stack, template, parameters, settings)
        return ActionResult({"StackId": stack.id})

    def delete_stack(self) -> ActionResult:
        stack = self.stacks.find(self._get_param("StackName"))
        if stack is None or stack.status in ("DELETE_COMPLETE", "DELETE_IN_PROGRESS"):
            return ActionResult({})
        if stack.enable_termination_protection:
            raise CloudFormationError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
        valid(lambda: self.stacks.check_exports(stack, {}))
        if stack.status == "REVIEW_IN_PROGRESS":
            stack.set_status("DELETE_COMPLETE")
        elif stack.in_progress and stack.status != "CREATE_IN_PROGRESS":
            raise CloudFormationError(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
        else:
            if stack.in_progress:
                stack.operation.superseded = True
                stack.operation.cancelled.set()
                turn.aside(stack.idle.wait)
            DeleteStack(self.stacks, stack, self._get_param("RetainResources") or ()).start()
        self._forget_change_sets(stack)
        return ActionResult({})

    def cancel_update_stack(self) -> ActionResult:
        stack = self._existing()
        if stack.status != "UPDATE_IN_PROGRESS":
            raise CloudFormationError(f"CancelUpdateStack cannot be called from current stack status {stack.status}")
        stack.operation.cancelled.set()
        return ActionResult({})

    def rollback_stack(self) -> ActionResult:
        stack = self._existing()
        if stack.status not in ("CREATE_FAILED", "UPDATE_FAILED"):
            raise CloudFormationError(f"Stack [{stack.name}] is in {stack.status} state and can not be rolled back")
        operation = stack.operation
        stack.begin_operation()
        operation.start(lambda: operation.rollback("User Initiated"))
        return ActionResult({"StackId": stack.id})

    def continue_update_rollback(self) -> ActionResult:
        stack = self._existing()
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise CloudFormationError(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
        operation, skip = stack.operation, frozenset(self._get_param("ResourcesToSkip") or ())
        stack.begin_operation()
        operation.start(lambda: operation.rollback("User Initiated", skip))
        return ActionResult({})

    def update_termination_protection(self) -> ActionResult:
        stack = self._existing()
        stack.enable_termination_protection = bool(self._get_bool_param("EnableTerminationProtection"))
        return ActionResult({"StackId": stack.id})

    def _create(self, stack: Stack, template: Template, parameters: dict[str, str], settings: dict[str, Any]) -> None:
        valid(lambda: self.stacks.check(stack, template, parameters))
        vars(stack).update(settings)
        CreateStack(self.stacks, stack, template, parameters).start()

    def _update(self, stack: Stack, template: Template, parameters: dict[str, str], settings: dict[str, Any]) -> None:
        valid(lambda: self.stacks.check(stack, template, parameters))
        self._check_updatable(stack)
        vars(stack).update({**settings, "tags": stack.tags})
        UpdateStack(self.stacks, stack, template, parameters, settings["tags"]).start()

    def _given(self, stack: Stack | None = None) -> tuple[Template, dict[str, str], dict[str, Any]]:
        """The template, parameters and settings that a request gives, or leaves as they are."""
        kept = stack.template if stack and self._get_bool_param("UsePreviousTemplate") else None
        if kept and (self._get_param("TemplateBody") or self._get_param("TemplateURL")):
            raise CloudFormationError("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
        template, previous = kept or self._given_template(), stack.parameters if stack else {}
        parameters = valid(lambda: given_values(template, self._get_param("Parameters") or [], previous))
        capabilities = self._get_param("Capabilities") or []
        required = template.required_capabilities()
        if required and not {*required, "CAPABILITY_NAMED_IAM"} & set(capabilities):
            raise CloudFormationError(
                "InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(required)}]"
            )
        # The stack's attributes.
        settings = {
            "capabilities": capabilities,
            "disable_rollback": self._get_bool_param("DisableRollback", False) or False,
            "notification_arns": self._get_param("NotificationARNs", stack.notification_arns if stack else []),
            "role_arn": self._get_param("RoleARN"),
            "tags": self._get_param("Tags", stack.tags if stack else []),
            "timeout_in_minutes": self._get_param("TimeoutInMinutes", stack.timeout_in_minutes if stack else None),
        }
        return template, parameters, settings

    def _new_name(self, member: str) -> str:
        name: str = self._get_param(member)
        if not _NAME.fullmatch(name):
            raise CloudFormationError(
                f"1 validation error detected: Value '{name}' at '{member[0].lower()}{member[1:]}' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
            )
        return name

    def _check_updatable(self, stack: Stack) -> None:
        if stack.status not in _UPDATABLE:
            raise CloudFormationError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")

    def _forget_change_sets(self, stack: Stack) -> None:
        self.change_sets[:] = [item for item in self.change_sets if item.stack is not stack]


def differs(stack: Stack, template: Template, parameters: dict[str, str], settings: dict[str, Any]) -> bool:
    """Whether an update to this template would change the stack in any way, its resources aside."""
    if stack.template is None:
        return True
    old, new = ({**item.content, "Metadata": None} for item in (stack.template, template))
    return (old, stack.parameters, stack.tags) != (new, parameters, settings["tags"])
