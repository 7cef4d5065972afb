"""What imports ask a bucket: once for all of them, since each question is a call to the CDK's own process."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_personalize_import._data.bucket_key import bucket_key


@dataclass(frozen=True)
class KnownBucket:
    """What never changes about a bucket.

    Attributes:
        stack: Its stack.
        addr: Address of its construct.
        arn: Its ARN.
        name: Its name.
        account: Its account.
        region: Its region.
        key: The customer's key with which it is encrypted, if any.
        key_alias: The alias in the place of a key, where it doesn't tell which key that is.
    """

    stack: cdk.Stack
    addr: str
    arn: str
    name: str
    account: str
    region: str
    key: kms.IKey | None
    key_alias: str | None

    @classmethod
    def of(cls, bucket: s3.IBucket) -> KnownBucket:
        """Return what is known of a bucket."""
        known = _known.get(bucket)
        if known is None:
            env = bucket.env
            key, alias = bucket_key(bucket)
            known = _known[bucket] = cls(
                stack=cdk.Stack.of(bucket),
                addr=bucket.node.addr,
                arn=bucket.bucket_arn,
                name=bucket.bucket_name,
                account=env.account,
                region=env.region,
                key=key,
                key_alias=alias,
            )
        return known


_known: WeakKeyDictionary[s3.IBucket, KnownBucket] = WeakKeyDictionary()
