"""The role with which Personalize reads the data of an import."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._function.provider import Provider
from cdk_personalize_import._permissions.readers import BucketReaders
from cdk_personalize_import._template import nag


def service_role(scope: Construct, provider: Provider, data: Data, bucket: BucketReaders) -> iam.Role:
    """Make a role that Personalize, and nobody else, can assume to read the data of one import.

    See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html

    Args:
        scope: The import.
        provider: The provider of its stack.
        data: The data.
        bucket: The readers of its bucket.
    """
    statements = read_statements([data.bucket_arn], [data.objects_arn])
    if data.key is not None:
        statements.append(decrypt_statement([data.key.key_arn]))
    role = iam.Role(
        scope,
        "ServiceRole",
        description="Reads training data for Amazon Personalize",
        path=provider.arns.service_role_path,
        assumed_by=provider.personalize,
        inline_policies={"ReadData": iam.PolicyDocument(statements=statements)},
    )
    if data.objects_arn.endswith("*"):
        reason = "The data is all objects of the folder"
        again = bucket.stack != provider.stack
        nag.acknowledge_wildcard(provider.stack, role, data.objects_arn, reason, again=again)
    return role


def read_statements(bucket_arns: list[str], object_arns: list[str]) -> list[iam.PolicyStatement]:
    """Return what a role needs to read the data of imports."""
    return [
        # Without a condition on the prefix: whether Personalize lists with one is not documented.
        iam.PolicyStatement(sid="ListData", actions=["s3:ListBucket"], resources=bucket_arns),
        iam.PolicyStatement(sid="ReadData", actions=["s3:GetObject"], resources=object_arns),
    ]


def decrypt_statement(key_arns: list[str]) -> iam.PolicyStatement:
    """Return what a role needs to read data that is encrypted with customers' keys."""
    return iam.PolicyStatement(
        sid="DecryptData",
        actions=[action for action in KEY_ACTIONS if action not in _OF_KEY_POLICIES],
        resources=key_arns,
    )


# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html names these, for the policy
# of the key. That can't name a role which is not made yet; it lets the account decide, so the role has them as well.
KEY_ACTIONS = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]
_OF_KEY_POLICIES = ["kms:CreateGrant"]
