"""The keys that the function uses, and those of what belongs to it: by the keys' policies where these are in reach."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_personalize_import._permissions.key_user import KeyUser
from cdk_personalize_import._permissions.out_of_reach import warn_of_policy
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._permissions.statements import use_key
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.plain_text import plain

# Those that the page names, its wildcards spelled out, but for DescribeKey, which can't meet the condition.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
_OF_LOGS = [
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_OF_QUEUE = ["kms:Decrypt", "kms:GenerateDataKey"]


def allowed_by_key(
    permissions: StackPermissions,
    key: kms.IKey,
    name: str,
    actions: list[str],
    conditions: Mapping[str, object] | None = None,
) -> bool:
    """Let the function's role use a key by the key's policy, and return whether that is in reach.

    A key of the same stack says so itself: the role refers to no key then, and the key's policy may refer to the role.
    """
    if cdk.Stack.of(key) != permissions.stack:
        return False
    role = iam.ArnPrincipal(permissions.function_role.arn)
    return KeyUser.of(key, use_key(name, role, actions, conditions)).allowed


def allow_environment(permissions: StackPermissions, key: kms.IKey) -> None:
    """Let Lambda decrypt the function's environment, which it does with the function's role."""
    if not allowed_by_key(permissions, key, "Environment", ["kms:Decrypt"]):
        permissions.function_policy.allow_key("DecryptEnvironment", ["kms:Decrypt"], key.key_arn)


def allow_dead_letters(permissions: StackPermissions, key: kms.IKey) -> None:
    """Let Lambda send what the function failed to a queue with that key, which it does with the function's role."""
    if not allowed_by_key(permissions, key, "DeadLetters", _OF_QUEUE):
        permissions.function_policy.allow_key("EncryptDeadLetters", _OF_QUEUE, key.key_arn)


def allow_logs(key: kms.IKey, log_group: Construct, arns: Arns, log_group_arn: str) -> None:
    """Let CloudWatch Logs use a key for one log group by the key's policy; warn where that is out of reach.

    Args:
        key: The key.
        log_group: The log group.
        arns: The ARNs of its stack.
        log_group_arn: The pattern of its ARN, as the key's stack can have it.
    """
    service = iam.ServicePrincipal(f"logs.{arns.region}.{arns.url_suffix}")
    condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_group_arn}}
    statement = use_key(f"Logs{arns.stack_hash}", service, _OF_LOGS, condition)
    if not KeyUser.of(key, statement).allowed:
        owner = f"key {plain(cdk.Stack.of(log_group), key.key_arn)}"
        warn_of_policy(log_group, "logKeyPolicy", owner, [statement])
