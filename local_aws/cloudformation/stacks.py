"""All stacks of the account: found by name or ARN, with their exports, and the names that their templates see."""

import contextlib
import threading
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from local_aws.account import Account
from local_aws.cloudformation.intrinsics import UNKNOWN, Scope, TemplateError
from local_aws.cloudformation.parameters import check_rules, resolved_values
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.template import Template, unresolved


class Stacks:
    """The stacks, deleted ones included.

    Args:
        aws: The AWS that they live in.
    """

    def __init__(self, aws: Account) -> None:
        self.aws = aws
        self.all: list[Stack] = []
        self._lock = threading.Lock()

    def add(self, name: str, parent: Stack | None = None) -> Stack:
        """Make an empty stack."""
        stack_id = f"arn:aws:cloudformation:{self.aws.region}:{self.aws.account}:stack/{name}/{uuid.uuid4()}"
        root_id = (parent.root_id or parent.id) if parent else None
        stack = Stack(stack_id, name, parent.id if parent else None, root_id, self.aws.clock)
        with self._lock:
            self.all.append(stack)
        return stack

    def find(self, name_or_id: str) -> Stack | None:
        """Return a stack by ARN, deleted or not, or by name, if it isn't deleted."""
        for stack in reversed(self.all):
            if stack.id == name_or_id or (stack.name == name_or_id and stack.status != "DELETE_COMPLETE"):
                return stack
        return None

    def exports(self) -> dict[str, tuple[Stack, str]]:
        """Return each export's stack and value, by name."""
        return {
            name: (stack, value)
            for stack in self.all
            if stack.status != "DELETE_COMPLETE"
            for name, value in stack.exports.items()
        }

    def check_exports(self, stack: Stack, exports: Mapping[str, str]) -> None:
        """Refuse exports that another stack has, and the loss or change of one that is in use.

        Raises:
            TemplateError: Naming the first of them.
        """
        others = {name: owner for name, (owner, _) in self.exports().items() if owner is not stack}
        for name in exports.keys() & others.keys():
            raise TemplateError(f"Export with name {name} is already exported by stack {others[name].name}. ")
        for name, value in stack.exports.items():
            users = self.importers(name)
            if users and exports.get(name) != value:
                verb = "updated" if name in exports else "deleted"
                raise TemplateError(f"Export {name} cannot be {verb} as it is in use by {', '.join(users)}")

    def importers(self, name: str) -> list[str]:
        """Return the names of the stacks that import an export."""
        return [stack.name for stack in self.all if name in stack.imports and stack.status != "DELETE_COMPLETE"]

    def scope(self, stack: Stack, template: Template, parameters: Mapping[str, str]) -> Scope:
        """Return what names in a template mean for a stack.

        Args:
            stack: The stack.
            template: Its template.
            parameters: Text of every parameter.
        """
        values = resolved_values(template, parameters, self._ssm_parameter)
        values |= {
            "AWS::AccountId": self.aws.account,
            "AWS::NotificationARNs": stack.notification_arns,
            "AWS::Partition": "aws",
            "AWS::Region": self.aws.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }

        def import_value(name: str) -> str:
            exports = self.exports()
            if name not in exports:
                raise TemplateError(f"No export named {name} found.")
            return exports[name][1]

        def stack_output(name: str, output: str) -> str:
            found = self.find(name)
            values = {each["OutputKey"]: each["OutputValue"] for each in found.outputs} if found else {}
            if output not in values:
                raise TemplateError(f"Template error: stack {name} has no output {output}")
            return str(values[output])

        return Scope(
            values=values,
            mappings=template.mappings,
            conditions=template.conditions,
            ref=lambda name: _physical_id(stack, name),
            get_att=lambda name, attribute: _attribute(stack, name, attribute),
            import_value=import_value,
            stack_output=stack_output,
            dynamic=self._dynamic,
        )

    def check(self, stack: Stack, template: Template, parameters: Mapping[str, str]) -> None:
        """Refuse a template whose rules don't hold, or that wants what can't be there or what its conditions leave out.

        Raises:
            TemplateError: Naming the first of them.
        """
        scope = self.scope(stack, template, parameters)
        resources, outputs = scope.present(template.resources), scope.present(template.outputs)
        missing: set[str] = set()

        def unknown(*_: str) -> str:
            return UNKNOWN

        def of_resource(name: str, *_: str) -> str:
            missing.update({name} - resources.keys())
            return UNKNOWN

        scope = replace(scope, ref=of_resource, get_att=of_resource, dynamic=unknown)
        check_rules(template, scope)
        in_resources = replace(scope, import_value=unknown, stack_output=unknown)
        for resource in resources.values():
            with contextlib.suppress(TemplateError):  # fails when the resource is made
                in_resources.resolve(resource.get("Properties"))
        if missing:
            raise TemplateError(f"Template format error: {unresolved(missing, 'Resources')}")
        scope.resolve([output["Value"] for output in outputs.values()])
        if missing:
            raise TemplateError(unresolved(missing, "Outputs"))

    def _dynamic(self, service: str, key: str) -> str:
        if service != "ssm":
            raise TemplateError(f"Template error: the embedded AWS doesn't resolve {service} references")
        return self._ssm_parameter(key)

    def _ssm_parameter(self, name: str) -> str:
        client = self.aws.client("ssm")
        try:
            value: str = client.get_parameter(Name=name)["Parameter"]["Value"]
        except client.exceptions.ParameterNotFound as error:
            raise TemplateError(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        return value


def _physical_id(stack: Stack, name: str) -> str:
    resource = stack.resources.get(name)
    if resource is None or resource.physical_id is None:
        raise TemplateError(f"Template error: resource {name} isn't in the stack")
    return resource.physical_id


def _attribute(stack: Stack, name: str, attribute: str) -> Any:
    resource = stack.resources.get(name)
    if resource is None:
        raise TemplateError(f"Template error: instance of Fn::GetAtt references undefined resource {name}")
    if attribute in resource.attributes:
        return resource.attributes[attribute]
    found: Any = resource.attributes
    for part in attribute.split("."):
        if not isinstance(found, dict) or part not in found:
            raise TemplateError(no_attribute(name, attribute, resource))
        found = found[part]
    return found


def no_attribute(name: str, attribute: str, resource: StackResource | None = None) -> str:
    """Return why an attribute can't be had: of a resource, if it is a custom one that has answered without it."""
    if resource and resource.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return (
            f"CustomResource attribute error: Vendor response doesn't contain {attribute} key in object "
            f"{resource.physical_id} in S3 bucket cloudformation-custom-resource-storage-useast1"
        )
    return f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
