"""The schedules with which the function polls."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_personalize_import._permissions.own_role import OwnRole, are_brought, trusting
from cdk_personalize_import._permissions.role_paths import RolePaths
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import FinalResources, LastLook


class Schedules:
    """The group of the function's schedules, and the role with which they invoke the function.

    Args:
        scope: The scope of both.
        name: Name of the group.
        function_arn: ARN of the function, without a reference to it.
        last_look: The last look at the stack's template.

    Attributes:
        group: The group.
        group_name: The group's name, without a reference to it.
        role: The role.
        roles: The role's pattern for policies.
    """

    def __init__(self, scope: Construct, name: str, function_arn: str, last_look: LastLook) -> None:
        arns = Arns.of(cdk.Stack.of(scope))
        self.group = scheduler.CfnScheduleGroup(scope, "ScheduleGroup", name=name)
        self.group_name = last_look.text(lambda: self.group, "Name", name)
        path = f"/cdk-personalize-import-schedules/{arns.region}/{arns.stack_hash}/"
        self.roles = RolePaths(arns, path, last_look)
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        conditions = {
            "StringEquals": {
                "aws:SourceAccount": arns.account,
                "aws:SourceArn": arns.schedule_group(self.group_name),
            }
        }
        if are_brought(scope):
            # Whoever makes the role before the stack knows how the group's name begins.
            conditions["ArnLike"] = {"aws:SourceArn": conditions["StringEquals"].pop("aws:SourceArn")}
        invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function_arn}
        self.role = OwnRole(
            scope,
            "ScheduleRole",
            policy_name="InvokeFunction",
            statements=[invoke],
            description="Invokes the function that follows dataset import jobs",
            path=path,
            assumed_by=iam.ServicePrincipal("scheduler.amazonaws.com", conditions=trusting(scope, conditions)),
        )
        self.roles.add(self.role)
        last_look.add(self._leave_out_empty_tags)

    def _leave_out_empty_tags(self, resources: FinalResources) -> list[str]:
        """EventBridge Scheduler refuses a tag with an empty value, as ``Tags.of(app)`` may bring one.

        See https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Tag.html
        """
        tags: list[dict[str, Any]] = (resources.properties(self.group) or {}).get("Tags", [])
        kept = [tag for tag in tags if tag["Value"] != ""]
        if len(kept) == len(tags):
            return []
        empty = ", ".join(str(tag["Key"]) for tag in tags if tag["Value"] == "")
        cdk.Annotations.of(self.group).add_warning_v2(
            "cdk-personalize-import:emptyTag",
            f"a schedule group can't have a tag with an empty value; it goes without {empty}",
        )
        if kept:
            self.group.add_property_override("Tags", kept)
        else:
            self.group.add_property_deletion_override("Tags")
        return []
