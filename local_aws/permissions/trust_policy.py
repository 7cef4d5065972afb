"""Trust policies: checked when a role is made, since everything else relies on their being JSON."""

import json
from typing import Any

from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import IAMBackend, Role

from local_aws.account import Account

_moto_create_role = IAMBackend.create_role


def register(aws: Account) -> None:
    """Refuse roles whose trust policy can't be read; moto checks only those of existing roles.

    Args:
        aws: The embedded AWS that starts.
    """
    aws.replace(IAMBackend, "create_role", _create_role)


def _create_role(
    backend: IAMBackend, role_name: str, assume_role_policy_document: str, *given: Any, **more: Any
) -> Role:
    try:
        json.loads(assume_role_policy_document)
    except ValueError as error:
        raise MalformedPolicyDocument("This policy contains invalid Json") from error
    return _moto_create_role(backend, role_name, assume_role_policy_document, *given, **more)
