"""Rules for the events by which the function tells that an import has ended."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from cdk_personalize_import._fresh_data.made_import import MadeImport

SOURCE = "cdk-personalize-import"
DETAIL_TYPE = "Dataset Import Job Finished"


def add_rule(
    scope: Construct,
    construct_id: str,
    made: MadeImport,
    status: str,
    *,
    target: events.IRuleTarget | None,
    event_pattern: events.EventPattern | dict[str, Any] | None,
    **options: Any,
) -> events.Rule:
    """Add a rule for the imports of one construct that end with a status.

    Args:
        scope: The import.
        construct_id: Id of the rule.
        made: What was made of the import.
        status: ``SUCCEEDED`` or ``FAILED``.
        target: What the rule invokes.
        event_pattern: What else the events must be like.
        **options: Further properties of the rule.
    """
    made.send_events()
    rule = events.Rule(scope, construct_id, **options)
    rule.add_event_pattern(
        source=[SOURCE],
        detail_type=[DETAIL_TYPE],
        detail={"status": [status], "stackId": [cdk.Aws.STACK_ID], "construct": [made.logical_id]},
    )
    if event_pattern is not None:
        further = event_pattern if isinstance(event_pattern, dict) else event_pattern._values
        rule.add_event_pattern(**further)
    if target is not None:
        rule.add_target(target)
    return rule
