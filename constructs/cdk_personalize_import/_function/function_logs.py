"""Where the function writes its log."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import jsii
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_personalize_import._function.function_settings import FunctionSettings
from cdk_personalize_import._permissions.function_keys import allow_logs
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import FinalResources, LastLook, as_text


class FunctionLogs:
    """The function's log group.

    It is retained: when a first deployment fails, the rollback would delete the log with what it tells of the failure.
    The name is CloudFormation's, since a group of a fixed name that stays would stop the next deployment.

    Args:
        scope: The scope of the group.
        settings: How long the log is kept, and what encrypts it.
        last_look: The last look at the stack's template.

    Attributes:
        log_group: The group.
        arn: The pattern of its ARN and its streams', without a reference to the group.
    """

    def __init__(self, scope: Construct, settings: FunctionSettings, last_look: LastLook) -> None:
        key, stack = settings.encryption_key, cdk.Stack.of(scope)
        self.log_group = logs.LogGroup(
            scope,
            "LogGroup",
            retention=settings.log_retention,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            encryption_key=key,
        )
        made = self.log_group.node.default_child
        assert isinstance(made, logs.CfnLogGroup)
        self._given_name: str | None = None
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
        arns, generated = Arns.of(stack), f"{cdk.Aws.STACK_NAME}-{made.logical_id}-*"
        self.arn = self._arn(arns, generated, ":*")
        if key is not None:
            # Another stack's template has another name for AWS::StackName.
            here = cdk.Stack.of(key) == stack
            allow_logs(key, self.log_group, arns, self._arn(arns, generated if here else f"{arns.stack_name}-*"))
        last_look.add(self._look)

    def _arn(self, arns: Arns, generated: str, streams: str = "") -> str:
        name = _Name(lambda: generated if self._given_name is None else f"{self._given_name}{streams}")
        return arns.log_group(cdk.Lazy.uncached_string(name))

    def _look(self, resources: FinalResources) -> list[str]:
        properties = resources.properties(self.log_group)
        if properties and "LogGroupName" in properties:
            self._given_name = as_text(properties["LogGroupName"])
        return []


@jsii.implements(cdk.IStringProducer)
class _Name:
    def __init__(self, name: Callable[[], str]) -> None:
        self._name = name

    def produce(self, context: cdk.IResolveContext) -> str:  # noqa: ARG002
        return self._name()
