"""Change sets: what an update of a stack would do, worked out before anything is done.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from local_aws.cloudformation.intrinsics import UNKNOWN, Scope, TemplateError
from local_aws.cloudformation.resources import find_type
from local_aws.cloudformation.resources.base import ResourceType, document
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template

NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


@dataclass
class ChangeSet:
    """A change set; what the API shows of it has the API's names.

    Attributes:
        change_set_name: Its name.
        stack: The stack that it would create or update.
        kind: CREATE or UPDATE.
        template: The template that it would deploy.
        values: Text of every parameter.
        settings: The stack's settings that it would apply: tags, capabilities and so on.
        creation_time: When it was created.
        description: The caller's words.
        status: CREATE_COMPLETE or FAILED.
        status_reason: Why it has failed.
        resource_changes: The resource changes, as the API describes them.
        is_executed: Whether it is, or was, carried out.
        change_set_id: Its ARN.
    """

    change_set_name: str
    stack: Stack
    kind: str
    template: Template
    values: dict[str, str]
    settings: dict[str, Any]
    creation_time: datetime
    description: str | None = None
    status: str = "CREATE_COMPLETE"
    status_reason: str | None = None
    resource_changes: list[dict[str, Any]] = field(default_factory=list)
    is_executed: bool = False
    change_set_id: str = field(init=False)

    def __post_init__(self) -> None:
        account = self.stack.id.partition(":stack/")[0]
        self.change_set_id = f"{account}:changeSet/{self.change_set_name}/{uuid.uuid4()}"

    @property
    def execution_status(self) -> str:
        """Whether it can be executed, or how that went."""
        if not self.is_executed:
            return "UNAVAILABLE" if self.status == "FAILED" else "AVAILABLE"
        if self.stack.in_progress:
            return "EXECUTE_IN_PROGRESS"
        return "EXECUTE_COMPLETE" if self.stack.status == f"{self.kind}_COMPLETE" else "EXECUTE_FAILED"

    def described(self) -> dict[str, Any]:
        """Return its members as DescribeChangeSet and ListChangeSets show them."""
        return vars(self) | {
            "execution_status": self.execution_status,
            "stack_id": self.stack.id,
            "stack_name": self.stack.name,
            "parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in self.values.items()],
            "capabilities": self.settings["capabilities"],
            "tags": self.settings["tags"],
        }


def changes(stacks: Stacks, stack: Stack, template: Template, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what bringing a stack to a template changes, in the form of DescribeChangeSet.

    Raises:
        TemplateError: If a property can't be resolved, or a resource changes its type.
    """
    return _Comparison(stacks, stack, template, parameters).changes()


class _Comparison:
    def __init__(self, stacks: Stacks, stack: Stack, template: Template, parameters: Mapping[str, str]) -> None:
        self._stack, self._template = stack, template
        live = stacks.scope(stack, template, parameters)
        self._new: set[str] = set()

        def ref(name: str) -> str:
            return UNKNOWN if name in self._new else live.ref(name)

        def get_att(name: str, attribute: str) -> Any:
            return UNKNOWN if name in self._new else live.get_att(name, attribute)

        self._scope: Scope = replace(live, ref=ref, get_att=get_att)

    def changes(self) -> list[dict[str, Any]]:
        found = []
        present = self._scope.present(self._template.resources)
        for name in TopologicalSorter(self._template.dependencies).static_order():
            if name in present:
                found += self._change(name, present[name])
        removed = [resource for name, resource in self._stack.resources.items() if name not in present]
        return found + [_described("Remove", resource, _policy(resource.deletion_policy)) for resource in removed]

    def _change(self, name: str, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
        current = self._stack.resources.get(name)
        if current is None or current.status == "CREATE_FAILED":
            self._new.add(name)
            return [_described("Add", StackResource(name, definition["Type"]))]
        if current.type != definition["Type"]:
            raise TemplateError(
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                f"resources: [{name}]"
            )
        properties = self._scope.resolve(definition.get("Properties") or {})
        kind = find_type(definition["Type"])
        names = sorted(key for key in {*current.properties, *properties} if current.properties.get(key)
                       != properties.get(key))  # fmt: skip
        if not names:
            if current.metadata == definition.get("Metadata"):
                return []
            return [_described("Modify", current) | {"Replacement": "False", "Scope": ["Metadata"], "Details": []}]
        replacement = self._replacement(kind, current, properties)
        if replacement != "False" or kind.replaces_by_update:
            self._new.add(name)
        action = None if replacement == "False" else _policy(current.update_replace_policy, "ReplaceAnd")
        changed = {
            "Replacement": replacement,
            "Scope": ["Properties"],
            "Details": [_detail(key, kind, current.properties.get(key), properties.get(key)) for key in names],
            "BeforeContext": json.dumps({"Properties": current.properties, "Metadata": current.metadata or {}}),
            "AfterContext": json.dumps({"Properties": properties, "Metadata": definition.get("Metadata") or {}}),
        }
        return [_described("Modify", current, action) | changed]

    def _replacement(self, kind: ResourceType, current: StackResource, new: dict[str, Any]) -> str:
        if not kind.needs_replacement(current.properties, new):
            return "False"
        changed = [key for key in kind.create_only if current.properties.get(key) != new.get(key)]
        return "Conditional" if all(UNKNOWN in json.dumps(new.get(key)) for key in changed) else "True"


def _described(action: str, resource: StackResource, policy_action: str | None = None) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "Scope": [],
        "Details": [],
        "PhysicalResourceId": resource.physical_id,
        "PolicyAction": policy_action,
    }


def _policy(policy: str, prefix: str = "") -> str:
    return prefix + ("Retain" if policy.startswith("Retain") else "Delete")


def _detail(name: str, kind: ResourceType, before: Any, after: Any) -> dict[str, Any]:
    unknown = UNKNOWN in json.dumps(after)
    target = {
        "Attribute": "Properties",
        "Name": name,
        "RequiresRecreation": "Always" if name in kind.create_only else "Never",
        "Path": f"/Properties/{name}",
        "AttributeChangeType": "Add" if before is None else "Remove" if after is None else "Modify",
        "BeforeValue": None if before is None else document(before),
        "AfterValue": None if after is None else document(after),
    }
    return {
        "Target": target,
        "Evaluation": "Dynamic" if unknown else "Static",
        "ChangeSource": "ResourceReference" if unknown else "DirectModification",
    }
