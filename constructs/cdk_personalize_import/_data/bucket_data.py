"""Data that is in a bucket."""

from __future__ import annotations

import re

from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.data import Data
from cdk_personalize_import._data.data_rules import DataRules
from cdk_personalize_import._data.deployed_bucket import destination
from cdk_personalize_import._data.known_bucket import KnownBucket
from cdk_personalize_import._template.arns import is_token, without_tokens


class BucketData:
    """A CSV file, or a folder of them, in a bucket.

    Args:
        bucket: The bucket.
        key: Key of the file or the folder.
    """

    def __init__(self, bucket: s3.IBucket, key: str) -> None:
        self.bucket, self._deployment = destination(bucket)
        self.key = key

    def check(self, checks: Checks, _: DataRules | None, /) -> list[str]:
        """Check bucket and key."""
        key = self.key
        allowed = 'the key of an object, or of a folder when it ends in "/"'
        if not key:
            checks.refuse("key", f"{allowed}, not empty", key)
        if key.startswith("/"):
            checks.refuse("key", f'{allowed}, without a "/" at the beginning', key)
        if re.match(r"[a-z0-9]+://", key, re.IGNORECASE):
            checks.refuse("key", f"{allowed}, without scheme and bucket", key)
        known = KnownBucket.of(self.bucket)
        if re.search(r":accesspoint[/:]|-s3alias$", known.arn):
            checks.refuse(
                "bucket", "a bucket, not an access point, whose data Personalize can't be given", self.bucket.node.path
            )
        if known.key_alias is not None:
            allowed = (
                "encrypted with a key that policies can name, kms.Key.from_key_arn(...) or from_lookup(...), not with "
                "the alias of one"
            )
            checks.refuse("bucket", allowed, f"{self.bucket.node.path} with {known.key_alias}")
        # What a token stands for may be empty.
        checks.data_location("key", f"s3://{known.name}/{without_tokens(key, '')}")
        there, here = known.region, checks.region
        if there != here and not is_token(there) and not is_token(here):
            checks.refuse("bucket", f"in the stack's region, {here}", f"{self.bucket.node.path} in {there}")
        return []

    def bind(self, _: Construct, /) -> Data:
        """Return where the data is; it needs nothing more than what deploys it, where that is known."""
        objects = as_pattern(self.key) + ("*" if self.key.endswith("/") else "")
        return Data.of(self.bucket, objects, self.key, self._deployment)


def as_pattern(key: str) -> str:
    """Return a key as a policy writes it, where ``*``, ``?`` and ``$`` have meanings of their own.

    Each becomes ``?``, any one character: the way that IAM has to write them, ``${*}``, is an error for the CDK's own
    validation of templates.
    See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    return key if is_token(key) else re.sub(r"[*?$]", "?", key)
