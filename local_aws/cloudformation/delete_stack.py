"""Deleting a stack."""

from collections.abc import Collection

from local_aws.cloudformation.operation import Operation, delete_in_order, named
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
        failed = delete_in_order(self.work, left, self._policy)
        if failed:
            reason = f"The following resource(s) failed to delete: [{named(failed)}]. "
            self.stack.set_status("DELETE_FAILED", reason)
        else:
            self.stack.set_status("DELETE_COMPLETE")

    def _policy(self, resource: StackResource) -> str:
        if resource.logical_id in self._retained:
            return "Retain"
        return "Retain" if resource.deletion_policy.startswith("Retain") else "Delete"
