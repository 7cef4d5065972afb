"""Updating a stack, with replacement, clean-up and rollback."""

import copy
from collections.abc import Callable, Collection
from typing import Any

from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.operation import Operation, delete_in_order, failed_to, run_in_order, stays_after_rollback
from local_aws.cloudformation.resources import find_type
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template

_RESTORED = ("template", "parameters", "tags", "outputs", "exports", "imports")
"""What a rollback gives back to the stack itself."""

_ATTEMPTS = 3
"""How often the clean-up tries to delete a resource."""


class UpdateStack(Operation):
    """Brings a stack from one template to another; on the first failure back again, unless rollback is disabled.

    Resources that are no longer needed are deleted at the end, in the clean-up phase; nobody's failure there fails
    the update. The clean-up of nested stacks begins when all stacks around them are updated or rolled back.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html

    Args:
        stacks: All stacks.
        stack: The stack.
        template: Its new template.
        parameters: Text of every parameter of the new template.
        tags: Its new tags.
        nested: Whether an operation of the stack around it starts the clean-up.

    Attributes:
        nested: Updates of nested stacks, by stack id, whose clean-up begins with this one's.
    """

    def __init__(
        self,
        stacks: Stacks,
        stack: Stack,
        template: Template,
        parameters: dict[str, str],
        tags: list[dict[str, str]],
        *,
        nested: bool = False,
    ) -> None:
        super().__init__(stacks, stack)
        assert stack.template is not None
        self._template, self._parameters = template, parameters
        self._old = {name: vars(stack)[name] for name in _RESTORED}
        self._before = {name: copy.copy(resource) for name, resource in stack.resources.items()}
        self._touched: set[str] = set()
        self._replaced: list[StackResource] = []
        self._deleted_first: set[str] = set()
        self._unwanted: list[StackResource] = []
        self._restored: set[str] = set()
        self._is_nested = nested
        self.nested: dict[str, UpdateStack] = {}
        self._left: Callable[[], None] | None = None
        self._take_over(stack.operation)
        stack.template, stack.parameters, stack.tags = template, parameters, tags
        stack.last_updated_time = stacks.aws.clock.now()
        stack.begin_operation()
        stack.set_status("UPDATE_IN_PROGRESS", "User Initiated")

    def run(self) -> None:
        """Update the stack; returns when it is complete or rolled back."""
        template = self._template
        scope = self.stacks.scope(self.stack, template, self._parameters)
        reason = self.carry_out(template, scope, self._advance, "update")
        if self.superseded:
            return
        if reason is None:
            kept = scope.present(template.resources).keys()
            self._settle("UPDATE_COMPLETE", lambda: self._delete_unneeded(kept))
        elif self.stack.disable_rollback:
            self.stack.set_status("UPDATE_FAILED", reason)
        else:
            self.rollback(reason)

    def rollback(self, reason: str | None = None, skip: frozenset[str] = frozenset()) -> None:
        """Restore what the stack was; what the failed update made is deleted at the end.

        Args:
            reason: Why, for the stack event.
            skip: Logical ids to take as restored, whatever they are.
        """
        self.stack.set_status("UPDATE_ROLLBACK_IN_PROGRESS", reason)
        vars(self.stack).update(self._old)
        self.work = self.fresh_work()
        self._restored |= skip
        order = {name: resource.dependencies for name, resource in self._before.items()}
        if failed := run_in_order(order, self._restore):
            self.stack.set_status("UPDATE_ROLLBACK_FAILED", failed_to("update", sorted(failed)))
            return
        self._settle("UPDATE_ROLLBACK_COMPLETE", self._delete_created)

    @property
    def is_unfinished(self) -> bool:
        """Whether it can still be rolled back, or gone on with: it stopped, or its clean-up hasn't begun."""
        return self.stack.status == "UPDATE_FAILED" or self._left is not None

    def clean_up(self) -> None:
        """Delete what is no longer needed here and in nested stacks."""
        self.work = self.fresh_work()
        for operation in self.nested.values():
            operation.clean_up()
        left, self._left = self._left, None
        if left is not None:
            left()

    def _settle(self, status: str, left: Callable[[], list[StackResource]]) -> None:
        self.stack.set_status(f"{status}_CLEANUP_IN_PROGRESS")

        def finish() -> None:
            remaining = left()
            self.stack.set_status(status, "One or more resources could not be deleted." if remaining else None)

        self._left = finish
        if not self._is_nested:
            self.clean_up()

    def _take_over(self, before: object) -> None:
        """Go on where an unfinished update stopped; a rollback still leads back to before that one."""
        if isinstance(before, UpdateStack) and before.is_unfinished:
            self._old, self._before, self._touched = before._old, before._before, before._touched
            self._replaced, self._deleted_first, self.nested = before._replaced, before._deleted_first, before.nested

    def _advance(self, entry: StackResource, resolved: Callable[[], dict[str, Any]]) -> bool:
        logical_id, current = entry.logical_id, self.stack.resources.get(entry.logical_id)
        if current is None or current.status in ("CREATE_FAILED", "DELETE_COMPLETE"):
            if current is not None and current.status == "CREATE_FAILED" and current.physical_id:
                self._replaced.append(copy.copy(current))
            self.stack.resources[logical_id] = entry
            return self.work.create(entry, resolved)
        try:
            properties = resolved()
        except TemplateError as error:
            self._touched.add(logical_id)
            return self.work.fail(current, "UPDATE", str(error))
        if properties == current.properties and not current.status.endswith("FAILED"):
            current.take_definition(entry)
            return True
        self._touched.add(logical_id)
        if find_type(entry.type).needs_replacement(current.properties, properties):
            return self._replace(current, entry, properties)
        old = copy.copy(current)
        current.take_definition(entry)
        updated = self.work.update(current, properties)
        if current.physical_id != old.physical_id and updated:
            self._replaced.append(old)
        return updated

    def _replace(self, current: StackResource, entry: StackResource, properties: dict[str, Any]) -> bool:
        if find_type(current.type).deletes_first:
            if not self.work.delete(current, stays=current.update_replace_policy == "Retain"):
                return False
            self._deleted_first.add(current.logical_id)
        else:
            self._replaced.append(copy.copy(current))
        self.stack.resources[current.logical_id] = entry
        return self.work.create(entry, lambda: properties, "UPDATE")

    def _delete_unneeded(self, kept: Collection[str]) -> list[StackResource]:
        removed = [self.stack.resources.pop(name) for name in list(self.stack.resources) if name not in kept]

        def stays(resource: StackResource) -> bool:
            replaced = resource in self._replaced
            return (resource.update_replace_policy if replaced else resource.deletion_policy).startswith("Retain")

        return self._delete([*removed, *self._replaced], stays)

    def _delete_created(self) -> list[StackResource]:
        created = [self.stack.resources.pop(name) for name in list(self.stack.resources) if name not in self._before]
        return self._delete([*created, *self._unwanted], lambda each: each in created and stays_after_rollback(each))

    def _delete(self, resources: list[StackResource], stays: Callable[[StackResource], bool]) -> list[StackResource]:
        """Delete what the clean-up finds, in three attempts; return what is left, no part of the stack any more.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
        """
        for _ in range(_ATTEMPTS):
            resources = delete_in_order(self.work, resources, stays)
        return resources

    def _restore(self, logical_id: str) -> bool:
        if logical_id not in self._touched:
            self.stack.resources[logical_id].take_definition(self._before[logical_id])
            return True
        if logical_id in self._restored:
            return True
        before, current = self._before[logical_id], self.stack.resources[logical_id]
        if logical_id in self._deleted_first:
            restored = self._recreate(before, current)
        elif current.physical_id != before.physical_id and not find_type(current.type).replaces_by_update:
            if current.physical_id is not None:
                self._unwanted.append(current)
            self.stack.resources[logical_id] = copy.copy(before)
            self.stack.set_resource_status(self.stack.resources[logical_id], "UPDATE_COMPLETE")
            restored = True
        elif current.properties == before.properties and current.status == "UPDATE_FAILED":
            self.stack.set_resource_status(current, "UPDATE_COMPLETE")
            restored = True
        else:
            tried = copy.copy(current)
            restored = self.work.update(current, before.properties)
            if current.physical_id != tried.physical_id:
                self._unwanted.append(tried)
        if restored:
            self._restored.add(logical_id)
            self.stack.resources[logical_id].take_definition(before)
        return restored

    def _recreate(self, before: StackResource, current: StackResource) -> bool:
        if current.physical_id is not None and not self.work.delete(current):
            return False
        entry = copy.copy(before)
        entry.physical_id = None
        self.stack.resources[before.logical_id] = entry
        return self.work.create(entry, lambda: before.properties, "UPDATE")
