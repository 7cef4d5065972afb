"""Who may use a key, by the key's policy."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_personalize_import._template.singleton import singleton


class KeyUser(Construct):
    """Somebody who uses a key, allowed by the key's policy. One for all imports with the key.

    Attributes:
        allowed: Whether the key's policy is in reach.
    """

    @classmethod
    def of(cls, key: kms.IKey, statement: iam.PolicyStatement) -> KeyUser:
        """Return the user of the statement's name."""
        stack, construct_id = cdk.Stack.of(key), f"{statement.sid}{key.node.addr}"
        return singleton(stack, construct_id, cls, lambda: cls(stack, construct_id, key, statement))

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey, statement: iam.PolicyStatement) -> None:
        super().__init__(scope, construct_id)
        self.allowed = key.add_to_resource_policy(statement, allow_no_op=True).statement_added
