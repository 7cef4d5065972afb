"""Roles that somebody else makes from the CDK's report, before the stack: a deployment works with them."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from deployment import Deployment, app, make_reported_roles
from end_to_end.cdk_cli import Account
from end_to_end.shop import open_shop, put, sample
from end_to_end.stacks import import_into_shop

from cdk_personalize_import import DatasetImportJob, DataSource
from local_aws.server import LocalAws

PROVIDER = "Customised/Custom::PersonalizeDatasetImportJobProvider"
ROLES = {
    f"{PROVIDER}/Role": "corp-function",
    f"{PROVIDER}/ScheduleRole": "corp-schedules",
    "Customised/Items/ServiceRole": "corp-items",
    "Customised/Users/ServiceRole": "corp-users",
}
DATA = "encrypted-items"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An import from another stack's encrypted bucket, and one that has tags."""
    made = app(outdir=str(tmp_path_factory.mktemp("customised")))
    iam.Role.customize_roles(made, use_precreated_roles=ROLES)
    data = cdk.Stack(made, "Data")
    key = kms.Key(data, "Key", removal_policy=cdk.RemovalPolicy.DESTROY)
    bucket = s3.Bucket(data, "Bucket", bucket_name=DATA, encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY)
    stack = cdk.Stack(made, "Customised")
    DatasetImportJob(
        stack,
        "Items",
        dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS"),
        data_source=DataSource.from_bucket(bucket, "items/"),
    )
    import_into_shop(stack, "Users", "USERS", "users.csv", tags={"team": "shop"})
    return made.synth()


def test_roles_made_from_the_report(aws: LocalAws, assembly: Any) -> None:
    open_shop(aws)
    account, deployment = Account(aws), Deployment(aws, assembly)
    assert deployment.create("Data") == {"Data": "CREATE_COMPLETE"}
    resources = aws.client("cloudformation").describe_stack_resources(StackName="Data")["StackResources"]
    [key] = [found["PhysicalResourceId"] for found in resources if found["ResourceType"] == "AWS::KMS::Key"]
    known = {
        "Data/Bucket/Resource.Arn": f"arn:aws:s3:::{DATA}",
        "Data/Key/Resource.Arn": f"arn:aws:kms:{aws.region}:{aws.account}:key/{key}",
    }
    make_reported_roles(aws, assembly, known)
    put(aws, "items/items.csv", sample("items"), bucket=DATA)
    assert deployment.create("Customised") == {"Customised": "CREATE_COMPLETE"}, deployment.failures("Customised")
    assert [(job["status"], account.records(job) > 0) for job in account.jobs()] == [("ACTIVE", True)] * 2
    arns = {f"arn:aws:iam::{aws.account}:role/{name}" for name in ROLES.values()}
    assert {role["Arn"] for role in aws.client("iam").list_roles()["Roles"]} == arns
    assert [call for call in aws.calls if call.role_arn in arns and not call.allowed] == []
    assert {call.role_arn for call in aws.calls if call.role_arn in arns} == arns

    aws.client("s3").delete_object(Bucket=DATA, Key="items/items.csv")
    assert deployment.delete("Customised") == {"Customised": "DELETE_COMPLETE"}
    assert deployment.delete("Data") == {"Data": "DELETE_COMPLETE"}
