"""Who may read the data of an import: Personalize, the role with which it comes, and the function for its preflight.

See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
and https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, IDependable

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._permissions.bucket_readers import BucketReaders, Reader
from cdk_personalize_import._permissions.function_keys import allowed_by_key
from cdk_personalize_import._permissions.given_role import GivenRole
from cdk_personalize_import._permissions.key_user import KeyUser
from cdk_personalize_import._permissions.out_of_reach import warn_of_policy
from cdk_personalize_import._permissions.reading_role import ReadingRole
from cdk_personalize_import._permissions.service_role import service_role
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._permissions.statements import KEY_ACTIONS, list_and_read, use_key
from cdk_personalize_import._template.arns import is_token
from cdk_personalize_import._template.plain_text import plain


def allow_reading(
    job: Construct,
    permissions: StackPermissions,
    data: Data,
    given_role: iam.IRole | None,
    *,
    preflight: bool,
    reported: bool,
) -> tuple[iam.IRole, list[IDependable]]:
    """Let everybody read the data of an import who has to.

    Args:
        job: The import.
        permissions: The permissions of its stack.
        data: The data.
        given_role: The role with which Personalize is to read, None for a new one.
        preflight: Whether the function looks at the data as well.
        reported: Whether the CDK reports on the roles of the import.

    Returns:
        The role with which Personalize reads, and what must be there before the data is read.
    """
    bucket = BucketReaders.of(data.bucket)
    reader = given_role or service_role(job, permissions, data, bucket.stack, reported=reported).role
    role = ReadingRole.of(permissions, given_role)
    needed = _allow_personalize(job, permissions, data, bucket, role)
    if data.key is not None:
        _allow_key(job, permissions, data.key, role)
    elif bucket.has_aws_managed_key:
        cdk.Annotations.of(job).add_warning_v2(
            "cdk-personalize-import:awsManagedKey",
            f"bucket {data.bucket.node.path} is encrypted with the AWS managed key of S3, whose policy can't let in "
            "Personalize; use S3_MANAGED encryption, or KMS with a key of your own",
        )
    if preflight:
        needed += _allow_preflight(permissions, data, bucket)
    if given_role is not None:
        needed.append(GivenRole.of(permissions, given_role).allow(data))
    return reader, needed


def _allow_personalize(
    job: Construct, permissions: StackPermissions, data: Data, bucket: BucketReaders, role: ReadingRole
) -> list[IDependable]:
    """Let Personalize, and its role where the bucket is another account's, in by the bucket's policy."""
    is_foreign = _is_foreign(data.account, permissions)
    allowed: dict[str, Reader] = {"Personalize": _personalize}
    if is_foreign and role.arn is not None:
        allowed[role.name] = lambda: role.principal
    # A token of the import's stack means nothing to another stack.
    objects_arn = data.objects_arn if bucket.stack == permissions.stack else data.objects_arn_elsewhere
    policies = [policy for name, reader in allowed.items() for policy in bucket.allow(name, reader, objects_arn)]
    if policies:
        if is_foreign and role.arn is None:
            _warn_of_unnamed(job, permissions, f"bucket {data.bucket.node.path}", role)
        return policies
    printed: dict[str, iam.IPrincipal] = {"Personalize": _personalize()}
    if is_foreign:
        printed[role.name] = role.printed
    statements = [
        statement
        for name, reader in printed.items()
        for statement in list_and_read([data.bucket_arn], [data.objects_arn], name, reader)
    ]
    warn_of_policy(job, "bucketPolicy", f"bucket {plain(permissions.stack, data.bucket.bucket_name)}", statements)
    return []


def _allow_key(job: Construct, permissions: StackPermissions, key: kms.IKey, role: ReadingRole) -> None:
    """Let Personalize and its role use a key by the key's policy; warn where that is out of reach."""
    users = {"Personalize": _personalize()}
    if role.arn is not None:
        users[role.name] = role.principal
    in_reach = [KeyUser.of(key, use_key(name, user, KEY_ACTIONS)).allowed for name, user in users.items()]
    if not all(in_reach):
        printed = {**users, role.name: role.printed}
        statements = [use_key(name, user, KEY_ACTIONS) for name, user in printed.items()]
        warn_of_policy(job, "keyPolicy", f"key {plain(permissions.stack, key.key_arn)}", statements)
    elif role.arn is None and _is_foreign(key.env.account, permissions):
        _warn_of_unnamed(job, permissions, f"key {key.node.path}", role)


def _is_foreign(account: str, permissions: StackPermissions) -> bool:
    own = permissions.arns.account
    return not is_token(account) and not is_token(own) and account != own


def _personalize() -> iam.IPrincipal:
    # The documented statement has no condition on the source, and whether Personalize would meet one is not documented.
    return iam.ServicePrincipal("personalize.amazonaws.com")


def _allow_preflight(permissions: StackPermissions, data: Data, bucket: BucketReaders) -> list[IDependable]:
    """Let the function look at the data of an import.

    A bucket of the same stack says so in its own policy: the function's role refers to no bucket then, and no import
    waits for the bucket of another.
    """
    stack, policy = permissions.stack, permissions.function_policy

    def function_role() -> iam.IPrincipal:
        return iam.ArnPrincipal(permissions.function_role.arn)

    through_s3 = permissions.arns.through_s3
    if data.key and not allowed_by_key(permissions, data.key, "Preflight", ["kms:Decrypt"], through_s3):
        policy.allow_decrypting(data.key.key_arn)
    policies: list[IDependable] = []
    if bucket.stack == stack:
        policies = bucket.allow("Preflight", function_role, data.objects_arn)
    if not policies:
        policy.allow_reading(data.bucket_arn, data.objects_arn)
    return policies


def _warn_of_unnamed(job: Construct, permissions: StackPermissions, owner: str, role: ReadingRole) -> None:
    cdk.Annotations.of(job).add_warning_v2(
        "cdk-personalize-import:unnamedRole",
        f"the policy of {owner}, which is another account's, can't name the role "
        f"{plain(permissions.stack, role.printed_arn)} before it is made, so the import fails unless the policy lets "
        "it in by other means; give the role a role_name",
    )
