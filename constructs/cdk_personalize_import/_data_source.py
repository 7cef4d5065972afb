"""Where the data of an import comes from."""

from __future__ import annotations

import abc
import os
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IDependable

from cdk_personalize_import._arguments import Arguments
from cdk_personalize_import._data_rules import DataRules
from cdk_personalize_import._known_bucket import KnownBucket


@dataclass(frozen=True)
class Data:
    """Data in S3, as an import finds it.

    Attributes:
        bucket: The bucket.
        bucket_arn: ARN of the bucket.
        account: Account of the bucket.
        key: The customer's key with which the bucket is encrypted, if any.
        objects_arn: ARN of the object, or the pattern of a folder's objects.
        location: S3 URL of the object, or of the folder, with a slash at its end.
        ready: What must be there before the data is; None when it is there already.
    """

    bucket: s3.IBucket
    bucket_arn: str
    account: str
    key: kms.IKey | None
    objects_arn: str
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
            location=f"s3://{known.name}/{key}",
            ready=ready,
        )


class DataSource(abc.ABC):
    """Where the data of an import comes from: CSV files in a bucket, or beside the app.

    The form of the files: https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
    """

    @staticmethod
    def from_bucket(bucket: s3.IBucket, key: str) -> DataSource:
        """Import data that is in a bucket, or will be when the import starts.

        The bucket's policy, and the policy of its key when it is encrypted with one, get the statements that
        Personalize needs. Where they can't be changed from the app, as those of an imported bucket, a warning at
        synthesis prints the statements. A policy that only lets a VPC in shuts Personalize out.
        See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html

        Where something in the same app puts the data there, let the import depend on it:
        ``job.node.add_dependency(deployment)``.

        Args:
            bucket: The bucket, owned or imported. It must be in the region of the dataset.
            key: Key of a CSV file, ``"items/2026.csv"``, or of a folder of CSV files with the same header, which ends
                with a slash, ``"items/"``. Not empty, and no slash at the beginning. The data location that it makes,
                ``s3://<bucket>/<key>``, has at most 256 characters.
        """
        from cdk_personalize_import._bucket_data import BucketData

        return BucketData(bucket, key)

    @staticmethod
    def from_local_path(path: str | os.PathLike[str]) -> DataSource:
        """Import data that lies beside the app.

        It is uploaded on deployment, and uploaded and imported again when its content has changed.

        The files go to a bucket that all local sources of a stack share: private, encrypted, TLS only, and deleted
        with the stack, since it only ever holds copies. CDK's own bucket deployment puts them there. At most 1 GiB;
        put larger data into a bucket by other means, and use ``from_bucket``.

        With the dataset's schema in the same app (an ``aws_personalize.CfnSchema``), the whole data is checked
        against it at synthesis, unless the import has ``preflight=False``.

        Args:
            path: A CSV file, or a folder of CSV files with the same header. A relative path starts at the folder in
                which the app runs, that of cdk.json. All visible files of a folder must be CSV files; files whose
                names begin with a dot are left out.
        """
        from cdk_personalize_import._local_data import LocalData

        return LocalData(Path(os.fspath(path)) if isinstance(path, str | os.PathLike) else path)

    @abc.abstractmethod
    def _check(self, arguments: Arguments, rules: DataRules | None, /) -> list[str]:
        """Check the source's own arguments, and the data where it is at hand, before there is a construct.

        Args:
            arguments: The arguments of the import.
            rules: What the data must be like; None when it is not to be looked at.

        Returns:
            What may be wrong with the data.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: An argument is wrong, or the data.
        """

    @abc.abstractmethod
    def _bind(self, job: Construct, /) -> Data:
        """Make what the source needs, and return where the data is."""
