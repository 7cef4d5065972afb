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
from cdk_personalize_import._permissions.given_role import GivenRole
from cdk_personalize_import._permissions.key_user import KeyUser
from cdk_personalize_import._permissions.service_role import service_role
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._permissions.statements import KEY_ACTIONS, list_and_read, use_key
from cdk_personalize_import._template.arns import is_token
from cdk_personalize_import._template.plain_text import plain, statements_json


def allow_reading(
    job: Construct, permissions: StackPermissions, data: Data, given_role: iam.IRole | None, *, preflight: bool
) -> tuple[iam.IRole, list[IDependable]]:
    """Let everybody read the data of an import who has to.

    Args:
        job: The import.
        permissions: The permissions of its stack.
        data: The data.
        given_role: The role with which Personalize is to read, None for a new one.
        preflight: Whether the function looks at the data as well.

    Returns:
        The role with which Personalize reads, and what must be there before the data is read.
    """
    bucket = BucketReaders.of(data.bucket)
    needed = _allow_personalize(job, permissions, data, bucket)
    if preflight:
        needed += _allow_preflight(permissions, data, bucket)
    if given_role is None:
        return service_role(job, permissions, data, bucket.stack), needed
    needed.append(GivenRole.of(permissions, given_role).allow(data))
    return given_role, needed


def _allow_personalize(
    job: Construct, permissions: StackPermissions, data: Data, bucket: BucketReaders
) -> list[IDependable]:
    """Let Personalize in by the bucket's and the key's policy; warn where one is out of reach."""
    # The documented statement has no condition on the source, and whether Personalize would meet one is not documented.
    personalize: dict[str, Reader] = {"Personalize": lambda: iam.ServicePrincipal("personalize.amazonaws.com")}
    arns = permissions.arns
    service_roles: dict[str, Reader] = {f"ServiceRoles{arns.stack_hash}": lambda: _service_roles(permissions)}
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
                for statement in list_and_read([data.bucket_arn], [data.objects_arn], name, reader())
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


def _allow_preflight(permissions: StackPermissions, data: Data, bucket: BucketReaders) -> list[IDependable]:
    """Let the function look at the data of an import.

    A bucket of the same stack says so in its own policy: the function's role refers to no bucket then, and no import
    waits for the bucket of another.
    """
    stack, policy = permissions.stack, permissions.function_policy

    def function_role() -> iam.IPrincipal:
        return iam.ArnPrincipal(permissions.function_role.role_arn)

    def allow_key(key: kms.IKey) -> bool:
        statement = use_key("Preflight", function_role(), ["kms:Decrypt"], permissions.arns.through_s3)
        return KeyUser.of(key, statement).allowed

    if data.key is not None and not (cdk.Stack.of(data.key) == stack and allow_key(data.key)):
        policy.allow_decrypting(data.key.key_arn)
    policies: list[IDependable] = []
    if bucket.stack == stack:
        policies = bucket.allow("Preflight", function_role, data.objects_arn)
    if not policies:
        policy.allow_reading(data.bucket_arn, data.objects_arn)
    return policies


def _service_roles(permissions: StackPermissions) -> iam.IPrincipal:
    """Return the service roles of a stack as a principal.

    A bucket's or key's policy can't name a role that isn't made yet, and one of the same stack can't name a role that
    in turn names the bucket or key. The account can be named; the condition leaves nothing of it but those roles.
    """
    return iam.PrincipalWithConditions(
        iam.AccountPrincipal(permissions.arns.account),
        {"ArnLike": {"aws:PrincipalArn": permissions.service_roles.as_condition}},
    )


def _warn(job: Construct, what: str, owner: str, statements: list[iam.PolicyStatement]) -> None:
    text = statements_json(cdk.Stack.of(job), statements)
    cdk.Annotations.of(job).add_warning_v2(
        f"cdk-personalize-import:{what}",
        f"the policy of {owner} can't be changed from here; without these statements in it the import fails: {text}",
    )
