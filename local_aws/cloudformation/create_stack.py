"""Creating a stack, and rolling the creation back."""

from collections.abc import Callable
from typing import Any

from local_aws.cloudformation.operation import Operation, delete_in_order, failed_to, stays_after_rollback
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template


class CreateStack(Operation):
    """Creates every resource of a template; on the first failure deletes them again, unless rollback is disabled.

    Args:
        stacks: All stacks.
        stack: The stack, empty so far.
        template: Its template.
        parameters: Text of every parameter.
    """

    def __init__(self, stacks: Stacks, stack: Stack, template: Template, parameters: dict[str, str]) -> None:
        super().__init__(stacks, stack)
        stack.template, stack.parameters = template, parameters
        self._template = template
        self._scope = stacks.scope(stack, template, parameters)
        self._is_too_late = False
        self.stack.begin_operation()
        self.stack.set_status("CREATE_IN_PROGRESS", "User Initiated")

    def run(self) -> None:
        """Create the stack; returns when it is complete or rolled back."""
        if minutes := self.stack.timeout_in_minutes:
            self.stacks.aws.timers.at(self.stacks.aws.clock.time() + minutes * 60, self._time_out)
        reason = self.carry_out(self._template, self._scope, self._create, "create")
        if self._is_too_late:
            reason = "Stack creation time exceeded the specified timeout. "
        if self.superseded:
            return
        if reason is None:
            self.stack.set_status("CREATE_COMPLETE")
        elif self.stack.disable_rollback:
            self.stack.set_status("CREATE_FAILED", reason)
        else:
            self.rollback(f"{reason}Rollback requested by user.")

    def rollback(self, reason: str | None = None) -> None:
        """Delete everything that was created; resources with deletion policy Retain stay."""
        self.stack.set_status("ROLLBACK_IN_PROGRESS", reason)
        self.work = self.fresh_work()
        if failed := delete_in_order(self.work, list(self.stack.resources.values()), stays_after_rollback):
            self.stack.set_status("ROLLBACK_FAILED", failed_to("delete", failed))
        else:
            self.stack.set_status("ROLLBACK_COMPLETE")

    def _time_out(self) -> None:
        if self.stack.status == "CREATE_IN_PROGRESS":
            self._is_too_late = True
            self.cancelled.set()

    def _create(self, entry: StackResource, properties: Callable[[], dict[str, Any]]) -> bool:
        self.stack.resources[entry.logical_id] = entry
        return self.work.create(entry, properties)
