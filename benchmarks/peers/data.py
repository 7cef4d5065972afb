"""What all peers import, and with which role: an import each, from a folder of its own in one bucket."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

DATASET_GROUP_ARN = "arn:aws:personalize:us-east-1:111122223333:dataset-group/shop"
_SCHEMA = {"type": "record", "name": "Interactions", "fields": [{"name": "USER_ID", "type": "string"}]}
SCHEMA_ARN = "arn:aws:personalize:us-east-1:111122223333:schema/shop"


def dataset_arn(index: int) -> str:
    """Return the ARN of the dataset that an import fills."""
    return f"arn:aws:personalize:us-east-1:111122223333:dataset/shop-{index}/INTERACTIONS"


def dataset(stack: cdk.Stack, index: int) -> str:
    """Return the ARN of a new dataset of the stack, with a group of its own."""
    schema = stack.node.try_find_child("Schema")
    if not isinstance(schema, personalize.CfnSchema):
        schema = personalize.CfnSchema(stack, "Schema", name="interactions", schema=json.dumps(_SCHEMA))
    group = personalize.CfnDatasetGroup(stack, f"Group{index}", name=f"shop-{index}")
    return personalize.CfnDataset(
        stack,
        f"Dataset{index}",
        name=f"interactions-{index}",
        dataset_type="Interactions",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schema.attr_schema_arn,
    ).attr_dataset_arn


def folder(index: int) -> str:
    """Return the folder that an import reads."""
    return f"interactions-{index}/"


def bucket_of(stack: cdk.Stack) -> s3.Bucket:
    """Return the stack's bucket, which its first import makes."""
    existing = stack.node.try_find_child("Data")
    return existing if isinstance(existing, s3.Bucket) else s3.Bucket(stack, "Data")


def service_role(stack: cdk.Stack, index: int) -> iam.Role:
    """Return a new role with which Personalize reads the data of one import, and let it through the bucket's policy.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    bucket, personalize = bucket_of(stack), iam.ServicePrincipal("personalize.amazonaws.com")
    role = iam.Role(stack, f"ServiceRole{index}", assumed_by=personalize)
    bucket.grant_read(role, f"{folder(index)}*")
    bucket.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[personalize],
            actions=["s3:GetObject", "s3:ListBucket"],
            resources=[bucket.bucket_arn, bucket.arn_for_objects(f"{folder(index)}*")],
        )
    )
    return role


def log_group(scope: Construct, construct_id: str) -> logs.LogGroup:
    """Return a new log group that doesn't keep its events for ever."""
    return logs.LogGroup(scope, construct_id, retention=logs.RetentionDays.ONE_MONTH)
