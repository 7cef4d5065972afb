"""Deleting a stack."""

from collections.abc import Collection

from local_aws.cloudformation.operation import Operation, delete_in_order, failed_to
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks


class DeleteStack(Operation):
    """Deletes every resource of a stack, dependents first; what can't be deleted fails the deletion.

    Args:
        stacks: All stacks.
        stack: The stack.
        retained: Logical ids to leave alone, after a deletion that failed on them.
    """

    def __init__(self, stacks: Stacks, stack: Stack, retained: Collection[str] = ()) -> None:
        super().__init__(stacks, stack)
        self._retained = retained
        stack.begin_operation()
        stack.set_status("DELETE_IN_PROGRESS", "User Initiated")

    def run(self) -> None:
        """Delete the stack; returns when it is gone or the deletion failed."""
        left = [
            resource
            for resource in self.stack.resources.values()
            if resource.status not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
        ]
        if failed := delete_in_order(self.work, left, self._stays):
            self.stack.set_status("DELETE_FAILED", failed_to("delete", failed))
        else:
            self.stack.set_status("DELETE_COMPLETE")

    def _stays(self, resource: StackResource) -> bool:
        return resource.logical_id in self._retained or resource.deletion_policy.startswith("Retain")
