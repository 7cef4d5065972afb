"""The condition operators of IAM policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import functools
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

Context: TypeAlias = Mapping[str, str | list[str]]
"""The condition keys of a call and their values; keys are compared without regard to case."""


def like(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern in which ``*`` stands for any text and ``?`` for any one character."""
    return bool(_wildcards(pattern).fullmatch(value))


def with_variables(text: str, context: Context) -> str:
    """Replace policy variables such as ``${aws:PrincipalArn}`` by the call's values; unknown ones stay as they are."""
    values = {key.lower(): value for key, value in context.items() if isinstance(value, str)}
    return re.sub(r"\$\{([^}]+)\}", lambda found: values.get(found[1].lower(), found[0]), text)


def condition_holds(operator: str, key: str, expected: list[str], context: Context) -> bool:
    """Evaluate one condition.

    Args:
        operator: For example ``StringEquals``, also with ``ForAnyValue:``, ``ForAllValues:`` and ``IfExists``.
        key: The condition key, for example ``aws:SourceArn``.
        expected: The policy's values.
        context: The call's values. A key that the call doesn't carry fulfils only negated operators, ``IfExists``,
            ``ForAllValues`` and ``Null``.

    Raises:
        NotImplementedError: The operator is unknown.
    """
    found = next((value for name, value in context.items() if name.lower() == key.lower()), None)
    values = [found] if isinstance(found, str) else found or []
    set_operator, _, name = operator.rpartition(":")
    if name == "Null":
        return all((not values) == (str(wanted).lower() == "true") for wanted in expected)
    exists = name.removesuffix("IfExists")
    negated = "Not" in exists
    if not values:
        return exists != name or negated or set_operator == "ForAllValues"
    compare = _OPERATORS.get(exists.replace("Not", ""))
    if compare is None:
        raise NotImplementedError(f"condition operator {operator}")
    wanted_values = [with_variables(str(wanted), context) for wanted in expected]
    matched = [any(compare(wanted, value) for wanted in wanted_values) is not negated for value in values]
    # A negated condition on several values holds only if none of them is among the policy's.
    return all(matched) if negated or set_operator == "ForAllValues" else any(matched)


def _arn_like(pattern: str, value: str) -> bool:
    patterns, parts = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(parts) and all(map(like, patterns, parts))


def _in_network(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


def _date(text: str) -> float:
    return float(text) if text.isdigit() else datetime.fromisoformat(text).timestamp()


def _ordered(read: Callable[[str], float], order: Callable[[float, float], bool], wanted: str, value: str) -> bool:
    return order(read(value), read(wanted))


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}

_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: value == wanted,
    "StringEqualsIgnoreCase": lambda wanted, value: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, value: value.lower() == wanted.lower(),
    "IpAddress": _in_network,
    **{f"Numeric{name}": functools.partial(_ordered, float, order) for name, order in _ORDERS.items()},
    **{f"Date{name}": functools.partial(_ordered, _date, order) for name, order in _ORDERS.items()},
}


@functools.lru_cache(maxsize=4096)
def _wildcards(pattern: str) -> re.Pattern[str]:
    parts = ({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.compile("".join(parts), re.DOTALL)
