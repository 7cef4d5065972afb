"""A last look at a stack's template, when Aspects, property injectors and escape hatches have had their say.

What a policy says of a path or a name must be what the template gives the role or the function in the end. An override
(``add_property_override``) can't be read from a resource, so the template is rendered once for it.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import aws_cdk as cdk
import jsii
from aws_cdk import cx_api
from constructs import Construct, IConstruct, IValidation

_T = TypeVar("_T")


class FinalResources:
    """The resources of a stack as its template has them.

    Args:
        stack: The stack.

    Attributes:
        stack: The stack.
        all: The resources by their logical ids.
    """

    def __init__(self, stack: cdk.Stack) -> None:
        self.stack = stack
        self._others: dict[cdk.Stack, FinalResources] = {}
        self._known: dict[object, Any] = {}
        self.all = _rendered(stack)["Resources"]

    def of(self, stack: cdk.Stack) -> FinalResources:
        """Return the resources of another stack."""
        if stack == self.stack:
            return self
        if stack not in self._others:
            self._others[stack] = FinalResources(stack)
        return self._others[stack]

    def properties(self, construct: IConstruct) -> Mapping[str, Any] | None:
        """Return the properties of a construct's resource, None when the template has no such resource."""
        resource = construct if isinstance(construct, cdk.CfnResource) else construct.node.default_child
        if not isinstance(resource, cdk.CfnResource):
            return None
        found = self.all.get(self.stack.get_logical_id(resource))
        return None if found is None else found.get("Properties", {})

    def once(self, key: object, ask: Callable[[], _T]) -> _T:
        """Return what a question has as its answer, which is asked once for all looks."""
        if key not in self._known:
            self._known[key] = ask()
        found: _T = self._known[key]
        return found

    def values(self, kind: str, name: str) -> list[Any]:
        """Return a property of all resources of a type."""
        return [found.get("Properties", {}).get(name) for found in self.all.values() if found["Type"] == kind]


Look = Callable[[FinalResources], list[str]]
"""Looks at the resources and returns what is wrong with them."""


@jsii.implements(IValidation)
class LastLook:
    """Looks at a stack's template at the end of synthesis.

    Args:
        owner: A construct of the stack; errors name it.
    """

    def __init__(self, owner: Construct) -> None:
        self._stack = cdk.Stack.of(owner)
        self._looks: list[Look] = []
        owner.node.add_validation(self)

    def add(self, look: Look) -> None:
        """Have a look taken."""
        self._looks.append(look)

    def text(self, resource: Callable[[], IConstruct], name: str, initial: str) -> str:
        """Return a token for a property of a resource, which must have one in the end.

        Args:
            resource: Returns the resource, which need not be there yet.
            name: Name of the property, as templates have it.
            initial: Its value until the last look.
        """
        final = _FinalText(resource, name, initial)
        self.add(final.look)
        return cdk.Lazy.uncached_string(final)

    def validate(self) -> list[str]:
        """Take all looks."""
        resources = FinalResources(self._stack)
        return [error for look in self._looks for error in look(resources)]


@jsii.implements(cdk.IStringProducer)
class _FinalText:
    def __init__(self, resource: Callable[[], IConstruct], name: str, initial: str) -> None:
        self._resource = resource
        self._name = name
        self._value = initial

    def look(self, resources: FinalResources) -> list[str]:
        resource = self._resource()
        properties = resources.properties(resource)
        if properties is None:
            return []
        if not properties.get(self._name):
            return [f"{resource.node.path} must have a {self._name}, since policies name it; leave it as it was"]
        self._value = as_text(properties[self._name])
        return []

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002
        return self._value


def as_text(value: Any) -> str:
    """Return a property's value as text, a token where it is an intrinsic function."""
    return value if isinstance(value, str) else cdk.Token.as_string(value)


def _rendered(stack: cdk.Stack) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        synthesizer = cdk.BootstraplessSynthesizer()
        synthesizer.bind(stack)
        # A session is only read; the generated protocol has it writable.
        synthesizer.synthesize(_Session(folder))  # type: ignore[arg-type]
        template: dict[str, Any] = json.loads(Path(folder, stack.template_file).read_text(encoding="utf-8"))
        return template


@jsii.implements(cdk.ISynthesisSession)
class _Session:
    """A synthesis into a folder that nobody reads but this module."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._assembly = cx_api.CloudAssemblyBuilder(folder)

    @property
    def assembly(self) -> cx_api.CloudAssemblyBuilder:
        return self._assembly

    @property
    def outdir(self) -> str:
        return self._folder

    @property
    def validate_on_synth(self) -> bool:
        return False
