"""Permissions for a role that somebody else made, with which Personalize is to read the data."""

from __future__ import annotations

from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._function.provider import Provider
from cdk_personalize_import._permissions.resource_list import ResourceList
from cdk_personalize_import._permissions.service_role import decrypt_statement, read_statements
from cdk_personalize_import._template import nag

# With the longest ARNs, these leave room for what else the role may do in IAM's 10,240 characters.
_MOST = 6


class GivenRole(Construct):
    """What a given role gets: one policy for all imports of a stack with the role.

    The policy lies in the stack of the imports, since the role may lie in another stack, which can't refer back to
    this one. A role that may not be changed stays as it is.
    """

    @classmethod
    def of(cls, provider: Provider, role: iam.IRole) -> GivenRole:
        """Return what a role gets from the imports of the provider's stack."""
        construct_id = f"GivenRole{role.node.addr[-10:]}"
        existing = provider.node.try_find_child(construct_id)
        return existing if isinstance(existing, cls) else cls(provider, construct_id, role)

    def __init__(self, provider: Provider, construct_id: str, role: iam.IRole) -> None:
        super().__init__(provider, construct_id)
        provider.policy.allow_passing(role)
        arns = provider.arns
        self._stack = provider.stack
        self._policy = iam.Policy(self, "ReadData")
        role.attach_inline_policy(self._policy)
        self._buckets = ResourceList(_MOST, arns.every_bucket, self._acknowledge)
        self._objects = ResourceList(_MOST, f"{arns.every_bucket}/*", self._acknowledge)
        self._keys = ResourceList(_MOST, arns.every_key, self._acknowledge)
        self._policy.add_statements(*read_statements(self._buckets.resources, self._objects.resources))

    def allow(self, data: Data) -> iam.Policy:
        """Let the role read the data of an import, and return the policy that does."""
        self._buckets.add(data.bucket_arn)
        self._objects.add(data.objects_arn)
        if data.key is not None:
            if self._keys.is_empty:
                self._policy.add_statements(decrypt_statement(self._keys.resources))
            self._keys.add(data.key.key_arn)
        return self._policy

    def _acknowledge(self, wildcard: str) -> None:
        reason = "The data is all objects of a folder, or lies in more places than a policy can name"
        nag.acknowledge_wildcard(self._stack, self._policy, wildcard, reason)
