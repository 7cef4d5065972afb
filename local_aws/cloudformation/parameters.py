"""A stack's parameters: given, kept or default values, checked, and read from Systems Manager where they say so.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local_aws.cloudformation.intrinsics import Scope, TemplateError, text
from local_aws.cloudformation.template import Template

_SSM_VALUE = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")


def given_values(
    template: Template, parameters: Sequence[Mapping[str, Any]], previous: Mapping[str, str]
) -> dict[str, str]:
    """Return the text of each parameter: as given, as before where the caller says so, else its default.

    Raises:
        TemplateError: If a parameter has no value, isn't in the template, or breaks its constraints.
    """
    given: dict[str, str] = {}
    for parameter in parameters:
        key = parameter["ParameterKey"]
        if parameter.get("UsePreviousValue"):
            if key not in previous or parameter.get("ParameterValue"):
                what = "and non empty value for a parameter" if key in previous else "for a new parameter"
                raise TemplateError(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true {what}"
                )
            given[key] = previous[key]
        else:
            given[key] = parameter.get("ParameterValue", "")
    if unknown := sorted(given.keys() - template.parameters.keys()):
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    known = {key: text(each["Default"]) for key, each in template.parameters.items() if "Default" in each} | given
    values = {key: known[key] for key in template.parameters if key in known}
    if missing := sorted(template.parameters.keys() - values.keys()):
        raise TemplateError(f"Parameters: [{', '.join(missing)}] must have values")
    for key, value in values.items():
        _check(key, template.parameters[key], value)
    return values


def resolved_values(template: Template, given: Mapping[str, str], ssm: Callable[[str], str]) -> dict[str, Any]:
    """Return what ``Ref`` gives for each parameter: lists split, Systems Manager parameters read."""
    values: dict[str, Any] = {}
    for key, value in given.items():
        kind = template.parameters[key].get("Type", "String")
        if match := _SSM_VALUE.fullmatch(kind):
            value, kind = ssm(value), match[1]
        is_list = kind == "CommaDelimitedList" or kind.startswith("List<")
        values[key] = [item.strip() for item in value.split(",")] if is_list else value
    return values


def check_rules(template: Template, scope: Scope) -> None:
    """Evaluate the template's Rules.

    Raises:
        TemplateError: If an assertion doesn't hold, with its description.
    """
    for name, rule in template.rules.items():
        if "RuleCondition" in rule and not scope.holds(rule["RuleCondition"]):
            continue
        for assertion in rule.get("Assertions", []):
            if not scope.holds(assertion["Assert"]):
                reason = assertion.get("AssertDescription", "assertion failed")
                raise TemplateError(f"Template validation error: Rule {name}: {reason}")


def _check(key: str, declared: Mapping[str, Any], value: str) -> None:
    description = declared.get("ConstraintDescription")
    allowed = [text(item) for item in declared.get("AllowedValues", [])]
    pattern, least, most = (declared.get(name) for name in ("AllowedPattern", "MinLength", "MaxLength"))
    for is_broken, must in (
        (allowed and value not in allowed, "be one of AllowedValues"),
        (pattern is not None and not re.fullmatch(str(pattern), value), f"match pattern {pattern}"),
        (least is not None and len(value) < int(least), f"contain at least {least} characters"),
        (most is not None and len(value) > int(most), f"contain at most {most} characters"),
        (declared.get("Type") == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", value), "be a number"),
    ):
        if is_broken:
            raise TemplateError(f"Parameter '{key}' must {must}" + (f". {description}" if description else ""))
