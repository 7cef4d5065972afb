"""Why imports of a stack failed, as its events tell: a resource that is rolled back no longer says so itself.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from personalize_import_cli.aws import is_code
from personalize_import_cli.watch.stack_resources import IMPORT_TYPE, StackState

_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
# What CloudFormation puts around the text that the function answers.
_MESSAGE = re.compile(r"Message returned: (.*?)(?: \(RequestId: [^)]*\))?$", re.DOTALL)


@dataclass(frozen=True)
class Failure:
    """How an import failed: the status of its resource, and what the function said."""

    status: str
    reason: str


Failures = dict[tuple[str, str], Failure]
"""Failures by stack and logical id."""


def failures(cloudformation: Any, stack: StackState) -> Failures:
    """Return the imports that failed in the last operation.

    Args:
        cloudformation: A CloudFormation client.
        stack: The stack.

    Raises:
        ClientError, BotoCoreError: As the service answers.
    """
    found: Failures = {}
    began = _read(cloudformation, stack.id, None, found)
    for nested in stack.stack_ids:
        if nested != stack.id:
            _read(cloudformation, nested, began, found)
    return found


def _read(client: Any, stack_id: str, since: datetime.datetime | None, found: Failures) -> datetime.datetime | None:
    """Add the failures of one stack's last operation, and return when that began."""
    try:
        for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
            for event in page["StackEvents"]:  # The newest ones come first.
                moment: datetime.datetime = event["Timestamp"]
                if since is not None and moment < since:
                    return since
                status = event["ResourceStatus"]
                if event.get("PhysicalResourceId") == stack_id and status in _BEGINNINGS:
                    return moment
                if event["ResourceType"] == IMPORT_TYPE and status.endswith("_FAILED"):
                    reason = event.get("ResourceStatusReason", "")
                    if not reason.endswith("cancelled"):  # Another resource's failure ended its work.
                        found[stack_id, event["LogicalResourceId"]] = Failure(status, _message(reason))
    except Exception as error:
        if not is_code(error, "ValidationError"):
            raise
    return since


def _message(reason: str) -> str:
    """Return what the function said, without what CloudFormation puts around it."""
    wrapped = _MESSAGE.search(reason)
    return wrapped[1] if wrapped else reason
