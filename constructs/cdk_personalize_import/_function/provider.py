"""The function behind the custom resource, and what it needs: made once in a stack, shared by all its imports."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._function.asset import function_code
from cdk_personalize_import._permissions.function_policy import FunctionPolicy
from cdk_personalize_import._permissions.readers import BucketReaders
from cdk_personalize_import._template.arns import Arns

_ID = "Custom::PersonalizeDatasetImportJobProvider"


class Provider(Construct):
    """The function, its role and log group, and the group and role of the schedules with which it polls.

    Attributes:
        stack: The stack.
        arns: The ARNs of the stack.
        policy: What the function may do.
        function_arn: ARN of the function.
        function_role: Role of the function.
        personalize: Who may assume the service roles of the stack's imports.
    """

    @classmethod
    def of(cls, stack: cdk.Stack) -> Provider:
        """Return the provider of a stack. A nested stack has its own."""
        existing = stack.node.try_find_child(_ID)
        return existing if isinstance(existing, cls) else cls(stack, _ID)

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.stack = cdk.Stack.of(self)
        self.arns = Arns(self.stack)
        # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
        self.personalize = iam.ServicePrincipal(
            "personalize.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": self.arns.account},
                "StringLike": {"aws:SourceArn": self.arns.personalize("*")},
            },
        )
        self._readers: dict[s3.IBucket, BucketReaders] = {}
        # The function and the schedules' role need each other's ARN. A name that is known beforehand unties them
        # without a policy of its own, which would take another resource and a quarter of a minute of every first
        # deployment. The stack's GUID keeps it apart from every other stack's.
        function_name = f"personalize-import-{cdk.Fn.select(2, cdk.Fn.split('/', cdk.Aws.STACK_ID))}"
        schedule_group = scheduler.CfnScheduleGroup(self, "ScheduleGroup")
        schedule_role = self._schedule_role(schedule_group, self.arns.function(function_name))
        log_group = logs.LogGroup(
            self, "LogGroup", retention=logs.RetentionDays.ONE_MONTH, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        document = iam.PolicyDocument()
        self.function_role = iam.Role(
            self,
            "Role",
            description="Starts dataset import jobs and follows them",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"ImportData": document},
        )
        self.policy = FunctionPolicy(self.stack, self.function_role, document, self.arns)
        self.policy.allow_polling(schedule_group.ref, schedule_role)
        self.policy.allow_asking()
        self.policy.allow_logging(log_group.log_group_arn)
        function = lambda_.Function(
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
            role=self.function_role,
            log_group=log_group,
            environment={
                "SCHEDULE_GROUP_NAME": schedule_group.ref,
                "SCHEDULE_ROLE_ARN": schedule_role.role_arn,
            },
        )
        self.function_arn = function.function_arn

    def readers(self, data: Data) -> BucketReaders:
        """Return the readers of the bucket that the data is in."""
        if data.bucket not in self._readers:
            self._readers[data.bucket] = BucketReaders.of(data.bucket)
        return self._readers[data.bucket]

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
                        "aws:SourceAccount": self.arns.account,
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
