"""Who may read the objects of a bucket, by the bucket's policy."""

from __future__ import annotations

import json
from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from cdk_personalize_import._data.known_bucket import KnownBucket
from cdk_personalize_import._permissions.resource_list import ResourceList
from cdk_personalize_import._permissions.statements import list_and_read
from cdk_personalize_import._template.singleton import singleton

# A bucket policy has at most 20 KB; with the longest keys, three lists of so many stay within it.
_MOST_OBJECTS = 12

Reader = Callable[[], iam.IPrincipal]
"""Makes the principal, when it is needed."""


class BucketReaders(Construct):
    """The readers of a bucket, each with one list of objects for all imports from it.

    Attributes:
        stack: Stack of the bucket.
        has_aws_managed_key: Whether the bucket is encrypted with a key whose policy nobody can change.
    """

    @classmethod
    def of(cls, bucket: s3.IBucket) -> BucketReaders:
        """Return the readers of a bucket."""
        known = KnownBucket.of(bucket)
        construct_id = f"PersonalizeImportReaders{known.addr}"
        return singleton(known.stack, construct_id, cls, lambda: cls(known.stack, construct_id, bucket))

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
            for statement in list_and_read([self._bucket.bucket_arn], objects.resources, name, reader()):
                added = self._bucket.add_to_resource_policy(statement)
                if added.statement_added and added.policy_dependable:
                    self._policies = [added.policy_dependable]
        self._objects[name].add(objects_arn)
        return list(self._policies)


def _has_aws_managed_key(bucket: s3.IBucket) -> bool:
    made = bucket.node.default_child
    if not isinstance(made, s3.CfnBucket):
        return False
    encryption = json.dumps(cdk.Stack.of(made).resolve(made.bucket_encryption))
    return '"aws:kms' in encryption and "kmsMasterKeyId" not in encryption
