"""CDK's Provider with two functions of the user's, asked every five seconds."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources
from constructs import Construct

from benchmarks.peers import data

_CODE = Path(__file__).parent / "provider_function"


class Provider(Construct):
    """The provider with the user's two functions."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "Provider")
        self.on_event = self._function("OnEvent", "on_event", "personalize:CreateDatasetImportJob")
        self.service_token = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=self.on_event,
            is_complete_handler=self._function("IsComplete", "is_complete", "personalize:DescribeDatasetImportJob"),
            query_interval=cdk.Duration.seconds(5),
            total_timeout=cdk.Duration.hours(1),
            log_group=data.log_group(self, "FrameworkLogs"),
        ).service_token

    def _function(self, construct_id: str, handler: str, action: str) -> lambda_.Function:
        function = lambda_.Function(
            self,
            construct_id,
            runtime=lambda_.Runtime.PYTHON_3_13,
            code=lambda_.Code.from_asset(str(_CODE), exclude=["__pycache__"]),
            handler=f"import_data.{handler}",
            timeout=cdk.Duration.minutes(1),
            log_group=data.log_group(self, f"{construct_id}Logs"),
        )
        function.add_to_role_policy(iam.PolicyStatement(actions=[action], resources=["*"]))
        return function


def add_import(stack: cdk.Stack, index: int, dataset_arn: str) -> None:
    """Add an import; the first one makes the provider."""
    role = data.service_role(stack, index)
    existing = stack.node.try_find_child("Provider")
    provider = existing if isinstance(existing, Provider) else Provider(stack)
    provider.on_event.add_to_role_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=[role.role_arn]))
    cdk.CustomResource(
        stack,
        f"Import{index}",
        service_token=provider.service_token,
        resource_type="Custom::DatasetImportJob",
        properties={
            "JobName": f"interactions-{index}",
            "DatasetArn": dataset_arn,
            "DataLocation": data.bucket_of(stack).s3_url_for_object(data.folder(index)),
            "RoleArn": role.role_arn,
        },
    )
