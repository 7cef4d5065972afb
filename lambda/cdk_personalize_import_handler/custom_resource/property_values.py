"""How the values of a resource's properties are read.

CloudFormation sends every scalar as a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class InvalidRequestError(Exception):
    """The request can't be carried out as it is; the text says what is wrong with it."""


def text(values: Mapping[str, Any], name: str) -> str:
    """Return a value's text, empty where it is missing or not a text."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def flag(properties: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return whether a property says true."""
    value = properties.get(name)
    return default if value is None else str(value).lower() == "true"


def seconds(properties: Mapping[str, Any], name: str, *, default: float, strict: bool) -> float:
    """Return a property's seconds.

    Raises:
        InvalidRequestError: The property is not a number, and strict is true.
    """
    value = properties.get(name)
    try:
        return default if value is None else float(value)
    except (TypeError, ValueError):
        if strict:
            raise InvalidRequestError(f"{name} must be a number of seconds, got {value!r}") from None
        return default
