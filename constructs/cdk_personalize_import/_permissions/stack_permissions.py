"""What the permissions of all imports of a stack share."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._permissions.function_policy import FunctionPolicy
from cdk_personalize_import._permissions.own_role import OwnRole, trusting
from cdk_personalize_import._permissions.role_paths import RolePaths
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import LastLook


class StackPermissions:
    """The function's permissions, and what the permissions of Personalize's roles have in common.

    Args:
        scope: Construct in which policies for given roles lie.
        function_role: The function's role.
        last_look: The last look at the stack's template.

    Attributes:
        scope: Construct in which policies for given roles lie.
        stack: The stack of the imports.
        arns: The ARNs of the stack.
        function_role: The function's role.
        service_roles: The service roles of the imports.
        function_policy: What the function may do.
        personalize: Who may assume the service roles of the imports.
    """

    def __init__(self, scope: Construct, function_role: OwnRole, last_look: LastLook) -> None:
        self.scope = scope
        self.stack = cdk.Stack.of(scope)
        self.arns = Arns.of(self.stack)
        self.function_role = function_role
        path = f"/cdk-personalize-import/{self.arns.region}/{self.arns.stack_hash}/"
        self.service_roles = RolePaths(self.arns, path, last_look)
        self.function_policy = FunctionPolicy(self.stack, function_role, self.arns, self.service_roles)
        # https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
        self.personalize = iam.ServicePrincipal(
            "personalize.amazonaws.com",
            conditions=trusting(
                scope,
                {
                    "StringEquals": {"aws:SourceAccount": self.arns.account},
                    "StringLike": {"aws:SourceArn": self.arns.personalize("*")},
                },
            ),
        )
