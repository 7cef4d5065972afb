"""What IAM checks of policies and moto doesn't: a role's trust policy is JSON, and none is longer than its quota.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
import re
from typing import Any

from moto.iam.exceptions import LimitExceededException, MalformedPolicyDocument
from moto.iam.models import IAMBackend

from local_aws.account import Account

_MAX_INLINE = 10_240
_MAX_MANAGED = 6_144
_MAX_TRUST = 2_048

_moto_create_role = IAMBackend.create_role
_moto_create_policy = IAMBackend.create_policy
_moto_put_role_policy = IAMBackend.put_role_policy


def register(aws: Account) -> None:
    """Refuse policies that IAM refuses."""
    aws.replace(IAMBackend, "create_role", _create_role)
    aws.replace(IAMBackend, "create_policy", _create_policy)
    aws.replace(IAMBackend, "put_role_policy", _put_role_policy)


def _create_role(
    backend: IAMBackend, role_name: str, assume_role_policy_document: str, *given: Any, **more: Any
) -> Any:
    try:
        json.loads(assume_role_policy_document)
    except ValueError as error:
        # Everything else relies on it, and moto checks only those of existing roles.
        raise MalformedPolicyDocument("This policy contains invalid Json") from error
    if _size(assume_role_policy_document) > _MAX_TRUST:
        raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {_MAX_TRUST}")
    return _moto_create_role(backend, role_name, assume_role_policy_document, *given, **more)


def _create_policy(backend: IAMBackend, description: str, path: str, policy_document: str, *given: Any) -> Any:
    if _size(policy_document) > _MAX_MANAGED:
        raise LimitExceededException(f"Cannot exceed quota for PolicySize: {_MAX_MANAGED}")
    return _moto_create_policy(backend, description, path, policy_document, *given)


def _put_role_policy(backend: IAMBackend, role_name: str, policy_name: str, policy_json: str) -> None:
    policies = {**backend.get_role(role_name).policies, policy_name: policy_json}
    if sum(map(_size, policies.values())) > _MAX_INLINE:
        raise LimitExceededException(f"Maximum policy size of {_MAX_INLINE} bytes exceeded for role {role_name}")
    _moto_put_role_policy(backend, role_name, policy_name, policy_json)


def _size(policy: str) -> int:
    """The characters that count."""
    return len(re.sub(r"\s", "", policy))
