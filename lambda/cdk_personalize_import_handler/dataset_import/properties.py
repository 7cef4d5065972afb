"""The properties of ``Custom::PersonalizeDatasetImportJob``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

_AS_SENT = {"key": "tagKey", "value": "tagValue"}


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
    AddsTo: str
    DatasetDefinition: dict[str, object]
    WaitForCompletion: str
    Timeout: str
    PollInterval: str
    Preflight: str
    JobName: str
    HandOver: str
    SendEvents: str
    DueImports: str


def tags_of(properties: Mapping[str, Any]) -> tuple[Tag, ...]:
    """Return the tags of a job.

    A synthesis that skips the CDK's validation leaves them with the CDK's own names of their members. What isn't a tag
    is for Personalize's own check.
    """
    return tuple(
        {_AS_SENT.get(name, name): value for name, value in tag.items()} if isinstance(tag, Mapping) else tag  # type: ignore[misc]
        for tag in properties.get("Tags") or ()
    )
