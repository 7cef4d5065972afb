"""A policy's list of resources, which grows import by import and stays inside IAM's limits."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import jsii


@jsii.implements(cdk.IListProducer)
class ResourceList:
    """ARNs that a policy statement names one by one, up to a number; beyond it, the pattern that covers them all.

    A role holds at most 10,240 characters of inline policies and a bucket policy has at most 20 KB, while a stack can
    have hundreds of imports.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

    Args:
        most: The most ARNs to name.
        pattern: Covers every ARN that can come to the list.
        on_wildcard: Called with each wildcard ARN when it joins the list, ``pattern`` included.
    """

    def __init__(self, most: int, pattern: str, on_wildcard: Callable[[str], None]) -> None:
        self._most = most
        self._pattern = pattern
        self._on_wildcard = on_wildcard
        self._arns: dict[str, None] = {}

    def add(self, arn: str) -> None:
        """Add an ARN that may be there already."""
        if arn in self._arns:
            return
        self._arns[arn] = None
        if len(self._arns) == self._most + 1:
            self._on_wildcard(self._pattern)
        elif "*" in arn and len(self._arns) <= self._most:
            self._on_wildcard(arn)

    @property
    def is_empty(self) -> bool:
        """Whether no ARN has been added."""
        return not self._arns

    def produce(self, context: cdk.IResolveContext) -> list[str]:  # noqa: ARG002
        """Return the resources of the statement."""
        if len(self._arns) > self._most or self._pattern in self._arns:
            return [self._pattern]
        return list(self._arns)

    @property
    def resources(self) -> list[str]:
        """A token for the list as it is when it is resolved, which may happen before an import joins it."""
        return cdk.Lazy.uncached_list(self)
