"""What roles do: every API call of an assumed role is written down, and the calls of functions are checked.

Calls with the user's own credentials are free. A Lambda function, a schedule or an import job can do only what its role
allows, so that a permission that is missing in a template is found here and not in the first real deployment.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.exceptions import BucketAccessDeniedError
from moto.s3.models import FakeBucket, s3_backends

from local_aws.account import ACCOUNT, REGION, Account
from local_aws.permissions.action import KNOWN_SERVICES, ApiCall, Need, needs
from local_aws.permissions.policy import Decision, bucket_decision, decide, key_decision
from local_aws.request_check import received, service_model


@dataclass(frozen=True)
class Call:
    """One permission that a call of an assumed role used.

    Attributes:
        role_arn: The role whose credentials made the call.
        action: The IAM action.
        resource: The resource that the action is about, or ``*``.
        allowed: Whether the role may do it. Always true for roles that are only recorded, such as the CDK CLI's.
        time: AWS time of the call, in seconds since the epoch.
    """

    role_arn: str
    action: str
    resource: str
    allowed: bool
    time: float


_aws: Account | None = None
_sessions: dict[str, str] = {}
"""The access keys whose calls are checked, with the names of their roles' sessions."""


def register(aws: Account) -> None:
    """Let moto ask this module, at the point where it would ask its own authorization, about every call."""
    aws.replace(sys.modules[__name__], "_aws", aws)
    aws.replace(sys.modules[__name__], "_sessions", {})
    aws.replace(ActionAuthenticatorMixin, "_authenticate_and_authorize_action", _authorize)


def check_calls_of(access_key: str, session: str) -> None:
    """From now on check every call that is made with an access key.

    Args:
        access_key: A temporary access key of an assumed role.
        session: The role session's name, for the message of a refusal.
    """
    _sessions[access_key] = session


def record(role_arn: str, need: Need, allowed: bool) -> bool:
    """Write down what a role did, or was refused; return whether it was allowed."""
    assert _aws is not None, "the embedded AWS isn't running"
    _aws.calls.append(Call(role_arn, need.action, need.resource, allowed, _aws.clock.time()))
    return allowed


def _decide(role_arn: str, need: Need) -> Decision:
    """Identity policies, and the policy of the bucket or key that the call is about."""
    service = need.action.split(":")[0]
    if service == "kms" and need.resource != "*":
        return key_decision(role_arn, need)
    identity = decide(role_arn, need)
    # In the bucket's own account it is enough that one of the two allows it.
    return max(identity, bucket_decision(role_arn, need)) if service == "s3" and need.resource != "*" else identity


def customer_key(bucket: FakeBucket) -> str | None:
    """Return the id, ARN or alias of the customer's KMS key that encrypts a bucket by default, or None."""
    rule = (bucket.encryption or {}).get("Rule") or {}
    rule = rule[0] if isinstance(rule, list) else rule
    key = (rule.get("ApplyServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID")
    return str(key) if key and not str(key).endswith("alias/aws/s3") else None


def _with_decryption(found: Iterable[Need]) -> Iterable[Need]:
    """Reading an object of a bucket that a customer's key encrypts also needs that key."""
    for need in found:
        yield need
        if need.action not in ("s3:GetObject", "s3:PutObject"):
            continue
        bucket = s3_backends[ACCOUNT]["aws"].buckets.get(need.bucket)
        if bucket is not None and (key := customer_key(bucket)):
            arn = kms_backends[ACCOUNT][REGION].describe_key(key).arn
            action = "kms:Decrypt" if need.action == "s3:GetObject" else "kms:GenerateDataKey"
            yield Need(action, arn, {"kms:ViaService": f"s3.{REGION}.amazonaws.com"})


def _authorize(response: Any, _request_class: type, resource: str = "*") -> None:
    access_key = response.get_access_key()
    key = iam_backends[ACCOUNT]["aws"].access_keys.get(access_key)
    # Long-term keys, and keys that moto doesn't know, are the user's own.
    if key is None or key.role_arn is None:
        return
    service = {"awslambda": "lambda"}.get(response.service_name, response.service_name)
    operation = response.data["Action"] if service == "s3" else response._get_action()
    operation = str(operation[0] if isinstance(operation, list) else operation)
    if service == "s3":
        params = {"prefix": (response.querystring.get("prefix") or [""])[0]}
    else:
        params = received(response) if service in KNOWN_SERVICES else {}
    call = ApiCall(service, operation, params, resource)
    for need in _with_decryption(needs(call)):
        decision = _decide(key.role_arn, need) if access_key in _sessions else Decision.ALLOWED
        if not record(key.role_arn, need, decision is Decision.ALLOWED):
            raise _refusal(call, key.role_arn, _sessions[access_key], need, decision)


def _refusal(call: ApiCall, role_arn: str, session: str, need: Need, decision: Decision) -> Exception:
    """The error that a service answers a call with, in the protocol of its model.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    if call.service == "s3":
        return BucketAccessDeniedError(bucket=call.resource.split(":")[-1].split("/")[0])
    role = role_arn.rsplit("/", 1)[-1]
    user = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}"
    why = (
        "with an explicit deny in an identity-based policy"
        if decision is Decision.DENIED
        else f"because no identity-based policy allows the {need.action} action"
    )
    resource = "" if need.resource == "*" else f" on resource: {need.resource}"
    denied = AccessDeniedError(user, f"{need.action}{resource} {why}")
    protocol = service_model(call.service).resolved_protocol
    if protocol == "query":
        return denied
    error = JsonRESTError("AccessDeniedException", denied.message)
    error.code = 400 if protocol == "json" else 403
    return error
