"""Where the data of an import comes from."""

from __future__ import annotations

import os
from pathlib import Path

from aws_cdk import aws_s3 as s3
from aws_cdk.interfaces.aws_s3 import IBucketRef

from cdk_personalize_import import _references
from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._data.local_data import LocalData


class DataSource:
    """Where the data of an import comes from: CSV files in a bucket, or beside the app.

    The form of the files: https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
    """

    def __init__(self, origin: BucketData | LocalData) -> None:
        self._origin = origin

    @staticmethod
    def from_bucket(bucket: s3.IBucket | IBucketRef, key: str) -> DataSource:
        """Import data that is in a bucket, or will be when the import starts.

        The bucket's policy, and the policy of its key when it is encrypted with one, get the statements that
        Personalize needs. Where they can't be changed from the app, as those of an imported bucket, a warning at
        synthesis prints the statements. A policy that only lets a VPC in shuts Personalize out.
        See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html

        Where something in the same app puts the data there, let the import depend on it:
        ``job.node.add_dependency(deployment)``. The ``deployed_bucket`` of a ``BucketDeployment`` brings it along.

        Args:
            bucket: The bucket, owned or imported, or a ``CfnBucket``. It must be in the region of the dataset.
            key: Key of a CSV file, ``"items/2026.csv"``, or of a folder of CSV files with the same header, which ends
                with a slash, ``"items/"``. Not empty, and no slash at the beginning. The data location that it makes,
                ``s3://<bucket>/<key>``, has at most 256 characters.

        Raises:
            TypeError: The bucket is none, or the key no string.
        """
        found = _references.bucket(bucket)
        if found is None:
            raise TypeError(f"bucket must be an aws_s3.IBucket, or an IBucketRef such as a CfnBucket, got {bucket!r}")
        if not isinstance(key, str):
            raise TypeError(f"key must be a string, got {key!r}")
        return DataSource(BucketData(found, key))

    @staticmethod
    def from_local_path(path: str | os.PathLike[str]) -> DataSource:
        """Import data that lies beside the app.

        It is uploaded on deployment, and uploaded and imported again when its content has changed.

        The files go to a bucket that all local sources of a stack share: private, encrypted, TLS only, and deleted
        with the stack, since it only ever holds copies. CDK's own bucket deployment puts them there. At most 1 GiB;
        put larger data into a bucket by other means, and use ``from_bucket``.

        With the dataset's schema in the same app (an ``aws_personalize.CfnSchema``), the whole data is checked
        against it at synthesis, unless the import has ``preflight=False``. The verdict is kept in the user's cache
        folder, so that data which hasn't changed isn't checked again; the environment variable
        ``CDK_PERSONALIZE_IMPORT_NO_CACHE``, set to anything, does without.

        Args:
            path: A CSV file, or a folder of CSV files with the same header. A relative path starts at the folder in
                which the app runs, that of cdk.json. All visible files of a folder must be CSV files; files whose
                names begin with a dot are left out.

        Raises:
            TypeError: The path is none.
        """
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"path must be a path, got {path!r}")
        return DataSource(LocalData(Path(os.fspath(path))))
