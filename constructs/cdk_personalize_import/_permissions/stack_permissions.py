"""What the permissions of all imports of a stack share."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._permissions.function_policy import FunctionPolicy
from cdk_personalize_import._template.arns import Arns


class StackPermissions:
    """The function's permissions, and what the permissions of Personalize's roles have in common.

    Args:
        scope: Construct in which policies for given roles lie.
        function_role: The function's role.
        document: The role's policy document, still empty.

    Attributes:
        scope: Construct in which policies for given roles lie.
        stack: The stack of the imports.
        arns: The ARNs of the stack.
        function_role: The function's role.
        function_policy: What the function may do.
        personalize: Who may assume the service roles of the imports.
    """

    def __init__(self, scope: Construct, function_role: iam.Role, document: iam.PolicyDocument) -> None:
        self.scope = scope
        self.stack = cdk.Stack.of(scope)
        self.arns = Arns.of(self.stack)
        self.function_role = function_role
        self.function_policy = FunctionPolicy(self.stack, function_role, document, self.arns)
        # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
        self.personalize = iam.ServicePrincipal(
            "personalize.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": self.arns.account},
                "StringLike": {"aws:SourceArn": self.arns.personalize("*")},
            },
        )
