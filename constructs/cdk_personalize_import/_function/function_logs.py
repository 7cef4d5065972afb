"""Where the function writes its log."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import FinalResources, LastLook, as_text


class FunctionLogs:
    """The function's log group.

    It is retained: when a first deployment fails, the rollback would delete the log with what it tells of the failure.
    The name is CloudFormation's, since a group of a fixed name that stays would stop the next deployment.

    Args:
        scope: The scope of the group.
        last_look: The last look at the stack's template.

    Attributes:
        log_group: The group.
        arn: The pattern of its ARN and its streams', without a reference to the group.
    """

    def __init__(self, scope: Construct, last_look: LastLook) -> None:
        self.log_group = logs.LogGroup(
            scope, "LogGroup", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.RETAIN
        )
        made = self.log_group.node.default_child
        assert isinstance(made, logs.CfnLogGroup)
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
        self._pattern = f"{cdk.Aws.STACK_NAME}-{made.logical_id}-*"
        self.arn = Arns.of(cdk.Stack.of(scope)).log_group(cdk.Lazy.uncached_string(_Pattern(self)))
        last_look.add(self._look)

    @property
    def pattern(self) -> str:
        """The pattern of the group's name, as it is now."""
        return self._pattern

    def _look(self, resources: FinalResources) -> list[str]:
        properties = resources.properties(self.log_group)
        if properties and "LogGroupName" in properties:
            self._pattern = f"{as_text(properties['LogGroupName'])}:*"
        return []


@jsii.implements(cdk.IStringProducer)
class _Pattern:
    def __init__(self, function_logs: FunctionLogs) -> None:
        self._logs = function_logs

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002
        return self._logs.pattern
