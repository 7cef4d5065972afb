"""Decide, as IAM does, whether policies allow a call: every explicit deny wins, and what nothing allows is refused.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.kms.models import kms_backends
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from local_aws import turn
from local_aws.account import ACCOUNT, REGION
from local_aws.permissions.action import Need
from local_aws.permissions.condition import Context, condition_holds, like, with_variables


class Decision(enum.IntEnum):
    """What policies say about a call; of several decisions the greatest counts."""

    NOT_ALLOWED = 0
    ALLOWED = 1
    DENIED = 2


@turn.taken()
def decide(role_arn: str, need: Need) -> Decision:
    """Evaluate a role's own policies: inline, attached, and its permissions boundary.

    Args:
        role_arn: The role that calls; a role that doesn't exist is allowed nothing.
        need: What it wants to do.
    """
    role = _role(role_arn)
    if role is None:
        return Decision.NOT_ALLOWED
    identity = _decide((*role.policies.values(), *map(_document, role.managed_policies.values())), role_arn, need)
    if role.permissions_boundary_arn is None or identity is not Decision.ALLOWED:
        return identity
    boundary = iam_backends[ACCOUNT]["aws"].get_policy(role.permissions_boundary_arn)
    return _decide((_document(boundary),), role_arn, need)


def allowed(role_arn: str, need: Need) -> bool:
    """Whether a role's own policies allow something; see `decide`."""
    return decide(role_arn, need) is Decision.ALLOWED


@turn.taken()
def may_assume(role_arn: str, service_principal: str, context: Context | None = None) -> bool:
    """Whether a role's trust policy lets a service assume it.

    Args:
        role_arn: The role; one that doesn't exist can't be assumed.
        service_principal: For example ``personalize.amazonaws.com``.
        context: What the service tells about the resource it acts for: ``aws:SourceArn``; the account is known.
    """
    role = _role(role_arn)
    if role is None:
        return False
    need = Need("sts:AssumeRole", role_arn, {"aws:SourceAccount": ACCOUNT, **(context or {})})
    return policy_allows(role.assume_role_policy_document, service_principal, need)


@turn.taken()
def bucket_decision(principal: str, need: Need) -> Decision:
    """Evaluate a bucket's policy alone; a bucket that doesn't exist or has no policy allows and denies nothing.

    Args:
        principal: A service principal or a role's ARN.
        need: What it wants to do with the bucket or an object in it.
    """
    try:
        policy = s3_backends[ACCOUNT]["aws"].get_bucket(need.bucket).policy
    except S3ClientError:
        return Decision.NOT_ALLOWED
    return _decide((policy,), principal, need) if policy else Decision.NOT_ALLOWED


@turn.taken()
def key_decision(principal: str, need: Need) -> Decision:
    """Whether a KMS key may be used: its policy decides, or leaves it to the policies of the account's roles.

    Args:
        principal: A service principal or a role's ARN.
        need: What it wants to do with the key, whose id, ARN or alias is the resource; an unknown one allows nothing.
    """
    backend = kms_backends[ACCOUNT][REGION]
    key = backend.keys.get(backend.any_id_to_key_id(need.resource))
    if key is None:
        return Decision.NOT_ALLOWED
    need = replace(need, resource=key.arn)
    own, decision = decide(principal, need), _decide((key.policy,), principal, need)
    if decision is Decision.NOT_ALLOWED and own is Decision.ALLOWED:
        return _decide((key.policy,), principal, need, delegated=True)
    return max(own, decision)


def policy_allows(policy: str | bytes, principal: str, need: Need) -> bool:
    """Whether a resource's policy, a role's trust policy for one, allows something by itself."""
    return _decide((policy,), principal, need) is Decision.ALLOWED


def _role(role_arn: str) -> Role | None:
    try:
        return iam_backends[ACCOUNT]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return None


def _document(policy: Any) -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)


def _decide(documents: tuple[str | bytes, ...], principal: str, need: Need, *, delegated: bool = False) -> Decision:
    """Evaluate policies; ``delegated``: the account's root stands for its roles, whose own policies then decide."""
    known = {"aws:SecureTransport": "true", **({"aws:PrincipalArn": principal} if principal.startswith("arn:") else {})}
    asked = replace(need, context={**known, **need.context})
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(json.loads(document).get("Statement", []))
        if _applies(statement, principal, asked, delegated=delegated)
    }
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def _applies(statement: Mapping[str, Any], principal: str, need: Need, *, delegated: bool) -> bool:
    def is_action(patterns: Any) -> bool:
        return any(like(pattern.lower(), need.action.lower()) for pattern in _listed(patterns))

    def is_resource(patterns: Any) -> bool:
        return any(like(with_variables(pattern, need.context), need.resource) for pattern in _listed(patterns))

    def is_principal(named: Any) -> bool:
        return _is_principal(named, principal, root=delegated or statement["Effect"] == "Deny")

    # Identity policies name no principal and trust policies no resource: that is the role that they belong to.
    elements = {"Action": is_action, "Resource": is_resource, "Principal": is_principal}
    return all(_matches(statement, name, test) for name, test in elements.items()) and all(
        condition_holds(operator, key, _listed(expected), need.context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    )


def _matches(statement: Mapping[str, Any], name: str, test: Callable[[Any], bool]) -> bool:
    if f"Not{name}" in statement:
        return not test(statement[f"Not{name}"])
    return name not in statement or test(statement[name])


def _is_principal(element: Any, principal: str, *, root: bool) -> bool:
    if element == "*":
        return True
    if not principal.startswith("arn:"):
        return principal in _listed(element.get("Service", []))
    account = principal.split(":")[4]
    return any(
        named in ("*", principal) or (root and (named == account or named.endswith(f":iam::{account}:root")))
        for named in _listed(element.get("AWS", []))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
