"""The properties of ``Custom::PersonalizeDatasetImportJob``."""

from __future__ import annotations

from typing import TypedDict


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
