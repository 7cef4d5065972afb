"""Splits a wait that is longer than CloudFormation's patience into links, one custom resource each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from constructs import Construct, IDependable

RESOURCE_TYPE = "Custom::PersonalizeDatasetImportJob"
# CloudFormation fails a custom resource that hasn't answered after one hour (ServiceTimeout's maximum and default).
_MAX_SERVICE_TIMEOUT = 3600
# What the handler has left, after its own deadline, to answer before CloudFormation gives up: the time of one poll
# that comes late.
_REPLY_MARGIN = 180
_MAX_LINK = _MAX_SERVICE_TIMEOUT - _REPLY_MARGIN
_MIN_LINK = 60


@dataclass(frozen=True)
class Link:
    """One custom resource of a chain.

    Attributes:
        timeout: How long it waits, in seconds.
        is_last: Whether no further link takes over its wait.
    """

    timeout: int
    is_last: bool

    @property
    def service_timeout(self) -> int:
        """How long CloudFormation waits for it, in seconds."""
        return min(_MAX_SERVICE_TIMEOUT, self.timeout + _REPLY_MARGIN)


def add_links(
    job: Construct, timeout: int, properties: Mapping[str, Any], needed: Sequence[IDependable]
) -> list[cdk.CfnResource]:
    """Add a resource for each link of the wait, and return them.

    Args:
        job: The import.
        timeout: How long they wait together, in seconds.
        properties: What all of them have.
        needed: What must be there before the job starts.
    """
    resources: list[cdk.CfnResource] = []
    for number, link in enumerate(links(timeout), start=1):
        of_link: dict[str, Any] = {"Timeout": str(link.timeout), "ServiceTimeout": str(link.service_timeout)}
        if resources:
            of_link["JobName"] = resources[-1].get_att("JobName")
        if not link.is_last:
            of_link["HandOver"] = "true"
        resource = cdk.CfnResource(
            job,
            f"Wait{number}" if resources else "Resource",
            type=RESOURCE_TYPE,
            properties={**properties, **of_link},
        )
        resource.node.add_dependency(*needed)
        resources.append(resource)
    return resources


def links(timeout: int) -> list[Link]:
    """Return the links that wait ``timeout`` seconds together.

    An hour is a single link that waits 57 minutes: a second custom resource for three minutes more is worth nobody's
    while.
    """
    if timeout <= _MAX_SERVICE_TIMEOUT:
        return [Link(min(timeout, _MAX_LINK), is_last=True)]
    count = math.ceil(timeout / _MAX_LINK)
    rest = max(_MIN_LINK, timeout - _MAX_LINK * (count - 1))
    return [Link(_MAX_LINK, is_last=False)] * (count - 1) + [Link(rest, is_last=True)]
