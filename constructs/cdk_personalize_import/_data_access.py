"""Lets Personalize, and the function for its preflight, at the data of an import: bucket policies and key policies."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from cdk_personalize_import import _service_role
from cdk_personalize_import._function_policy import through_s3
from cdk_personalize_import._plain_text import plain, statements_json
from cdk_personalize_import._provider import Provider
from cdk_personalize_import._reader_statements import BucketReader, KeyUser, key_statement, list_and_read


def allow_personalize(job: Construct, bucket: s3.IBucket, objects: str) -> list[IDependable]:
    """Let Personalize read objects of a bucket; warn where the bucket's or the key's policy is out of reach.

    See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    and https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html

    Args:
        job: The import.
        bucket: The bucket.
        objects: Key of the object, or a pattern of keys.

    Returns:
        What must be there before Personalize reads.
    """
    stack = cdk.Stack.of(job)
    # The documented statement has no condition on the source, and whether Personalize would meet one is not documented.
    readers: dict[str, iam.IPrincipal] = {"Personalize": iam.ServicePrincipal("personalize.amazonaws.com")}
    service_roles = _service_roles(stack)
    if _differ(bucket.env.account, stack.account):
        readers[f"ServiceRoles{stack.node.addr[-10:]}"] = service_roles
    policies = [
        policy for name, reader in readers.items() for policy in BucketReader.of(bucket, name, reader).allow(objects)
    ]
    if not policies:
        missing = [
            statement
            for name, reader in readers.items()
            for statement in list_and_read(name, bucket, [bucket.arn_for_objects(objects)], reader)
        ]
        _warn(job, "bucketPolicy", f"bucket {plain(stack, bucket.bucket_name)}", missing)
    key = bucket.encryption_key
    if key:
        users = {"Personalize": readers["Personalize"], f"ServiceRoles{stack.node.addr[-10:]}": service_roles}
        statements = [key_statement(name, user, _service_role.KEY_ACTIONS) for name, user in users.items()]
        allowed = [KeyUser.of(key, statement).allowed for statement in statements]
        if not all(allowed):
            _warn(job, "keyPolicy", f"key {plain(stack, key.key_arn)}", statements)
    elif _has_aws_managed_key(bucket):
        cdk.Annotations.of(job).add_warning_v2(
            "cdk-personalize-import:awsManagedKey",
            f"bucket {bucket.node.path} is encrypted with the AWS managed key of S3, whose policy can't let in "
            "Personalize; use S3_MANAGED encryption, or KMS with a key of your own",
        )
    return policies


def allow_preflight(provider: Provider, bucket: s3.IBucket, objects: str) -> list[IDependable]:
    """Let the function look at objects of a bucket.

    A bucket of the same stack says so in its own policy: the function's role refers to no bucket then, and no import
    waits for the bucket of another.

    Args:
        provider: Has the function.
        bucket: The bucket.
        objects: Key of the object, or a pattern of keys.

    Returns:
        What must be there before the function looks.
    """
    reader = iam.ArnPrincipal(provider.function_role.role_arn)
    key = bucket.encryption_key
    if key and not (_together(key, provider) and _allow_key(key, reader, provider)):
        provider.policy.allow_decrypting(key.key_arn)
    policies = BucketReader.of(bucket, "Preflight", reader).allow(objects) if _together(bucket, provider) else []
    if not policies:
        provider.policy.allow_reading(bucket.bucket_arn, bucket.arn_for_objects(objects))
    return policies


def _allow_key(key: kms.IKey, reader: iam.IPrincipal, provider: Provider) -> bool:
    conditions = through_s3(cdk.Stack.of(provider))
    return KeyUser.of(key, key_statement("Preflight", reader, ["kms:Decrypt"], conditions)).allowed


def _service_roles(stack: cdk.Stack) -> iam.IPrincipal:
    """Return the service roles of a stack as a principal.

    A bucket's or key's policy can't name a role that isn't made yet, and one of the same stack can't name a role that
    in turn names the bucket or key. The account can be named; the condition leaves nothing of it but those roles.
    """
    return iam.PrincipalWithConditions(
        iam.AccountPrincipal(stack.account), {"ArnLike": {"aws:PrincipalArn": _service_role.arn_pattern(stack)}}
    )


def _warn(job: Construct, what: str, owner: str, statements: list[iam.PolicyStatement]) -> None:
    text = statements_json(cdk.Stack.of(job), statements)
    cdk.Annotations.of(job).add_warning_v2(
        f"cdk-personalize-import:{what}",
        f"the policy of {owner} can't be changed from here; without these statements in it the import fails: {text}",
    )


def _has_aws_managed_key(bucket: s3.IBucket) -> bool:
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return False
    encryption = json.dumps(cdk.Stack.of(made).resolve(made.bucket_encryption))
    return '"aws:kms' in encryption and "kmsMasterKeyId" not in encryption


def _together(one: s3.IBucket | kms.IKey, other: Construct) -> bool:
    return cdk.Stack.of(one) == cdk.Stack.of(other)


def _differ(one: str, other: str) -> bool:
    return not cdk.Token.is_unresolved(one) and not cdk.Token.is_unresolved(other) and one != other
