"""The role with which Personalize reads the data of an import."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import import _nag


def path(stack: cdk.Stack) -> str:
    """Return the IAM path of the service roles of a stack's imports.

    A path of their own lets one pattern stand for all of them, and for nothing else, in the permission to pass them
    on. It refers to no resource, so no import has to wait for the role of another.
    """
    return f"/cdk-personalize-import/{stack.region}/{stack.node.addr[-10:]}/"


def arn_pattern(stack: cdk.Stack) -> str:
    """Return the pattern of the ARNs of the service roles of a stack's imports."""
    return stack.format_arn(service="iam", region="", resource="role", resource_name=f"{path(stack)[1:]}*")


def service_role(scope: Construct, bucket_arn: str, objects_arn: str, key_arn: str | None) -> iam.Role:
    """Make a role that Personalize, and nobody else, can assume to read the data of one import.

    See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html

    Args:
        scope: The import.
        bucket_arn: The data's bucket.
        objects_arn: The object, or the pattern of a folder's objects.
        key_arn: The customer's key with which the bucket is encrypted, if any.
    """
    stack = cdk.Stack.of(scope)
    statements = read_statements([bucket_arn], [objects_arn])
    if key_arn:
        statements.append(decrypt_statement([key_arn]))
    role = iam.Role(
        scope,
        "ServiceRole",
        description="Reads training data for Amazon Personalize",
        path=path(stack),
        # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
        assumed_by=iam.ServicePrincipal(
            "personalize.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": stack.account},
                "StringLike": {"aws:SourceArn": stack.format_arn(service="personalize", resource="*")},
            },
        ),
        inline_policies={"ReadData": iam.PolicyDocument(statements=statements)},
    )
    if objects_arn.endswith("*"):
        _nag.acknowledge_wildcard(role, objects_arn, "The data is all objects of the folder")
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
