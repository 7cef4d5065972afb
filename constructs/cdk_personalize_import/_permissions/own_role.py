"""The roles that the package makes, or that an app brings in their place.

Who may not make roles brings them: ``iam.Role.customize_roles`` names them, and has the CDK report what each must have.
https://docs.aws.amazon.com/cdk/api/v2/python/aws_cdk.aws_iam/README.html#customizing-role-creation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import Construct, IValidation

from cdk_personalize_import._template.reported import CUSTOMISED, are_reported, as_reported

_known: WeakKeyDictionary[iam.IRole, str] = WeakKeyDictionary()


class OwnRole:
    """A role with one inline policy, which can grow.

    Args:
        scope: Scope of the role.
        construct_id: Id of the role.
        policy_name: Name of the policy.
        statements: Statements of the policy, as JSON. Others can join ``document``.
        reported: Whether the CDK reports on the roles of the scope, where that is known.
        **properties: Properties of ``iam.Role``.

    Attributes:
        role: The role.
        arn: Its ARN.
        document: Its policy.
        is_customised: Whether the CDK reports on the role.
        is_brought: Whether the app brings the role, and the template has none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        policy_name: str,
        statements: Sequence[Mapping[str, Any]] = (),
        reported: bool | None = None,
        **properties: Any,
    ) -> None:
        if reported is None:
            reported = are_reported(scope)
        # The CDK reports at once what is in the policy of a new role, and nothing that joins it later.
        early, late = ([], statements) if reported else ([*statements], [])
        # All statements are made by one call to the CDK's own process.
        self.document = iam.PolicyDocument.from_json({"Statement": early})
        self.role = iam.Role(scope, construct_id, inline_policies={policy_name: self.document}, **properties)
        if late:
            self.document.add_statements(*map(iam.PolicyStatement.from_json, late))
        arn = self.role.role_arn
        # That of a role which the template makes, and nobody reports on, is nothing but a token.
        self.is_customised = arn.startswith("arn:")
        self.arn = _known[self.role] = _with_a_name(arn, self.role)
        self.is_brought = self.arn.startswith("arn:")
        if self.is_customised:
            report(self.role, self.document)


def role_arn(role: iam.IRole) -> str:
    """Return the ARN of a role that somebody else may have made."""
    if role not in _known:
        _known[role] = _with_a_name(role.role_arn, role)
    return _known[role]


def _with_a_name(arn: str, role: iam.IRole) -> str:
    """Return the ARN of a role where the CDK has none: it reports on the role, and knows no name for it.

    That is a role which is made all the same, or one which somebody has yet to bring.
    """
    if not arn.endswith(":role"):
        return arn
    made = role.node.default_child
    return made.attr_arn if isinstance(made, iam.CfnRole) else f"{arn}/({role.node.path})"


def are_brought(scope: Construct) -> bool:
    """Return whether an app brings the roles of a scope."""
    customised = scope.node.try_get_context(CUSTOMISED)
    return customised is not None and customised.get("preventSynthesis") is not False


def trusting(scope: Construct, conditions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the conditions of a role's trust, as text where they are for the report only."""
    stack = cdk.Stack.of(scope)
    # Of what the trust refers to, the CDK's report would show how a template writes it.
    return as_reported(stack, conditions) if are_brought(scope) else conditions


def report(role: iam.IRole, document: iam.PolicyDocument) -> None:
    """Have the CDK's report list the statements of a role, as they are in the end, if it reports on the role."""
    if are_reported(role):
        role.node.add_validation(_Report(role, document))


@jsii.implements(IValidation)
class _Report:
    def __init__(self, role: iam.IRole, document: iam.PolicyDocument) -> None:
        self._role = role
        self._document = document
        self._done = False

    def validate(self) -> list[str]:
        if not self._done:
            self._done = True
            stack = cdk.Stack.of(self._role)
            for statement in as_reported(stack, self._document).get("Statement", []):
                self._role.add_to_principal_policy(iam.PolicyStatement.from_json(statement))
        return []
