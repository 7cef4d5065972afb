"""A schedule that imports the data again and again."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_personalize_import._fresh_data.due_import import due_import
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode

# EventBridge Scheduler writes the time for which the invocation was due.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def add_schedule(
    scope: Construct,
    construct_id: str,
    made: MadeImport,
    schedule: events.Schedule | scheduler.ScheduleExpression,
    import_mode: ImportMode | None,
) -> None:
    """Add a schedule to the stack's group, with the role that invokes the function for polls as well.

    See https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    made.import_between_deployments()
    stack = cdk.Stack.of(scope)
    request = due_import(
        made,
        "Import",
        f"{construct_id}/{_SCHEDULED_TIME}",
        {"Cause": "schedule", "At": _SCHEDULED_TIME},
        import_mode,
    )
    resource = scheduler.CfnSchedule(
        scope,
        construct_id,
        description=f"Imports the data of {scope.node.path}",
        group_name=made.provider.schedule_group.ref,
        schedule_expression=schedule.expression_string,
        schedule_expression_timezone=_time_zone(schedule),
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=made.provider.function_arn,
            role_arn=made.provider.schedule_role_arn,
            input=stack.to_json_string(request),
        ),
    )
    # Not before the first import, and gone when Delete looks for what runs.
    resource.node.add_dependency(*made.links)


def _time_zone(schedule: Any) -> str | None:
    zone = getattr(schedule, "time_zone", None)
    return zone.timezone_name if zone else None
