"""Data in S3, as an import finds it."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import IDependable

from cdk_personalize_import._data.known_bucket import KnownBucket
from cdk_personalize_import._template.arns import without_tokens


@dataclass(frozen=True)
class Data:
    """Where data lies in S3, and what its readers must know of its bucket.

    Attributes:
        bucket: The bucket.
        bucket_arn: ARN of the bucket.
        account: Account of the bucket.
        key: The customer's key with which the bucket is encrypted, if any.
        objects_arn: ARN of the object, or the pattern of a folder's objects.
        objects_arn_elsewhere: The same for policies of other stacks, which know no token of the import's.
        location: S3 URL of the object, or of the folder, with a slash at its end.
        ready: What must be there before the data is; None when it is there already.
    """

    bucket: s3.IBucket
    bucket_arn: str
    account: str
    key: kms.IKey | None
    objects_arn: str
    objects_arn_elsewhere: str
    location: str
    ready: IDependable | None

    @classmethod
    def of(cls, bucket: s3.IBucket, objects: str, key: str, ready: IDependable | None = None) -> Data:
        """Return data in a bucket.

        Args:
            bucket: The bucket.
            objects: The key, or the pattern of keys, in the form of policies.
            key: Key of the object or folder.
            ready: What must be there before the data is.
        """
        known = KnownBucket.of(bucket)
        return cls(
            bucket=bucket,
            bucket_arn=known.arn,
            account=known.account,
            key=known.key,
            objects_arn=f"{known.arn}/{objects}",
            objects_arn_elsewhere=f"{known.arn}/{without_tokens(objects, '*')}",
            location=f"s3://{known.name}/{key}",
            ready=ready,
        )
