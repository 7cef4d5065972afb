"""How services answer a call that the caller's role does not allow: each in the protocol of its model.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from moto.core.exceptions import AccessDeniedError, JsonRESTError
from moto.s3.exceptions import BucketAccessDeniedError

from local_aws.account import ACCOUNT
from local_aws.permissions.action import ApiCall, Need
from local_aws.permissions.policy import Decision
from local_aws.request_check import service_model


def refusal(call: ApiCall, role_arn: str, session: str, need: Need, decision: Decision) -> Exception:
    """Return the error that a service answers a call with.

    Args:
        call: The call.
        role_arn: The role that made it.
        session: The name of the role's session.
        need: The permission that the role lacks.
        decision: Why: it is denied, or just not allowed.
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
