"""Permissions for a role that somebody else made, with which Personalize is to read the data."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._permissions.own_role import report
from cdk_personalize_import._permissions.resource_list import ResourceList
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._permissions.statements import decrypt, list_and_read
from cdk_personalize_import._template import nag
from cdk_personalize_import._template.singleton import singleton

# With the longest ARNs, these leave room for what else the role may do in IAM's 10,240 characters.
_MOST = 6


class GivenRole(Construct):
    """What a given role gets: one policy for all imports of a stack with the role.

    The policy lies in the stack of the imports, since the role may lie in another stack, which can't refer back to
    this one. A role that may not be changed stays as it is.
    """

    @classmethod
    def of(cls, permissions: StackPermissions, role: iam.IRole) -> GivenRole:
        """Return what a role gets from the imports of a stack."""
        construct_id = f"GivenRole{role.node.addr[-10:]}"
        return singleton(permissions.scope, construct_id, cls, lambda: cls(permissions, construct_id, role))

    def __init__(self, permissions: StackPermissions, construct_id: str, role: iam.IRole) -> None:
        super().__init__(permissions.scope, construct_id)
        permissions.function_policy.allow_passing(role)
        arns = permissions.arns
        self._stack = permissions.stack
        self._policy = iam.Policy(self, "ReadData")
        role.attach_inline_policy(self._policy)
        report(role, self._policy.document)
        self._buckets = ResourceList(_MOST, arns.every_bucket, self._acknowledge)
        self._objects = ResourceList(_MOST, f"{arns.every_bucket}/*", self._acknowledge)
        self._keys = ResourceList(_MOST, arns.every_key, self._acknowledge)
        self._policy.add_statements(*list_and_read(self._buckets.resources, self._objects.resources))

    def allow(self, data: Data) -> iam.Policy:
        """Let the role read the data of an import, and return the policy that does."""
        self._buckets.add(data.bucket_arn)
        self._objects.add(data.objects_arn)
        if data.key is not None:
            if self._keys.is_empty:
                self._policy.add_statements(decrypt(self._keys.resources))
            self._keys.add(data.key.key_arn)
        return self._policy

    def _acknowledge(self, wildcard: str) -> None:
        reason = "The data is all objects of a folder, or lies in more places than a policy can name"
        nag.acknowledge_wildcard(self._stack, self._policy, wildcard, reason)
