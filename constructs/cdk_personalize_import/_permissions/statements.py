"""The statements that let somebody read data, for policies of roles, buckets and keys."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_iam as iam

# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html names these, for the policy
# of the key. That can't name a role which is not made yet; it lets the account decide, so the role has all of them as
# well. Without kms:GrantIsForAWSResource: no page says that Personalize, under the role, would meet it.
KEY_ACTIONS = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"]


def of_reader(bucket_arn: str, objects_arn: str, key_arn: str | None) -> list[dict[str, object]]:
    """Return the statements, as JSON, that let a role read the data of one import.

    Args:
        bucket_arn: The bucket.
        objects_arn: The objects.
        key_arn: The customer's key that encrypts them, if any.
    """
    allowed = {"ListData": ("s3:ListBucket", bucket_arn), "ReadData": ("s3:GetObject", objects_arn)}
    statements = [
        {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": arn} for sid, (action, arn) in allowed.items()
    ]
    return statements + ([] if key_arn is None else [decrypt([key_arn]).to_statement_json()])


def list_and_read(
    bucket_arns: list[str], object_arns: list[str], name: str = "", reader: iam.IPrincipal | None = None
) -> list[iam.PolicyStatement]:
    """Return the statements that let somebody list buckets and read objects of them.

    Args:
        bucket_arns: The buckets.
        object_arns: The objects.
        name: Name of the reader, in a bucket's policy.
        reader: The reader, in a bucket's policy.
    """
    list_sid, read_sid = (f"{name}ListsData", f"{name}ReadsData") if name else ("ListData", "ReadData")
    principals = [reader] if reader else None
    return [
        # Without a condition on the prefix: whether Personalize lists with one is not documented.
        iam.PolicyStatement(sid=list_sid, principals=principals, actions=["s3:ListBucket"], resources=bucket_arns),
        iam.PolicyStatement(sid=read_sid, principals=principals, actions=["s3:GetObject"], resources=object_arns),
    ]


def decrypt(key_arns: list[str]) -> iam.PolicyStatement:
    """Return what a role needs to read data that is encrypted with customers' keys."""
    return iam.PolicyStatement(sid="DecryptData", actions=KEY_ACTIONS, resources=key_arns)


def use_key(
    name: str, user: iam.IPrincipal, actions: list[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Return the statement of a key's policy that lets somebody use the key."""
    # In a key's policy, "*" is the key itself.
    return iam.PolicyStatement(
        sid=f"{name}UsesKey", principals=[user], actions=actions, resources=["*"], conditions=conditions
    )
