"""A function with plain crhelper, and the permissions that crhelper's README asks for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from benchmarks.peer_functions import copy_crhelper_function
from benchmarks.peers import data

_ACTIONS = (
    "personalize:CreateDatasetImportJob",
    "personalize:DescribeDatasetImportJob",
    "lambda:AddPermission",
    "lambda:RemovePermission",
    "events:PutRule",
    "events:DeleteRule",
    "events:PutTargets",
    "events:RemoveTargets",
)


def add_import(stack: cdk.Stack, index: int, dataset_arn: str) -> None:
    """Add an import; the first one makes the function."""
    role = data.service_role(stack, index)
    function = stack.node.try_find_child("Function")
    if not isinstance(function, lambda_.Function):
        function = _function(stack)
    function.add_to_role_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=[role.role_arn]))
    cdk.CustomResource(
        stack,
        f"Import{index}",
        service_token=function.function_arn,
        resource_type="Custom::DatasetImportJob",
        properties={
            "JobName": f"interactions-{index}",
            "DatasetArn": dataset_arn,
            "DataLocation": data.bucket_of(stack).s3_url_for_object(data.folder(index)),
            "RoleArn": role.role_arn,
        },
    )


def _function(stack: cdk.Stack) -> lambda_.Function:
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_13,
        code=lambda_.Code.from_asset(str(copy_crhelper_function(Path(tempfile.mkdtemp())))),
        handler="import_data.handler",
        timeout=cdk.Duration.minutes(3),
        log_group=data.log_group(stack, "FunctionLogs"),
    )
    function.add_to_role_policy(iam.PolicyStatement(actions=list(_ACTIONS), resources=["*"]))
    return function
