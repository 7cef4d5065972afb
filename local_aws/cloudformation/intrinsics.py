"""CloudFormation's intrinsic functions, evaluated.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

NO_VALUE = object()
"""What ``Ref: AWS::NoValue`` resolves to: the property that holds it goes away."""

UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"
"""What stands for a value that is known only when a resource has been made, and for what is made of that."""

_SUB = re.compile(r"\$\{(!?)([^}]+)\}")
_DYNAMIC = re.compile(r"\{\{resolve:([^:}]+):([^}]+)\}\}")
_CONDITIONS = {"Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Fn::Contains", "Condition"}


class TemplateError(Exception):
    """A template, or a value in it, that CloudFormation refuses; the message is CloudFormation's."""


@dataclass(frozen=True)
class Scope:
    """Where names in a template find their values.

    Attributes:
        values: Values of parameters and pseudo-parameters.
        mappings: The template's Mappings.
        conditions: The template's Conditions, unevaluated.
        ref: Returns a resource's physical id.
        get_att: Returns a resource's attribute.
        import_value: Returns an export of another stack.
        stack_output: Returns an output of another stack: the stack's name, then the output's.
        dynamic: Resolves a dynamic reference: service, then key.
        imported: Names of the exports that were imported so far.
    """

    values: Mapping[str, Any]
    mappings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    ref: Callable[[str], str]
    get_att: Callable[[str, str], Any]
    import_value: Callable[[str], str]
    stack_output: Callable[[str, str], str]
    dynamic: Callable[[str, str], str]
    imported: set[str] = field(default_factory=set)

    def resolve(self, value: Any) -> Any:
        """Return ``value`` with every intrinsic function in it evaluated.

        Raises:
            TemplateError: If a function is unknown, used wrongly, or names something that isn't there.
        """
        if isinstance(value, dict):
            if len(value) == 1:
                ((name, argument),) = value.items()
                if name == "Ref" or name.startswith("Fn::"):
                    return self._call(name, argument)
            resolved = {key: self.resolve(item) for key, item in value.items()}
            return {key: item for key, item in resolved.items() if item is not NO_VALUE}
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not NO_VALUE]
        if isinstance(value, str) and "{{resolve:" in value:
            return _DYNAMIC.sub(lambda match: self.dynamic(match[1], match[2]), value)
        return value

    def condition(self, name: str) -> bool:
        """Evaluate a condition of the template by name."""
        if name not in self.conditions:
            raise TemplateError(f"Template error: unresolved condition dependency {name}")
        return self.holds(self.conditions[name])

    def present(self, definitions: Mapping[str, Any]) -> dict[str, Any]:
        """Return those of a template's resources or outputs whose condition holds, by name."""
        return {
            name: each
            for name, each in definitions.items()
            if "Condition" not in each or self.condition(each["Condition"])
        }

    def holds(self, expression: Any) -> bool:
        """Evaluate a condition expression."""
        ((name, argument),) = expression.items()
        match name:
            case "Condition":
                return self.condition(argument)
            case "Fn::And":
                return all(self.holds(item) for item in argument)
            case "Fn::Or":
                return any(self.holds(item) for item in argument)
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::Equals":
                left, right = (self.resolve(item) for item in argument)
                return text(left) == text(right)
            case "Fn::Contains":
                haystack, needle = (self.resolve(item) for item in argument)
                return text(needle) in [text(item) for item in haystack]
        raise TemplateError(f"Template error: {name} is not a condition function")

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(argument)
            case "Fn::GetAtt":
                logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
                return self.get_att(logical_id, text(self.resolve(attribute)))
            case "Fn::If":
                return self.resolve(argument[1] if self.condition(argument[0]) else argument[2])
            case "Fn::Join":
                items = self.resolve(argument[1])
                return items if items == UNKNOWN else argument[0].join(text(item) for item in items)
            case "Fn::Split":
                whole = text(self.resolve(argument[1]))
                return UNKNOWN if UNKNOWN in whole else whole.split(argument[0])
            case "Fn::Select":
                return self._select(int(self.resolve(argument[0])), self.resolve(argument[1]))
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::FindInMap":
                return self._find_in_map([self.resolve(item) for item in argument])
            case "Fn::ImportValue":
                name = text(self.resolve(argument))
                self.imported.add(name)
                return self.import_value(name)
            case "Fn::GetStackOutput":
                return self._stack_output(self.resolve(argument))
            case "Fn::Base64":
                return base64.b64encode(text(self.resolve(argument)).encode()).decode()
            case "Fn::ToJsonString":
                return json.dumps(self.resolve(argument), separators=(",", ":"))
            case "Fn::GetAZs":
                region = self.resolve(argument) or self.values["AWS::Region"]
                return [f"{region}{zone}" for zone in "abc"]
        if name in _CONDITIONS:
            return self.holds({name: argument})
        raise TemplateError(f"Template error: the embedded AWS doesn't support {name}")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.values[name] if name in self.values else self.ref(name)

    def _stack_output(self, argument: dict[str, Any]) -> str:
        region = argument.get("Region", self.values["AWS::Region"])
        if "RoleArn" in argument or region != self.values["AWS::Region"]:
            raise TemplateError("Template error: the embedded AWS has outputs of its own account and region only")
        return self.stack_output(argument["StackName"], argument["OutputName"])

    def _select(self, index: int, items: Any) -> Any:
        if items == UNKNOWN:
            return UNKNOWN
        if not 0 <= index < len(items):
            raise TemplateError(f"Template error: Fn::Select cannot select nonexistent value at index {index}")
        return items[index]

    def _find_in_map(self, path: list[Any]) -> Any:
        found: Any = self.mappings
        for key in path:
            if text(key) not in found:
                raise TemplateError(f"Template error: Unable to get mapping for {'::'.join(map(text, path))}")
            found = found[text(key)]
        return self.resolve(found)

    def _sub(self, argument: Any) -> str:
        template, variables = argument if isinstance(argument, list) else (argument, {})

        def substitute(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                return text(self.resolve(variables[name]))
            if "." in name and name not in self.values:
                return text(self.get_att(*name.split(".", 1)))
            return text(self._ref(name))

        return _SUB.sub(substitute, text(self.resolve(template)))


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield every name, parameters included, that a template's value refers to, and the attribute, if it wants one."""
    for name, argument in _members(value):
        if name == "Ref" and isinstance(argument, str):
            yield argument, ""
        elif name == "Fn::GetAtt":
            owner, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            yield owner, attribute if isinstance(attribute, str) else ""
        elif name == "Fn::Sub":
            template, variables = argument if isinstance(argument, list) else (argument, {})
            for found in (match[2].strip() for match in _SUB.finditer(template) if not match[1]):
                if found not in variables:
                    owner, _, attribute = found.partition(".")
                    yield owner, attribute


def conditions_in(value: Any) -> Iterator[str]:
    """Yield every condition that a template's value names in Fn::If."""
    for name, argument in _members(value):
        if name == "Fn::If" and isinstance(argument, list) and argument:
            yield argument[0]


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of every object in a template's value, at any depth."""
    if isinstance(value, dict):
        yield from value.items()
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _members(item)


def text(value: Any) -> str:
    """Return a value as CloudFormation makes a text of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(text, value))
    return str(value)
