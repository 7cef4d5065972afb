"""What a user may give in the place of an L2: an L1, or anything else that refers to a resource.

https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.interfaces.html
"""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3

from cdk_personalize_import._template.arns import is_token

# Below the construct that they stand for.
_ID = "@IPersonalizeImport"


def has(value: object, attribute: str) -> bool:
    """Return whether a value has an attribute. First of its type: the object itself is in the CDK's own process."""
    return hasattr(type(value), attribute) or hasattr(value, attribute)


def dataset_arn(dataset: Any) -> str | None:
    """Return the ARN of a dataset, None for something else."""
    if isinstance(dataset, personalize.CfnDataset):
        return dataset.attr_dataset_arn
    return str(dataset.dataset_ref.dataset_arn) if has(dataset, "dataset_ref") else None


def bucket(value: Any) -> s3.IBucket | None:
    """Return what stands for a bucket, None for something else."""
    if has(value, "bucket_arn"):
        found: s3.IBucket = value
        return found
    if isinstance(value, s3.CfnBucket):
        return s3.Bucket.from_cfn_bucket(value)
    if not has(value, "bucket_ref"):
        return None
    existing = value.node.try_find_child(_ID)
    made: s3.IBucket = existing or s3.Bucket.from_bucket_arn(value, _ID, value.bucket_ref.bucket_arn)
    return made


def role(value: Any) -> iam.IRole | None:
    """Return what stands for a role, None for something else."""
    if has(value, "role_arn"):
        found: iam.IRole = value
        return found
    if not has(value, "role_ref"):
        return None
    existing = value.node.try_find_child(_ID)
    made: iam.IRole = existing or iam.Role.from_role_arn(value, _ID, _role_arn(value))
    return made


def _role_arn(value: Any) -> str:
    path = value.path if isinstance(value, iam.CfnRole) else None
    if not isinstance(value, iam.CfnRole) or (path and is_token(path)):
        return str(value.role_ref.role_arn)
    # Spelled out, so that the CDK can read the role's name behind the path, to which a policy is attached.
    name = f"{path or '/'}{value.ref}".lstrip("/")
    return cdk.Stack.of(value).format_arn(service="iam", region="", resource="role", resource_name=name)
