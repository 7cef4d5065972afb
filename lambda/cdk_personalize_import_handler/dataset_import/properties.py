"""The properties of ``Custom::PersonalizeDatasetImportJob``, and how their values are read.

CloudFormation sends every scalar as a string.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict


class InvalidRequestError(Exception):
    """The request can't be carried out as it is; the text says what is wrong with it."""


class Tag(TypedDict):
    """A tag as Personalize spells it."""

    tagKey: str
    tagValue: str


class ResourceProperties(TypedDict, total=False):
    """The resource's properties as the construct writes them and CloudFormation sends them."""

    ServiceToken: str
    ServiceTimeout: str
    DatasetArn: str
    DataLocation: str
    RoleArn: str
    ImportMode: str
    PublishAttributionMetricsToS3: str
    Tags: list[Tag]
    JobNamePrefix: str
    DataVersion: str
    WaitForCompletion: str
    Timeout: str
    PollInterval: str
    Preflight: str
    JobName: str
    HandOver: str


def text(values: Mapping[str, Any], name: str) -> str:
    """Return a member's text, empty where it is missing or no text."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def flag(properties: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return whether a property says true."""
    value = properties.get(name)
    return default if value is None else str(value).lower() == "true"


def seconds(properties: Mapping[str, Any], name: str, *, default: float, strict: bool) -> float:
    """Return a property's seconds.

    Raises:
        InvalidRequestError: The property is no number, and strict is true.
    """
    value = properties.get(name)
    try:
        return default if value is None else float(value)
    except (TypeError, ValueError):
        if strict:
            raise InvalidRequestError(f"{name} must be a number of seconds, got {value!r}") from None
        return default
