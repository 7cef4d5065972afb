"""The role with which Personalize reads the data, as the policies of buckets and keys name it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_personalize_import._permissions.own_role import role_arn
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._template.arns import is_token

# A reference to something of the stack itself, or of another one.
_REFERENCE = re.compile(r'"Ref": "(?!AWS::)|"Fn::(GetAtt|ImportValue|GetStackOutput)"')


@dataclass(frozen=True)
class ReadingRole:
    """A role, or all service roles of a stack.

    Policies name the account, with a condition that leaves nothing of it but the role: a policy can't name a role as
    its principal before the role is made, and one of the same stack can't refer to a role that refers to the bucket or
    key in turn.

    Attributes:
        name: Name of the reader in policies.
        account: The account.
        arn: The ARN, or patterns, without a reference to a role; None where only CloudFormation knows it.
        printed_arn: The ARN as a warning prints it.
    """

    name: str
    account: str
    arn: Any
    printed_arn: Any

    @classmethod
    def of(cls, permissions: StackPermissions, given_role: iam.IRole | None) -> ReadingRole:
        """Return the role of an import.

        Args:
            permissions: The permissions of the import's stack.
            given_role: The role that was given for the import, if any.
        """
        arns = permissions.arns
        if given_role is None:
            pattern = permissions.service_roles.as_condition
            return cls(f"ServiceRoles{arns.stack_hash}", arns.account, pattern, pattern)
        printed = role_arn(given_role)
        name = f"GivenRole{given_role.node.addr[-10:]}"
        return cls(name, arns.account, _arn_without_reference(given_role), printed)

    @property
    def principal(self) -> iam.IPrincipal:
        """The principal in a policy."""
        return self._with(self.arn)

    @property
    def printed(self) -> iam.IPrincipal:
        """The principal in a warning."""
        return self._with(self.printed_arn)

    def _with(self, arn: Any) -> iam.IPrincipal:
        account = iam.AccountPrincipal(self.account)
        return iam.PrincipalWithConditions(account, {"ArnLike": {"aws:PrincipalArn": arn}})


def _arn_without_reference(role: iam.IRole) -> str | None:
    stack, made = cdk.Stack.of(role), role.node.default_child
    if isinstance(made, iam.CfnRole):
        # The ARN of a role with a name is known, whatever stack needs it.
        name, path = made.role_name, made.path or "/"
        if name is None or is_token(name) or is_token(path):
            return None
        return stack.format_arn(service="iam", region="", resource="role", resource_name=f"{path}{name}".lstrip("/"))
    arn = role_arn(role)
    return None if is_token(arn) and _REFERENCE.search(json.dumps(stack.resolve(arn))) else arn
