"""What a template says, as far as stacks here understand it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class GetAtt:
    """Fn::GetAtt of another resource in the template."""

    logical_id: str
    attribute: str


@dataclass(frozen=True)
class Declared:
    """A resource as the template declares it.

    Attributes:
        kind: "import" for the custom resource, "role" for a service role, "dataset", or "other" for anything else.
        properties: for "other": how many seconds it `takes`, and whether it `fails`.
    """

    kind: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()

    def dependencies(self) -> set[str]:
        """The resources that have to be there before this one."""
        attributes = {value.logical_id for value in self.properties.values() if isinstance(value, GetAtt)}
        return attributes | set(self.depends_on)


Template = Mapping[str, Declared]


@dataclass
class Resource:
    """A resource as it stands in the stack."""

    declared: Declared
    properties: dict[str, Any] = field(default_factory=dict)
    physical_id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


def resolved(declared: Declared, resources: Mapping[str, Resource]) -> dict[str, Any]:
    """The properties with attributes filled in; a custom resource gets every scalar as a string."""

    def value(of: Any) -> Any:
        return resources[of.logical_id].attributes[of.attribute] if isinstance(of, GetAtt) else of

    values = {name: value(of) for name, of in declared.properties.items()}
    return {name: stringified(of) for name, of in values.items()} if declared.kind == "import" else values


def stringified(value: Any) -> Any:
    """The value with every scalar in it as a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return {name: stringified(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [stringified(member) for member in value]
    return str(value)
