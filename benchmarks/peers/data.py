"""What all peers import, and with which role: an import each, from a folder of its own in one bucket."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

DATASET_GROUP_ARN = "arn:aws:personalize:us-east-1:111122223333:dataset-group/shop"
SCHEMA_ARN = "arn:aws:personalize:us-east-1:111122223333:schema/shop"


def dataset_arn(index: int) -> str:
    """Return the ARN of the dataset that an import fills."""
    return f"arn:aws:personalize:us-east-1:111122223333:dataset/shop-{index}/INTERACTIONS"


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
