"""The CloudFormation API: its errors, and the operations that only look; what is None in their answers is left out.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html.
"""

import json
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from moto.core.exceptions import InvalidToken, ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.utilities.paginator import Paginator

from local_aws.cloudformation.change_set import ChangeSet
from local_aws.cloudformation.intrinsics import TemplateError, text
from local_aws.cloudformation.resources import find_type
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks, no_attribute
from local_aws.cloudformation.template import Template

_T = TypeVar("_T")
_PER_PAGE = 100


class CloudFormationError(ServiceException):
    """What CloudFormation refuses: a message, or a code and a message; nearly everything has the one code."""

    code = "ValidationError"


def valid(make: Callable[[], _T]) -> _T:
    """Return what ``make`` makes; what is wrong with a template becomes the API's error."""
    try:
        return make()
    except TemplateError as error:
        raise CloudFormationError(str(error)) from error


class DescribeApi(BaseResponse):
    """Looks at stacks.

    Attributes:
        stacks: All stacks.
        change_sets: All change sets that weren't deleted.
    """

    stacks: ClassVar[Stacks]
    change_sets: ClassVar[list[ChangeSet]]

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def describe_stacks(self) -> ActionResult:
        if self._get_param("StackName"):
            found = [self._existing()]
        else:
            found = [stack for stack in self.stacks.all if stack.status != "DELETE_COMPLETE"]
        return ActionResult({"Stacks": [_stack_described(stack) for stack in found]})

    def list_stacks(self) -> ActionResult:
        wanted = self._get_param("StackStatusFilter") or []
        found = [stack for stack in self.stacks.all if not wanted or stack.status in wanted]
        return self._page("StackSummaries", [_stack_described(stack) for stack in found], "stack_id")

    def describe_stack_events(self) -> ActionResult:
        stack = self._existing("Stack [{}] does not exist")
        return self._page("StackEvents", stack.events[::-1], "event_id")

    def describe_events(self) -> ActionResult:
        # Events beside the stack's own, of hooks and validations, which there aren't any of.
        return ActionResult({"OperationEvents": []})

    def list_hook_results(self) -> ActionResult:
        return ActionResult({"HookResults": []})

    def describe_stack_resources(self) -> ActionResult:
        if physical_id := self._get_param("PhysicalResourceId"):
            owners = [s for s in self.stacks.all for r in [*s.resources.values()] if r.physical_id == physical_id]
            if not owners:
                raise CloudFormationError(f"Stack for {physical_id} does not exist")
            stack = owners[-1]
        else:
            stack = self._existing()
        logical_id = self._get_param("LogicalResourceId")
        found = [item for item in [*stack.resources.values()] if logical_id in (None, item.logical_id)]
        return ActionResult({"StackResources": [_resource_described(stack, item) for item in found]})

    def describe_stack_resource(self) -> ActionResult:
        stack, logical_id = self._existing(), self._get_param("LogicalResourceId")
        if logical_id not in stack.resources:
            raise CloudFormationError(f"Resource {logical_id} does not exist for stack {stack.name}")
        detail = _resource_described(stack, stack.resources[logical_id])
        if metadata := stack.resources[logical_id].metadata:
            detail["Metadata"] = json.dumps(metadata)
        return ActionResult({"StackResourceDetail": detail})

    def list_stack_resources(self) -> ActionResult:
        stack = self._existing()
        found = [_resource_described(stack, resource) for resource in [*stack.resources.values()]]
        return self._page("StackResourceSummaries", found, "LogicalResourceId")

    def get_template(self) -> ActionResult:
        stack = self._existing()
        body = stack.template.body if stack.template else "{}"
        return ActionResult({"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]})

    def get_template_summary(self) -> ActionResult:
        if self._get_param("StackName"):
            template = self._existing().template
            if template is None:
                raise CloudFormationError("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.")
        else:
            template = self._given_template()
        return ActionResult(_template_described(template))

    def validate_template(self) -> ActionResult:
        return ActionResult(_template_described(self._given_template()))

    def list_exports(self) -> ActionResult:
        found = [
            {"ExportingStackId": stack.id, "Name": name, "Value": value}
            for name, (stack, value) in self.stacks.exports().items()
        ]
        return self._page("Exports", found, "Name")

    def list_imports(self) -> ActionResult:
        name = self._get_param("ExportName")
        if not (found := self.stacks.importers(name)):
            raise CloudFormationError(f"Export '{name}' is not imported by any stack.")
        return ActionResult({"Imports": found})

    def _page(self, member: str, found: list[Any], unique: str) -> ActionResult:
        """One page of a list. Its token names the item that comes next, so that new ones in front move nothing."""
        try:
            pages = Paginator(_PER_PAGE, starting_token=self._get_param("NextToken"), unique_attribute=unique)
            page, token = pages.paginate(found)
        except InvalidToken as error:
            raise CloudFormationError(error.message) from error
        return ActionResult({member: page, "NextToken": token})

    def _existing(self, refusal: str = "Stack with id {} does not exist") -> Stack:
        name = self._get_param("StackName")
        stack = self.stacks.find(name)
        if stack is None:
            raise CloudFormationError(refusal.format(name))
        return stack

    def _given_template(self) -> Template:
        body, url = self._get_param("TemplateBody"), self._get_param("TemplateURL")
        if not body and not url:
            raise CloudFormationError("Either Template URL or Template Body must be specified.")
        template = valid(lambda: Template(body) if body else Template.read(url))
        valid(lambda: [find_type(name) for name in sorted({each["Type"] for each in template.resources.values()})])
        for name, attribute in template.attributes():
            if not find_type(template.resources[name]["Type"]).has_attribute(attribute):
                raise CloudFormationError(no_attribute(name, attribute))
        return template


def _stack_described(stack: Stack) -> dict[str, Any]:
    template = stack.template
    return vars(stack) | {
        "stack_id": stack.id,
        "stack_name": stack.name,
        "stack_status": stack.status,
        "stack_status_reason": stack.reason,
        "description": template and template.description,
        "template_description": template and template.description,
        "parameters": [
            {"ParameterKey": key, "ParameterValue": "****" if template and template.hides(key) else value}
            for key, value in stack.parameters.items()
        ],
        "outputs": stack.outputs or None,
        "drift_information": {"StackDriftStatus": "NOT_CHECKED"},
    }


def _resource_described(stack: Stack, resource: StackResource) -> dict[str, Any]:
    return {
        "StackName": stack.name,
        "StackId": stack.id,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "Timestamp": resource.updated,
        "LastUpdatedTimestamp": resource.updated,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def _template_described(template: Template) -> dict[str, Any]:
    return {
        "Parameters": [
            {
                "ParameterKey": key,
                "ParameterType": declared.get("Type", "String"),
                "DefaultValue": text(declared["Default"]) if "Default" in declared else None,
                "NoEcho": template.hides(key),
                "Description": declared.get("Description"),
                "ParameterConstraints": {"AllowedValues": [*map(text, declared.get("AllowedValues", []))] or None},
            }
            for key, declared in template.parameters.items()
        ],
        "Description": template.description,
        "Capabilities": template.required_capabilities(),
        "ResourceTypes": sorted({resource["Type"] for resource in template.resources.values()}),
        "Version": template.content.get("AWSTemplateFormatVersion"),
        "ResourceIdentifierSummaries": [],
    }
