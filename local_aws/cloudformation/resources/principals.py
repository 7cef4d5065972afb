"""The roles that a policy names as principals: AWS refuses a policy that names one which isn't there."""

import json
import re
from typing import Any

from local_aws.account import ACCOUNT
from local_aws.cloudformation.resources.base import ResourceError

_ROLE_ARN = re.compile(rf"arn:aws[a-z-]*:iam::{ACCOUNT}:role/(?:.*/)?([^/]+)")


def check_principals(iam: Any, policy: Any) -> None:
    """Refuse a policy that names a role of this account that isn't there, as AWS does.

    Args:
        iam: The client of IAM.
        policy: A property; one that isn't a policy is left alone.

    Raises:
        ResourceError: Naming the role.
    """
    if isinstance(policy, str) and policy.startswith("{") and '"Statement"' in policy:
        policy = json.loads(policy)
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for arn in [named] if isinstance(named, str) else named:
            if match := _ROLE_ARN.fullmatch(arn):
                try:
                    iam.get_role(RoleName=match[1])
                except iam.exceptions.NoSuchEntityException as error:
                    raise ResourceError(f'Invalid principal in policy: "AWS":"{arn}" (MalformedPolicy)') from error
