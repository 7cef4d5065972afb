"""The CloudFormation API, of which this module holds the operations on change sets.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html.
"""

import contextlib
from typing import Any

from moto.core.responses import ActionResult

from local_aws.cloudformation.change_set import NO_CHANGES, ChangeSet, changes
from local_aws.cloudformation.describe_api import CloudFormationError
from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.stack_api import StackApi, differs


class Api(StackApi):
    """Creates stacks and updates them by change sets."""

    def create_change_set(self) -> ActionResult:
        kind = self._get_param("ChangeSetType") or "UPDATE"
        name, stack = self._new_name("ChangeSetName"), self.stacks.find(self._get_param("StackName"))
        if kind == "CREATE":
            template, parameters, settings = self._given()
            if stack is None:
                stack = self.stacks.add(self._new_name("StackName"))
                stack.set_status("REVIEW_IN_PROGRESS", "User Initiated")
            elif stack.status != "REVIEW_IN_PROGRESS":
                raise CloudFormationError(
                    f"Stack [{stack.name}] already exists and cannot be created again with the changeSet [{name}]."
                )
        elif kind == "UPDATE":
            stack = self._existing()
            self._check_updatable(stack)
            template, parameters, settings = self._given(stack)
        else:
            raise CloudFormationError(f"The embedded AWS doesn't support change sets of type {kind}")
        now, description = self.stacks.aws.clock.now(), self._get_param("Description")
        created = ChangeSet(name, stack, kind, template, parameters, settings, now, description)
        self._work_out(created)
        self.change_sets[:] = [item for item in self.change_sets if (item.stack, item.change_set_name) != (stack, name)]
        self.change_sets.append(created)
        return ActionResult({"Id": created.change_set_id, "StackId": stack.id})

    def describe_change_set(self) -> ActionResult:
        found = self._change_set()
        keep = {"BeforeContext", "AfterContext"} if self._get_bool_param("IncludePropertyValues") else set()
        changes = [{"Type": "Resource", "ResourceChange": _without_values(c, keep)} for c in found.resource_changes]
        return ActionResult({**found.described(), "Changes": changes})

    def list_change_sets(self) -> ActionResult:
        stack = self._existing()
        active = [item for item in self.change_sets if item.stack is stack and not item.is_executed]
        return ActionResult({"Summaries": [item.described() for item in active]})

    def delete_change_set(self) -> ActionResult:
        with contextlib.suppress(CloudFormationError):
            self.change_sets.remove(self._change_set())
        return ActionResult({})

    def execute_change_set(self) -> ActionResult:
        found = self._change_set()
        if found.execution_status != "AVAILABLE":
            what = (
                f"execution status of [{found.execution_status}]"
                if found.is_executed
                else f"status of [{found.status}]"
            )
            raise CloudFormationError(
                "InvalidChangeSetStatus", f"ChangeSet [{found.change_set_id}] cannot be executed in its current {what}"
            )
        settings = found.settings | {"disable_rollback": self._get_bool_param("DisableRollback", False) or False}
        if found.kind == "CREATE":
            self._create(found.stack, found.template, found.values, settings)
        else:
            self._update(found.stack, found.template, found.values, settings)
        self._forget_change_sets(found.stack)
        found.is_executed = True
        self.change_sets.append(found)
        return ActionResult({})

    def _work_out(self, change_set: ChangeSet) -> None:
        stack = change_set.stack
        try:
            self.stacks.check(stack, change_set.template, change_set.values)
            change_set.resource_changes = changes(self.stacks, stack, change_set.template, change_set.values)
        except TemplateError as error:
            change_set.status, change_set.status_reason = "FAILED", str(error)
        else:
            same = not differs(stack, change_set.template, change_set.values, change_set.settings)
            if change_set.kind == "UPDATE" and not change_set.resource_changes and same:
                change_set.status, change_set.status_reason = "FAILED", NO_CHANGES

    def _change_set(self) -> ChangeSet:
        name, stack_name = self._get_param("ChangeSetName"), self._get_param("StackName")
        if not stack_name and not name.startswith("arn:"):
            raise CloudFormationError("StackName must be specified if ChangeSetName is not specified as an ARN.")
        for item in self.change_sets:
            if item.change_set_id == name or (
                item.change_set_name == name and stack_name in (item.stack.name, item.stack.id)
            ):
                return item
        raise CloudFormationError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")


def _without_values(change: dict[str, Any], keep: set[str]) -> dict[str, Any]:
    return {key: value for key, value in change.items() if not key.endswith("Context") or key in keep}
