"""Who may read the objects of a bucket and use a key, by the policies of the bucket and the key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from cdk_personalize_import._permissions.resource_list import ResourceList

# A bucket policy has at most 20 KB; with the longest keys, three lists of so many stay within it.
_MOST_OBJECTS = 12

Reader = Callable[[], iam.IPrincipal]
"""Makes the principal, when it is needed."""


def list_and_read(
    name: str, bucket_arn: str, object_arns: list[str], reader: iam.IPrincipal
) -> list[iam.PolicyStatement]:
    """Return the statements of a bucket's policy that let a principal list it and read objects of it."""
    return [
        # Without a condition on the prefix: whether Personalize lists with one is not documented.
        iam.PolicyStatement(
            sid=f"{name}ListsData", principals=[reader], actions=["s3:ListBucket"], resources=[bucket_arn]
        ),
        iam.PolicyStatement(
            sid=f"{name}ReadsData", principals=[reader], actions=["s3:GetObject"], resources=object_arns
        ),
    ]


class BucketReaders(Construct):
    """The readers of a bucket, each with one list of objects for all imports from it.

    Attributes:
        stack: Stack of the bucket.
        has_aws_managed_key: Whether the bucket is encrypted with a key whose policy nobody can change.
    """

    @classmethod
    def of(cls, bucket: s3.IBucket) -> BucketReaders:
        """Return the readers of a bucket."""
        stack = cdk.Stack.of(bucket)
        construct_id = f"PersonalizeImportReaders{bucket.node.addr}"
        existing = stack.node.try_find_child(construct_id)
        return existing if isinstance(existing, cls) else cls(stack, construct_id, bucket)

    def __init__(self, stack: cdk.Stack, construct_id: str, bucket: s3.IBucket) -> None:
        super().__init__(stack, construct_id)
        self.stack = stack
        self._bucket = bucket
        self._objects: dict[str, ResourceList] = {}
        self._policies: list[IDependable] = []
        self.has_aws_managed_key = _has_aws_managed_key(bucket)

    def allow(self, name: str, reader: Reader, objects_arn: str) -> list[IDependable]:
        """Let a reader read objects, and return the bucket's policy; nothing where that is out of reach."""
        if name not in self._objects:
            # What a bucket allows its readers is no finding of cdk-nag.
            objects = ResourceList(_MOST_OBJECTS, self._bucket.arn_for_objects("*"), on_wildcard=lambda _: None)
            self._objects[name] = objects
            for statement in list_and_read(name, self._bucket.bucket_arn, objects.resources, reader()):
                added = self._bucket.add_to_resource_policy(statement)
                if added.statement_added and added.policy_dependable:
                    self._policies = [added.policy_dependable]
        self._objects[name].add(objects_arn)
        return list(self._policies)


def use_key(
    name: str, user: iam.IPrincipal, actions: list[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Return the statement of a key's policy that lets a principal use the key."""
    # In a key's policy, "*" is the key itself.
    return iam.PolicyStatement(
        sid=f"{name}UsesKey", principals=[user], actions=actions, resources=["*"], conditions=conditions
    )


class KeyUser(Construct):
    """Somebody who uses a key, allowed by the key's policy. One for all imports with the key.

    Attributes:
        allowed: Whether the key's policy is in reach.
    """

    @classmethod
    def of(cls, key: kms.IKey, statement: iam.PolicyStatement) -> KeyUser:
        """Return the user of the statement's name."""
        stack, construct_id = cdk.Stack.of(key), f"{statement.sid}{key.node.addr}"
        existing = stack.node.try_find_child(construct_id)
        return existing if isinstance(existing, cls) else cls(stack, construct_id, key, statement)

    def __init__(self, scope: Construct, construct_id: str, key: kms.IKey, statement: iam.PolicyStatement) -> None:
        super().__init__(scope, construct_id)
        self.allowed = key.add_to_resource_policy(statement, allow_no_op=True).statement_added


def _has_aws_managed_key(bucket: s3.IBucket) -> bool:
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return False
    encryption = json.dumps(cdk.Stack.of(made).resolve(made.bucket_encryption))
    return '"aws:kms' in encryption and "kmsMasterKeyId" not in encryption
