"""Decide, as IAM does, whether policies allow a call: every explicit deny wins, and what nothing allows is refused.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import enum
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.kms.models import kms_backends
from moto.s3.exceptions import S3ClientError
from moto.s3.models import s3_backends

from local_aws.account import ACCOUNT, REGION
from local_aws.permissions.condition import Context, condition_holds, like, with_variables


class Decision(enum.Enum):
    """What policies say about a call."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "no policy allows it"
    DENIED = "a policy denies it"


@dataclass(frozen=True)
class Ask:
    """One call that somebody wants to make.

    Attributes:
        principal: A role's ARN, or a service principal such as ``personalize.amazonaws.com``.
        action: The IAM action, for example ``s3:GetObject``.
        resource: The resource's ARN, or ``*`` for actions without a resource level.
        context: Condition keys and their values, for example ``{"iam:PassedToService": "personalize.amazonaws.com"}``.
        delegated: Whether a resource policy that allows the account's root counts: it leaves the decision to the
            policies of the role.
    """

    principal: str
    action: str
    resource: str
    context: Context = field(default_factory=dict)
    delegated: bool = False


def decide(role_arn: str, action: str, resource: str, context: Context | None = None) -> Decision:
    """Evaluate a role's own policies: inline, attached, and its permissions boundary.

    Args:
        role_arn: The role that calls; a role that doesn't exist is allowed nothing.
        action: The IAM action, for example ``personalize:TagResource``.
        resource: The resource's ARN, or ``*``.
        context: Condition keys of the call.
    """
    role = _role(role_arn)
    if role is None:
        return Decision.NOT_ALLOWED
    ask = Ask(role_arn, action, resource, {"aws:PrincipalArn": role_arn, **(context or {})})
    identity = _decide((*role.policies.values(), *map(_document, role.managed_policies.values())), ask)
    if role.permissions_boundary_arn is None or identity is not Decision.ALLOWED:
        return identity
    return _decide((_document(iam_backends[ACCOUNT]["aws"].get_policy(role.permissions_boundary_arn)),), ask)


def allowed(role_arn: str, action: str, resource: str, context: Context | None = None) -> bool:
    """Whether a role's own policies allow an action; see `decide`."""
    return decide(role_arn, action, resource, context) is Decision.ALLOWED


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
    context = {"aws:SourceAccount": ACCOUNT, **(context or {})}
    return policy_allows(role.assume_role_policy_document, service_principal, "sts:AssumeRole", role_arn, context)


def bucket_decision(
    bucket: str, principal: str, action: str, resource: str, context: Context | None = None
) -> Decision:
    """Evaluate a bucket's policy alone; a bucket that doesn't exist or has no policy allows and denies nothing.

    Args:
        bucket: The bucket's name.
        principal: A service principal or a role's ARN.
        action: For example ``s3:GetObject``.
        resource: The ARN of the bucket or of an object.
        context: Condition keys of the call; ``aws:SecureTransport`` is ``true`` unless given.
    """
    try:
        policy = s3_backends[ACCOUNT]["aws"].get_bucket(bucket).policy
    except S3ClientError:
        return Decision.NOT_ALLOWED
    ask = Ask(principal, action, resource, {"aws:SecureTransport": "true", **(context or {})})
    return _decide((policy,), ask) if policy else Decision.NOT_ALLOWED


def key_decision(key_id: str, principal: str, action: str, context: Context | None = None) -> Decision:
    """Whether a KMS key may be used: its policy decides, or leaves it to the policies of the account's roles.

    Args:
        key_id: The key's id, ARN or alias; an unknown key allows nothing.
        principal: A service principal or a role's ARN.
        action: For example ``kms:Decrypt``.
        context: The request's condition keys.
    """
    context, backend = context or {}, kms_backends[ACCOUNT][REGION]
    key = backend.keys.get(backend.any_id_to_key_id(key_id))
    if key is None:
        return Decision.NOT_ALLOWED
    own = decide(principal, action, key.arn, context) if principal.startswith("arn:") else Decision.NOT_ALLOWED
    decision = _decide((key.policy,), Ask(principal, action, key.arn, context))
    if Decision.DENIED in (own, decision):
        return Decision.DENIED
    if decision is Decision.NOT_ALLOWED and own is Decision.ALLOWED:
        return _decide((key.policy,), Ask(principal, action, key.arn, context, delegated=True))
    return decision


def policy_allows(policy: str | bytes, principal: str, action: str, resource: str, context: Context) -> bool:
    """Whether a resource's policy, a role's trust policy for one, allows an action by itself."""
    return _decide((policy,), Ask(principal, action, resource, context)) is Decision.ALLOWED


def _role(role_arn: str) -> Role | None:
    try:
        return iam_backends[ACCOUNT]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return None


def _document(policy: Any) -> str:
    return next(str(version.document) for version in policy.versions if version.is_default)


def _decide(documents: tuple[str | bytes, ...], ask: Ask) -> Decision:
    effects = {
        statement["Effect"]
        for document in documents
        for statement in _listed(json.loads(document)["Statement"])
        if _applies(statement, ask)
    }
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


def _applies(statement: Mapping[str, Any], ask: Ask) -> bool:
    if "NotAction" in statement:
        acts = not any(like(pattern.lower(), ask.action.lower()) for pattern in _listed(statement["NotAction"]))
    else:
        acts = any(like(pattern.lower(), ask.action.lower()) for pattern in _listed(statement["Action"]))
    return acts and _is_principal(statement, ask) and _is_resource(statement, ask) and _holds(statement, ask)


def _is_resource(statement: Mapping[str, Any], ask: Ask) -> bool:
    def matches(element: str) -> bool:
        return any(like(with_variables(pattern, ask.context), ask.resource) for pattern in _listed(statement[element]))

    if "NotResource" in statement:
        return not matches("NotResource")
    # Trust policies have no Resource: they are about the role that they belong to.
    return "Resource" not in statement or matches("Resource")


def _is_principal(statement: Mapping[str, Any], ask: Ask) -> bool:
    root = ask.delegated or statement["Effect"] == "Deny"
    if "NotPrincipal" in statement:
        return not _principal_matches(statement["NotPrincipal"], ask.principal, root=root)
    # Identity policies name no principal: they are about the role that they belong to.
    return "Principal" not in statement or _principal_matches(statement["Principal"], ask.principal, root=root)


def _principal_matches(element: Any, principal: str, *, root: bool) -> bool:
    if element == "*":
        return True
    if not principal.startswith("arn:"):
        return principal in _listed(element.get("Service", []))
    account = principal.split(":")[4]
    return any(
        named in ("*", principal) or (root and (named == account or named.endswith(f":iam::{account}:root")))
        for named in _listed(element.get("AWS", []))
    )


def _holds(statement: Mapping[str, Any], ask: Ask) -> bool:
    return all(
        condition_holds(operator, key, _listed(expected), ask.context)
        for operator, keys in statement.get("Condition", {}).items()
        for key, expected in keys.items()
    )


def _listed(value: Any) -> list[Any]:
    return list(_flat(value))


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    else:
        yield value
