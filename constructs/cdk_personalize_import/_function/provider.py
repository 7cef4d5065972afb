"""The function behind the custom resource, and what it needs: made once in a stack, shared by all its imports."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_personalize_import._function.asset import function_code
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.singleton import singleton

_ID = "Custom::PersonalizeDatasetImportJobProvider"


class Provider(Construct):
    """The function, its role and log group, and the group and role of the schedules with which it polls.

    Attributes:
        permissions: The permissions of the stack's imports.
        function: The function.
        function_arn: ARN of the function.
        schedule_group_name: Name of the schedule group.
        schedule_role_arn: ARN of the role with which schedules invoke the function.
    """

    @classmethod
    def of(cls, stack: cdk.Stack) -> Provider:
        """Return the provider of a stack. A nested stack has its own."""
        return singleton(stack, _ID, cls, lambda: cls(stack, _ID))

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._arns = Arns.of(cdk.Stack.of(self))
        # The function and the schedules' role need each other's ARN. A name that is known beforehand unties them
        # without a policy of its own, which would take another resource and a quarter of a minute of every first
        # deployment. The stack's GUID keeps it apart from every other stack's.
        function_name = f"personalize-import-{cdk.Fn.select(2, cdk.Fn.split('/', cdk.Aws.STACK_ID))}"
        schedule_group = scheduler.CfnScheduleGroup(self, "ScheduleGroup")
        schedule_role = self._schedule_role(schedule_group, self._arns.function(function_name))
        log_group = logs.LogGroup(
            self, "LogGroup", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        document = iam.PolicyDocument()
        role = iam.Role(
            self,
            "Role",
            description="Starts dataset import jobs and follows them",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"ImportData": document},
        )
        self.permissions = StackPermissions(self, role, document)
        policy = self.permissions.function_policy
        policy.allow_polling(schedule_group.ref, schedule_role)
        policy.allow_asking()
        policy.allow_logging(log_group.log_group_arn)
        self.schedule_group_name, self.schedule_role_arn = schedule_group.ref, schedule_role.role_arn
        self.function = lambda_.Function(
            self,
            "Function",
            description="Custom::PersonalizeDatasetImportJob: imports data into Amazon Personalize",
            function_name=function_name,
            code=function_code(self),
            handler="cdk_personalize_import_handler.function.handler",
            # Spelled out: older versions of aws-cdk-lib have no constant for it.
            runtime=lambda_.Runtime("python3.14", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.ARM_64,
            memory_size=128,
            timeout=cdk.Duration.minutes(3),
            role=role,
            log_group=log_group,
            environment={
                "SCHEDULE_GROUP_NAME": self.schedule_group_name,
                "SCHEDULE_ROLE_ARN": self.schedule_role_arn,
            },
        )
        self.function_arn = self.function.function_arn

    def _schedule_role(self, group: scheduler.CfnScheduleGroup, function_arn: str) -> iam.Role:
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        return iam.Role(
            self,
            "ScheduleRole",
            description="Invokes the function that follows dataset import jobs",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": self._arns.account,
                        "aws:SourceArn": group.attr_arn,
                    }
                },
            ),
            inline_policies={
                "InvokeFunction": iam.PolicyDocument(
                    statements=[iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function_arn])]
                )
            },
        )
