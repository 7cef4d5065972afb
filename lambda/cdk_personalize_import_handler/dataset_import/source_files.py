"""What lies at a data location in S3, and the first bytes of it.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MAX_START = 256 * 1024
_MAX_PAGES = 10
_LOCATION = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Listing:
    """The objects at a data location.

    Attributes:
        bucket: Name of the bucket.
        key: The location's key, of an object or of a folder.
        objects: key and size in bytes of each object; of a sub-folder, its prefix followed by dots and 0.
        complete: whether no more objects are there.
    """

    bucket: str
    key: str
    objects: tuple[tuple[str, int], ...]
    complete: bool


@dataclass(frozen=True)
class Start:
    """The first bytes of an object.

    Attributes:
        content: at most `MAX_START` bytes.
        whole: whether the object has no more.
    """

    content: bytes
    whole: bool


def parse_location(location: str) -> tuple[str, str] | None:
    """Return bucket and key of an S3 location; None for a location of another kind."""
    match = _LOCATION.fullmatch(location)
    return (match[1], match[2]) if match else None


def list_objects(s3: Any, bucket: str, key: str, may_go_on: Callable[[], bool]) -> Listing:
    """List the objects that a data location names, at most 10,000 of them.

    Args:
        s3: An S3 client.
        bucket: Name of the bucket.
        key: An object's key, or a folder when it is empty or ends in a slash.
        may_go_on: Asked before each further page.

    Raises:
        ClientError, BotoCoreError: As S3 answers.
    """
    if key and not key.endswith("/"):
        return _list_one(s3, bucket, key)
    objects: list[tuple[str, int]] = []
    # The delimiter spares the pages of sub-folders.
    arguments = {"Bucket": bucket, "Prefix": key, "Delimiter": "/"}
    for _ in range(_MAX_PAGES):
        page = s3.list_objects_v2(**arguments)
        objects += [(item["Key"], item["Size"]) for item in page.get("Contents", [])]
        objects += [(item["Prefix"] + "...", 0) for item in page.get("CommonPrefixes", [])]
        if not page.get("IsTruncated"):
            return Listing(bucket, key, tuple(objects), complete=True)
        if not may_go_on():
            break
        arguments["ContinuationToken"] = page["NextContinuationToken"]
    return Listing(bucket, key, tuple(objects), complete=False)


def _list_one(s3: Any, bucket: str, key: str) -> Listing:
    # Of all keys with a prefix, the prefix itself comes first.
    for prefix in (key, f"{key}/"):
        contents = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents", [])
        if contents and (prefix != key or contents[0]["Key"] == key):
            return Listing(bucket, key, ((contents[0]["Key"], contents[0]["Size"]),), complete=True)
    return Listing(bucket, key, (), complete=True)


def read_start(s3: Any, bucket: str, key: str, size: int) -> Start:
    """Read the first bytes of an object.

    Raises:
        ClientError, BotoCoreError: As S3 answers.
    """
    if size == 0:
        # S3 refuses a range of an empty object.
        return Start(b"", whole=True)
    response = s3.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{MAX_START - 1}")
    content: bytes = response["Body"].read(MAX_START)
    _, _, total = response.get("ContentRange", "").rpartition("/")
    return Start(content, whole=len(content) >= (int(total) if total.isdecimal() else size))


def sample(objects: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """Return at most `most` of the objects: the first, the last and evenly spaced ones between, in their order."""
    if len(objects) <= most:
        return list(objects)
    if most <= 1:
        return list(objects[:most])
    return [objects[round(index * (len(objects) - 1) / (most - 1))] for index in range(most)]
