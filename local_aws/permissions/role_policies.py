"""What IAM checks of policies and moto doesn't: a role's trust policy has statements, none is longer than its quota.

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


def register(aws: Account) -> None:
    """Refuse policies that IAM refuses."""
    aws.extend(IAMBackend, "create_role", _create_role)
    aws.extend(IAMBackend, "create_policy", _create_policy)
    aws.extend(IAMBackend, "put_role_policy", _put_role_policy)


def _create_role(create: Any, backend: IAMBackend, name: str, trust_policy: str, *given: Any, **more: Any) -> Any:
    try:
        json.loads(trust_policy)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        # Everything else relies on it, and moto checks only those of existing roles.
        raise MalformedPolicyDocument("This policy contains invalid Json") from error
    if _size(trust_policy) > _MAX_TRUST:
        raise LimitExceededException(f"Cannot exceed quota for ACLSizePerRole: {_MAX_TRUST}")
    return create(backend, name, trust_policy, *given, **more)


def _create_policy(create: Any, backend: IAMBackend, description: str, path: str, document: str, *given: Any) -> Any:
    if _size(document) > _MAX_MANAGED:
        raise LimitExceededException(f"Cannot exceed quota for PolicySize: {_MAX_MANAGED}")
    return create(backend, description, path, document, *given)


def _put_role_policy(put: Any, backend: IAMBackend, role: str, name: str, document: str) -> None:
    policies = {**backend.get_role(role).policies, name: document}
    if sum(map(_size, policies.values())) > _MAX_INLINE:
        raise LimitExceededException(f"Maximum policy size of {_MAX_INLINE} bytes exceeded for role {role}")
    put(backend, role, name, document)


def _size(policy: str) -> int:
    """The characters that count."""
    return len(re.sub(r"\s", "", policy))
