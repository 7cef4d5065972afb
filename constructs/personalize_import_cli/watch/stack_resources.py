"""The imports that a stack and its nested stacks have, as CloudFormation lists them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from personalize_import_cli.aws import is_code
from personalize_import_cli.watch.job_names import resource_hash

IMPORT_TYPE = "Custom::PersonalizeDatasetImportJob"
_STACK_TYPE = "AWS::CloudFormation::Stack"
# A long import is a chain of resources: its first one starts the job, the others are called Wait2, Wait3, ...
_LATER_LINK = re.compile(r"Wait\d+$")
_LOGICAL_ID_HASH = re.compile(r"[0-9A-F]{8}$")


@dataclass(frozen=True)
class Resource:
    """One resource of an import.

    Attributes:
        stack_id: The stack that it belongs to.
        logical_id: Its name in the template.
        physical_id: The ARN of its job; empty while it has none.
        status: Its status, in CloudFormation's words.
        reason: Why it has that status.
        since: Since when.
        construct: The path of the construct that made it; its logical id where the template doesn't tell.
        is_later_link: Whether it continues the wait of an earlier resource.
    """

    stack_id: str
    logical_id: str
    physical_id: str
    status: str
    reason: str
    since: datetime.datetime
    construct: str
    is_later_link: bool

    @property
    def hash(self) -> str:
        """What the names of its jobs share."""
        return resource_hash(self.stack_id, self.logical_id)


@dataclass(frozen=True)
class StackState:
    """A stack at one look.

    Attributes:
        id: Its ARN.
        name: Its name.
        status: Its status, in CloudFormation's words.
        started: When its last operation began.
        resources: The resources of its imports, those of nested stacks included.
        stack_ids: The stack and its nested stacks.
    """

    id: str
    name: str
    status: str
    started: datetime.datetime
    resources: tuple[Resource, ...]
    stack_ids: tuple[str, ...]

    @property
    def is_in_progress(self) -> bool:
        """Whether an operation runs on it that may still start an import."""
        return self.status.endswith("_IN_PROGRESS") and "CLEANUP" not in self.status

    @property
    def is_broken(self) -> bool:
        """Whether its last operation failed, or is being rolled back."""
        return "ROLLBACK" in self.status or self.status.endswith("_FAILED")


class StackResources:
    """Looks at a stack again and again.

    Args:
        cloudformation: A CloudFormation client.
        name: Name or ARN of the stack.
    """

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._client = cloudformation
        self._name = name
        self._constructs: dict[tuple[str, str], str] = {}

    def look(self) -> StackState | None:
        """Return the stack as it is now; None if there is none of that name.

        Raises:
            ClientError, BotoCoreError: As the service answers.
        """
        try:
            stack = self._client.describe_stacks(StackName=self._name)["Stacks"][0]
        except Exception as error:
            if is_code(error, "ValidationError"):
                return None
            raise
        # From now on by its ARN, under which a stack is found that is deleted meanwhile.
        self._name = stack["StackId"]
        found = list(self._stacks(stack["StackId"]))
        return StackState(
            id=stack["StackId"],
            name=stack["StackName"],
            status=stack["StackStatus"],
            started=stack.get("LastUpdatedTime", stack["CreationTime"]),
            resources=tuple(resource for _, resources in found for resource in resources),
            stack_ids=tuple(stack_id for stack_id, _ in found),
        )

    def _stacks(self, stack_id: str) -> Iterator[tuple[str, Sequence[Resource]]]:
        """Yield the stack and each nested one, with the resources of their imports."""
        paginator = self._client.get_paginator("list_stack_resources")
        try:
            pages = list(paginator.paginate(StackName=stack_id))
        except Exception as error:
            if is_code(error, "ValidationError"):  # It is gone, or has no change set executed yet.
                return
            raise
        summaries = [summary for page in pages for summary in page["StackResourceSummaries"]]
        yield stack_id, [self._resource(stack_id, each) for each in summaries if each["ResourceType"] == IMPORT_TYPE]
        for summary in summaries:
            if summary["ResourceType"] == _STACK_TYPE and summary.get("PhysicalResourceId"):
                yield from self._stacks(summary["PhysicalResourceId"])

    def _resource(self, stack_id: str, summary: dict[str, Any]) -> Resource:
        logical_id = summary["LogicalResourceId"]
        path = self._path(stack_id, logical_id)
        construct, _, own_id = path.rpartition("/")
        if not construct:
            own_id = _LOGICAL_ID_HASH.sub("", logical_id)
            construct = _LATER_LINK.sub("", own_id) or logical_id
        return Resource(
            stack_id=stack_id,
            logical_id=logical_id,
            physical_id=summary.get("PhysicalResourceId", ""),
            status=summary["ResourceStatus"],
            reason=summary.get("ResourceStatusReason", ""),
            since=summary["LastUpdatedTimestamp"],
            construct=construct,
            is_later_link=_LATER_LINK.search(own_id) is not None,
        )

    def _path(self, stack_id: str, logical_id: str) -> str:
        """Return the path that the CDK writes into a resource's metadata, once asked for; empty if there is none."""
        key = (stack_id, logical_id)
        if key not in self._constructs:
            try:
                answer = self._client.describe_stack_resource(StackName=stack_id, LogicalResourceId=logical_id)
                metadata = json.loads(answer["StackResourceDetail"].get("Metadata") or "{}")
            except Exception as error:
                if not is_code(error, "ValidationError"):
                    raise
                metadata = {}
            self._constructs[key] = str(metadata.get("aws:cdk:path", ""))
        return self._constructs[key]
