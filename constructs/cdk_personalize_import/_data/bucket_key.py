"""The key with which a bucket is encrypted, wherever the app says so."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import IConstruct

from cdk_personalize_import._template.arns import target
from cdk_personalize_import._template.last_look import FinalResources


def bucket_key(bucket: s3.IBucket) -> tuple[kms.IKey | None, str | None]:
    """Return the key, and the alias in the place of one where it doesn't tell which key that is."""
    key = bucket.encryption_key or _key_of_resource(bucket)
    if key is None:
        return None, None
    if isinstance(key, kms.Alias):
        return key.alias_target_key, None
    # An alias that is made elsewhere has no class of its own, but its ARN shows it.
    arn = key.key_arn
    return (None, arn.rpartition(":")[2]) if ":alias/" in arn else (key, None)


def has_key(bucket: s3.IBucket, resources: FinalResources) -> bool:
    """Return whether a bucket is encrypted with a customer's key in the end.

    Args:
        bucket: The bucket.
        resources: The resources of the import's stack.
    """
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return False
    if cdk.Stack.of(made) != resources.stack:
        return _key_id(made.bucket_encryption) is not None
    encryption = (resources.properties(made) or {}).get("BucketEncryption", {})
    rules = encryption.get("ServerSideEncryptionConfiguration", [])
    keys = [rule.get("ServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") for rule in rules]
    return any(key is not None and "alias/aws/s3" not in str(key) for key in keys)


def _key_of_resource(bucket: s3.IBucket) -> kms.IKey | None:
    """Return the key that is set on the CfnBucket, past the bucket itself."""
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return None
    text = _key_id(made.bucket_encryption)
    if text is None:
        return None
    found = target(text)
    if isinstance(found, kms.CfnKey):
        return _key_of(found)
    existing = made.node.try_find_child(_ID)
    if isinstance(existing, kms.Alias | kms.Key):
        return existing
    return kms.Key.from_key_arn(made, _ID, text) if text.startswith("arn:") else None


def _key_of(resource: kms.CfnKey) -> kms.IKey:
    scope: IConstruct | None = resource.node.scope
    return scope if isinstance(scope, kms.Key) else kms.Key.from_cfn_key(resource)


def _key_id(encryption: Any) -> str | None:
    for rule in getattr(encryption, "server_side_encryption_configuration", None) or []:
        by_default = getattr(rule, "server_side_encryption_by_default", None)
        key_id = getattr(by_default, "kms_master_key_id", None)
        if isinstance(key_id, str):
            return key_id
    return None


_ID = "PersonalizeImportKey"
