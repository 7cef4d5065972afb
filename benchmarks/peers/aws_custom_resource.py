"""CDK's AwsCustomResource: one API call, reported as success when it is accepted."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources
from aws_cdk.aws_logs import LogGroup

from benchmarks.peers import data


def add_import(stack: cdk.Stack, index: int, dataset_arn: str) -> None:
    """Add an import."""
    role = data.service_role(stack, index)
    existing = stack.node.try_find_child("Logs")
    logs = existing if isinstance(existing, LogGroup) else data.log_group(stack, "Logs")
    call = custom_resources.AwsSdkCall(
        service="Personalize",
        action="createDatasetImportJob",
        parameters={
            "jobName": f"interactions-{index}",
            "datasetArn": dataset_arn,
            "dataSource": {"dataLocation": data.bucket_of(stack).s3_url_for_object(data.folder(index))},
            "roleArn": role.role_arn,
        },
        physical_resource_id=custom_resources.PhysicalResourceId.from_response("datasetImportJobArn"),
    )
    custom_resources.AwsCustomResource(
        stack,
        f"Import{index}",
        on_create=call,
        install_latest_aws_sdk=False,
        log_group=logs,
        policy=custom_resources.AwsCustomResourcePolicy.from_statements(
            [
                iam.PolicyStatement(actions=["personalize:CreateDatasetImportJob"], resources=["*"]),
                iam.PolicyStatement(actions=["iam:PassRole"], resources=[role.role_arn]),
            ]
        ),
    )
