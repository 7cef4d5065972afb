"""Statements in a bucket's or a key's own policy that let somebody read data."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from cdk_personalize_import._resource_list import ResourceList

# A bucket policy has at most 20 KB; with the longest keys, three lists of so many stay within it.
_MOST_OBJECTS = 12


def list_and_read(
    name: str, bucket: s3.IBucket, object_arns: list[str], reader: iam.IPrincipal
) -> list[iam.PolicyStatement]:
    """Return the statements of a bucket's policy that let a principal list it and read objects of it."""
    return [
        # Without a condition on the prefix: whether Personalize lists with one is not documented.
        iam.PolicyStatement(
            sid=f"{name}ListsData", principals=[reader], actions=["s3:ListBucket"], resources=[bucket.bucket_arn]
        ),
        iam.PolicyStatement(
            sid=f"{name}ReadsData", principals=[reader], actions=["s3:GetObject"], resources=object_arns
        ),
    ]


class BucketReader(Construct):
    """Somebody who reads objects of a bucket, allowed by the bucket's policy. One for all imports from the bucket.

    Attributes:
        policies: The bucket's policy; empty where it is out of reach.
    """

    policies: list[IDependable]

    @classmethod
    def of(cls, bucket: s3.IBucket, name: str, reader: iam.IPrincipal) -> BucketReader:
        """Return the reader of that name."""
        construct_id = f"{name}ReadsData{bucket.node.addr}"
        existing = cdk.Stack.of(bucket).node.try_find_child(construct_id)
        return existing if isinstance(existing, cls) else cls(construct_id, bucket, name, reader)

    def __init__(self, construct_id: str, bucket: s3.IBucket, name: str, reader: iam.IPrincipal) -> None:
        super().__init__(cdk.Stack.of(bucket), construct_id)
        self._bucket = bucket
        # What a bucket allows its readers is no finding of cdk-nag.
        self._objects = ResourceList(_MOST_OBJECTS, bucket.arn_for_objects("*"), on_wildcard=lambda _: None)
        self.policies = []
        for statement in list_and_read(name, bucket, self._objects.resources, reader):
            added = bucket.add_to_resource_policy(statement)
            if added.statement_added and added.policy_dependable:
                self.policies = [added.policy_dependable]

    def allow(self, objects: str) -> list[IDependable]:
        """Allow a key, or a pattern of keys, and return the policy that does."""
        self._objects.add(self._bucket.arn_for_objects(objects))
        return self.policies


def key_statement(
    name: str, user: iam.IPrincipal, actions: list[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Return the statement of a key's policy that lets a principal use the key."""
    # In a key's policy, "*" is the key itself.
    return iam.PolicyStatement(
        sid=f"{name}UsesKey", principals=[user], actions=actions, resources=["*"], conditions=conditions
    )


class KeyUser(Construct):
    """Somebody who uses a key to read data, allowed by the key's policy. One for all imports with the key.

    Attributes:
        allowed: Whether the key's policy is in reach.
    """

    @classmethod
    def of(cls, key: kms.IKey, statement: iam.PolicyStatement) -> KeyUser:
        """Return the user of the statement's name."""
        construct_id = f"{statement.sid}{key.node.addr}"
        existing = cdk.Stack.of(key).node.try_find_child(construct_id)
        return existing if isinstance(existing, cls) else cls(construct_id, key, statement)

    def __init__(self, construct_id: str, key: kms.IKey, statement: iam.PolicyStatement) -> None:
        super().__init__(cdk.Stack.of(key), construct_id)
        self.allowed = key.add_to_resource_policy(statement, allow_no_op=True).statement_added
