"""Lets Personalize, and the function for its preflight, at the data of an import: bucket policies and key policies."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IDependable

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._function.provider import Provider
from cdk_personalize_import._permissions.readers import BucketReaders, KeyUser, Reader, list_and_read, use_key
from cdk_personalize_import._permissions.service_role import KEY_ACTIONS
from cdk_personalize_import._template.arns import Arns, is_token
from cdk_personalize_import._template.plain_text import plain, statements_json


def allow_personalize(job: Construct, arns: Arns, data: Data, bucket: BucketReaders) -> list[IDependable]:
    """Let Personalize read the data of an import; warn where the bucket's or the key's policy is out of reach.

    See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    and https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html

    Args:
        job: The import.
        arns: The ARNs of its stack.
        data: The data.
        bucket: The readers of its bucket.

    Returns:
        What must be there before the data is read.
    """
    # The documented statement has no condition on the source, and whether Personalize would meet one is not documented.
    personalize: dict[str, Reader] = {"Personalize": lambda: iam.ServicePrincipal("personalize.amazonaws.com")}
    service_roles: dict[str, Reader] = {f"ServiceRoles{arns.stack_hash}": lambda: _service_roles(arns)}
    is_foreign = not is_token(data.account) and not is_token(arns.account) and data.account != arns.account
    allowed = personalize | service_roles if is_foreign else personalize
    policies = [policy for name, reader in allowed.items() for policy in bucket.allow(name, reader, data.objects_arn)]
    if not policies:
        _warn(
            job,
            "bucketPolicy",
            f"bucket {plain(cdk.Stack.of(job), data.bucket.bucket_name)}",
            [
                statement
                for name, reader in allowed.items()
                for statement in list_and_read(name, data.bucket_arn, [data.objects_arn], reader())
            ],
        )
    if data.key is not None:
        users = personalize | service_roles
        statements = [use_key(name, user(), KEY_ACTIONS) for name, user in users.items()]
        in_reach = [KeyUser.of(data.key, statement).allowed for statement in statements]
        if not all(in_reach):
            _warn(job, "keyPolicy", f"key {plain(cdk.Stack.of(job), data.key.key_arn)}", statements)
    elif bucket.has_aws_managed_key:
        cdk.Annotations.of(job).add_warning_v2(
            "cdk-personalize-import:awsManagedKey",
            f"bucket {data.bucket.node.path} is encrypted with the AWS managed key of S3, whose policy can't let in "
            "Personalize; use S3_MANAGED encryption, or KMS with a key of your own",
        )
    return policies


def allow_preflight(provider: Provider, data: Data, bucket: BucketReaders) -> list[IDependable]:
    """Let the function look at the data of an import.

    A bucket of the same stack says so in its own policy: the function's role refers to no bucket then, and no import
    waits for the bucket of another.

    Args:
        provider: Has the function.
        data: The data.
        bucket: The readers of its bucket.

    Returns:
        What must be there before the function looks.
    """
    stack = provider.stack

    def function_role() -> iam.IPrincipal:
        return iam.ArnPrincipal(provider.function_role.role_arn)

    if data.key is not None and not (cdk.Stack.of(data.key) == stack and _allow_key(provider, data.key, function_role)):
        provider.policy.allow_decrypting(data.key.key_arn)
    policies: list[IDependable] = []
    if bucket.stack == stack:
        policies = bucket.allow("Preflight", function_role, data.objects_arn)
    if not policies:
        provider.policy.allow_reading(data.bucket_arn, data.objects_arn)
    return policies


def _allow_key(provider: Provider, key: kms.IKey, user: Reader) -> bool:
    statement = use_key("Preflight", user(), ["kms:Decrypt"], provider.arns.through_s3)
    return KeyUser.of(key, statement).allowed


def _service_roles(arns: Arns) -> iam.IPrincipal:
    """Return the service roles of a stack as a principal.

    A bucket's or key's policy can't name a role that isn't made yet, and one of the same stack can't name a role that
    in turn names the bucket or key. The account can be named; the condition leaves nothing of it but those roles.
    """
    return iam.PrincipalWithConditions(
        iam.AccountPrincipal(arns.account), {"ArnLike": {"aws:PrincipalArn": arns.service_roles}}
    )


def _warn(job: Construct, what: str, owner: str, statements: list[iam.PolicyStatement]) -> None:
    text = statements_json(cdk.Stack.of(job), statements)
    cdk.Annotations.of(job).add_warning_v2(
        f"cdk-personalize-import:{what}",
        f"the policy of {owner} can't be changed from here; without these statements in it the import fails: {text}",
    )
