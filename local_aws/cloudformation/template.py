"""Templates: parsed from JSON or YAML, and checked as CloudFormation checks them before it does anything.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml  # type: ignore[import-untyped]
from moto.cloudformation.utils import get_stack_from_s3_url
from moto.s3.exceptions import S3ClientError

from local_aws import turn
from local_aws.account import ACCOUNT
from local_aws.cloudformation.intrinsics import TemplateError, conditions_in, references

_SECTIONS = {
    "AWSTemplateFormatVersion", "Conditions", "Description", "Mappings", "Metadata", "Outputs", "Parameters",
    "Resources", "Rules",
}  # fmt: skip
_RESOURCE_ATTRIBUTES = {
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
}  # fmt: skip
_MAX_RESOURCES = 500
_PSEUDO = "AWS::"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML as CloudFormation reads it: short function tags, and dates left as text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _tagged(loader: _Loader, tag: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        argument: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        argument = loader.construct_mapping(node, deep=True)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": argument}


_Loader.add_multi_constructor("!", _tagged)


class Template:
    """A template as the author wrote it.

    Args:
        body: JSON or YAML text.

    Raises:
        TemplateError: If it isn't a template that CloudFormation accepts.
    """

    def __init__(self, body: str) -> None:
        self.body = body
        self.content = _parse(body)
        self.parameters: dict[str, Any] = self.content.get("Parameters") or {}
        self.mappings: dict[str, Any] = self.content.get("Mappings") or {}
        self.conditions: dict[str, Any] = self.content.get("Conditions") or {}
        self.resources: dict[str, Any] = self.content.get("Resources") or {}
        self.outputs: dict[str, Any] = self.content.get("Outputs") or {}
        self.rules: dict[str, Any] = self.content.get("Rules") or {}
        self.description: str | None = self.content.get("Description")
        self._check()

    @classmethod
    @turn.taken()
    def read(cls, url: str) -> "Template":
        """Read a template from its S3 URL."""
        try:
            body = get_stack_from_s3_url(url, ACCOUNT, "aws")
        except (AttributeError, ValueError, S3ClientError) as error:
            # moto reads the value even of an object that isn't there.
            raise TemplateError(f"S3 error: The specified key does not exist. {url}") from error
        return cls(body)

    @cached_property
    def dependencies(self) -> dict[str, set[str]]:
        """For each logical id, the logical ids that must be there before it: references and DependsOn."""
        found = {}
        for logical_id, resource in self.resources.items():
            names = {name for name, _ in references(resource.get("Properties"))}
            found[logical_id] = {*names, *depends_on(resource)} & self.resources.keys()
        return found

    def attributes(self) -> list[tuple[str, str]]:
        """Return the logical id and the name of each attribute that the template reads."""
        values = [self.outputs, *(resource.get("Properties") for resource in self.resources.values())]
        return [(name, attribute) for name, attribute in references(values) if attribute and name in self.resources]

    def hides(self, parameter: str) -> bool:
        """Whether the value of a parameter is never shown."""
        return str(self.parameters.get(parameter, {}).get("NoEcho", "false")).lower() == "true"

    def required_capabilities(self) -> list[str]:
        """Return the capabilities that the caller must acknowledge: IAM resources, with or without own names."""
        names = {"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName"}
        types = [resource["Type"] for resource in self.resources.values()]
        if any(names.get(r["Type"], "") in (r.get("Properties") or {}) for r in self.resources.values()):
            return ["CAPABILITY_NAMED_IAM"]
        return ["CAPABILITY_IAM"] if any(name.startswith("AWS::IAM::") for name in types) else []

    def _check(self) -> None:
        if unknown := sorted(self.content.keys() - _SECTIONS):
            raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
        if not self.resources:
            raise TemplateError("Template format error: At least one Resources member must be defined.")
        if len(self.resources) > _MAX_RESOURCES:
            raise TemplateError(
                f"Template format error: Number of resources, {len(self.resources)}, is greater than maximum allowed, "
                f"{_MAX_RESOURCES}"
            )
        for logical_id, resource in self.resources.items():
            self._check_resource(logical_id, resource)
        self._check_names("Outputs", self.outputs)
        try:
            TopologicalSorter(self.dependencies).prepare()
        except CycleError as error:
            names = ", ".join(sorted(set(error.args[1])))
            raise TemplateError(f"Circular dependency between resources: [{names}]") from error

    def _check_resource(self, logical_id: str, resource: Mapping[str, Any]) -> None:
        if not logical_id.isalnum() or len(logical_id) > 255:
            raise TemplateError(f"Template format error: Resource name {logical_id} is non alphanumeric.")
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise TemplateError(f"Template format error: [/Resources/{logical_id}] Every resource must have a Type.")
        for attribute in sorted(resource.keys() - _RESOURCE_ATTRIBUTES):
            raise TemplateError(f"Invalid template resource property '{attribute}'")
        for name in depends_on(resource):
            if name not in self.resources:
                raise TemplateError(f"Template format error: {unresolved([name], 'Resources')}")
        if "Condition" in resource and resource["Condition"] not in self.conditions:
            raise TemplateError(f"Template format error: Condition {resource['Condition']} is not defined")
        self._check_names("Resources", resource.get("Properties") or {})

    def _check_names(self, block: str, value: Any) -> None:
        known = self.resources.keys() | self.parameters.keys()
        unknown = {name for name, _ in references(value) if name not in known and not name.startswith(_PSEUDO)}
        if unknown:
            raise TemplateError(f"Template format error: {unresolved(unknown, block)}")
        for name in conditions_in(value):
            if name not in self.conditions:
                raise TemplateError(f"Template format error: Unresolved condition dependency {name} in the "
                                    f"{block} block of the template")  # fmt: skip


def unresolved(names: Iterable[str], block: str) -> str:
    """Return what is wrong with references to resources that there won't be."""
    return f"Unresolved resource dependencies [{', '.join(sorted(names))}] in the {block} block of the template"


def depends_on(resource: Mapping[str, Any]) -> Iterable[str]:
    """Return the logical ids in a resource's DependsOn, which may be one name or a list."""
    named = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else list(named)


def _parse(body: str) -> dict[str, Any]:
    try:
        content = json.loads(body) if body.lstrip().startswith("{") else yaml.load(body, Loader=_Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise TemplateError(f"Template format error: not well-formed: {error}") from error
    if not isinstance(content, dict):
        raise TemplateError("Template format error: unsupported structure.")
    return content
