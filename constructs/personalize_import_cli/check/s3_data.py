"""Data in S3, read with the caller's credentials.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Any

import click

from personalize_csv import source_files
from personalize_import_cli.aws import meaning
from personalize_import_cli.check.data import CHUNK, Data

# What the function reads before a job is started: the first bytes of some of the files.
_START = 256 * 1024
_MOST_FILES = 20
_MOST_OBJECTS = 10_000
_LOCATION = re.compile(r"s3://([^/]+)/?(.*)", re.DOTALL)


def is_location(text: str) -> bool:
    """Return whether a text is meant as a location in S3."""
    return text.startswith("s3://")


def s3_data(s3: Any, location: str, *, whole: bool) -> Data:
    """Return the data at a location.

    Args:
        s3: An S3 client.
        location: Such as ``s3://bucket/key.csv``, or ``s3://bucket/folder/``.
        whole: Whether all of it is read, or just the start of the files.

    Raises:
        AwsError: S3 doesn't tell.
        UsageError: It isn't of that form.
    """
    parts = _LOCATION.fullmatch(location)
    if parts is None:
        raise click.UsageError(f"{location} is not of the form s3://bucket/prefix/.")
    bucket, key = parts.groups()
    objects, complete = _objects(s3, bucket, key)
    source = source_files(location, key, objects, complete=complete)
    keys = [key for key, _ in (*source.files, *source.doubtful)]
    return Data(
        source,
        name=lambda key: f"s3://{bucket}/{key}",
        read=lambda key: _chunks(s3, bucket, key, None if whole else _START),
        limit=None if whole else _START,
        sampled=tuple(keys if whole else _sample(keys)),
    )


def _objects(s3: Any, bucket: str, key: str) -> tuple[list[tuple[str, int]], bool]:
    """Return the objects at a location with their sizes, and whether these are all."""
    try:
        if key and not key.endswith("/"):
            # Of all keys with a prefix, the prefix itself comes first.
            found = [
                item
                for prefix in (key, f"{key}/")
                for item in s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("Contents", [])
            ]
            return [(item["Key"], item["Size"]) for item in found], True
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key, Delimiter="/")
        listed = itertools.chain.from_iterable(map(_of_page, pages))
        objects = list(itertools.islice(listed, _MOST_OBJECTS))
        return objects, next(listed, None) is None
    except Exception as error:
        raise meaning(error) from error


def _of_page(page: dict[str, Any]) -> Iterator[tuple[str, int]]:
    yield from ((item["Key"], item["Size"]) for item in page.get("Contents", []))
    # The delimiter spares the pages of sub-folders: of each there is one name.
    yield from ((f"{item['Prefix']}...", 0) for item in page.get("CommonPrefixes", []))


def _chunks(s3: Any, bucket: str, key: str, limit: int | None) -> Iterator[bytes]:
    arguments = {} if limit is None else {"Range": f"bytes=0-{limit - 1}"}
    try:
        body = s3.get_object(Bucket=bucket, Key=key, **arguments)["Body"]
        yield from body.iter_chunks(CHUNK)
    except Exception as error:
        if getattr(error, "response", {}).get("Error", {}).get("Code") == "InvalidRange":
            return  # S3 refuses a range of an empty object.
        raise meaning(error) from error


def _sample(keys: Sequence[str]) -> list[str]:
    """Return the first, the last and evenly spaced keys between, in their order."""
    if len(keys) <= _MOST_FILES:
        return list(keys)
    return [keys[round(index * (len(keys) - 1) / (_MOST_FILES - 1))] for index in range(_MOST_FILES)]
