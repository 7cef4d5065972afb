"""The function behind the custom resource, and what it needs: made once in a stack, shared by all its imports."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_personalize_import._function.asset import function_code
from cdk_personalize_import._function.final_function import HANDLER, final_function
from cdk_personalize_import._function.function_logs import FunctionLogs
from cdk_personalize_import._function.function_settings import FunctionSettings
from cdk_personalize_import._function.import_function import ImportFunction
from cdk_personalize_import._function.schedules import Schedules
from cdk_personalize_import._permissions.function_keys import allow_dead_letters, allow_environment
from cdk_personalize_import._permissions.own_role import OwnRole
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import LastLook
from cdk_personalize_import._template.singleton import singleton

_ID = "Custom::PersonalizeDatasetImportJobProvider"


class Provider(Construct):
    """The function, its role and log group, and the group and role of the schedules with which it polls.

    Attributes:
        permissions: The permissions of the stack's imports.
        last_look: The last look at the stack's template.
        function: The function.
        function_arn: ARN of the function.
        schedule_group: The group of schedules, which must be there before the function is invoked.
        schedule_role_arn: ARN of the role with which schedules invoke the function.
    """

    @classmethod
    def of(cls, stack: cdk.Stack) -> Provider:
        """Return the provider of a stack. A nested stack has its own."""
        return singleton(stack, _ID, cls, lambda: cls(stack, _ID))

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        settings = ImportFunction.of(self)._made()
        self.last_look = last_look = LastLook(self)
        # What needs each other's name is given one that is known beforehand: nothing of this waits for another's
        # creation but the function for its role and its schedules' role. The stack's GUID keeps the names apart from
        # every other stack's.
        name = f"personalize-import-{cdk.Fn.select(2, cdk.Fn.split('/', cdk.Aws.STACK_ID))}"
        function_name = last_look.text(lambda: self.function, "FunctionName", name)
        function_arn = Arns.of(cdk.Stack.of(self)).function(function_name)
        schedules = Schedules(self, name, function_arn, last_look)
        logs = FunctionLogs(self, settings, last_look)
        role = OwnRole(
            self,
            "Role",
            policy_name="ImportData",
            description="Starts dataset import jobs and follows them",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        self.permissions = StackPermissions(self, role, last_look)
        policy = self.permissions.function_policy
        policy.allow_polling(schedules.group_name, schedules.roles)
        policy.allow_asking()
        policy.allow_logging(logs.arn)
        self._allow_settings(settings, function_arn)
        self.function = self._made_function(name, role, schedules, logs, settings)
        self.function_arn = self.function.function_arn
        self.schedule_group, self.schedule_role_arn = schedules.group, schedules.role.arn

    def _allow_settings(self, settings: FunctionSettings, function_arn: str) -> None:
        queue = settings.dead_letter_queue
        if settings.vpc is not None:
            self.permissions.function_policy.allow_vpc(function_arn)
        if settings.encryption_key is not None:
            allow_environment(self.permissions, settings.encryption_key)
        # The CDK lets the role send to the queue, and forgets the queue's key.
        if queue is not None and queue.encryption_master_key is not None:
            allow_dead_letters(self.permissions, queue.encryption_master_key)

    def _made_function(
        self, name: str, role: OwnRole, schedules: Schedules, logs: FunctionLogs, settings: FunctionSettings
    ) -> lambda_.Function:
        variables = {
            "SCHEDULE_GROUP_NAME": schedules.group_name,
            "SCHEDULE_ROLE_ARN": schedules.role.arn,
            "STACK_ID": cdk.Aws.STACK_ID,
        }
        function = lambda_.Function(
            self,
            "Function",
            description="Custom::PersonalizeDatasetImportJob: imports data into Amazon Personalize",
            function_name=name,
            code=function_code(self),
            handler=HANDLER,
            # Spelled out: older versions of aws-cdk-lib have no constant for it.
            runtime=lambda_.Runtime("python3.14", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.ARM_64,
            memory_size=settings.memory_size,
            timeout=cdk.Duration.minutes(3),
            role=role.role,
            log_group=logs.log_group,
            environment=variables,
            vpc=settings.vpc,
            vpc_subnets=settings.vpc_subnets,
            security_groups=settings.security_groups or None,
            environment_encryption=settings.encryption_key,
            reserved_concurrent_executions=settings.reserved_concurrent_executions,
            dead_letter_queue=settings.dead_letter_queue,
        )
        if settings.vpc is not None:
            # While the function is needed there must be what it reaches the services through, at the last when
            # CloudFormation waits for the reply to a Delete.
            function.node.add_dependency(settings.vpc, *settings.security_groups)
        self.last_look.add(final_function(function, variables))
        made = function.node.default_child if role.is_customised else None
        if isinstance(made, lambda_.CfnFunction):
            made.role = role.arn
        return function
