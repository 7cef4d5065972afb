"""The effect of CDK's custom resources on buckets, in place of their functions.

CDK's own functions for these need an AWS CLI in a Lambda layer, or Node.js; here the work is done directly.
See https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_s3_deployment.BucketDeployment.html.
"""

import fnmatch
import io
import mimetypes
import uuid
import zipfile
from collections.abc import Mapping
from typing import Any

from local_aws.cloudformation.resources.base import Request, ResourceError, ResourceType, lacking

_LACKING = {"DistributionId", "DistributionPaths", "SignContent", "SystemMetadata"}


class BucketDeployment(ResourceType):
    """Custom::CDKBucketDeployment: files of asset archives copied into a bucket."""

    type = "Custom::CDKBucketDeployment"

    def check(self, properties: Mapping[str, Any]) -> None:
        if others := sorted(properties.keys() & _LACKING):
            raise lacking(f"{', '.join(others)} of {self.type}")

    def create(self, request: Request) -> None:
        request.initiated(f"aws.cdk.s3deployment.{uuid.uuid4()}")
        self._deploy(request)

    def update(self, request: Request) -> None:
        old = _destination(request.old_properties)
        if old != _destination(request.properties) and not _flag(request.old_properties, "RetainOnDelete", True):
            _empty(request, *old)
        self._deploy(request)

    def delete(self, request: Request) -> None:
        if not _flag(request.properties, "RetainOnDelete", True):
            _empty(request, *_destination(request.properties))

    def _deploy(self, request: Request) -> None:
        s3 = request.aws.client("s3")
        bucket, prefix = _destination(request.properties)
        files = _source_files(request, s3)
        for name, content in files.items():
            kind = mimetypes.guess_type(name)[0] or "binary/octet-stream"
            metadata = request.properties.get("UserMetadata", {})
            s3.put_object(Bucket=bucket, Key=prefix + name, Body=content, ContentType=kind, Metadata=metadata)
        if _flag(request.properties, "Prune", True):
            pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for key in filter(None, list(pages.search("Contents[].Key"))):
                name = key[len(prefix) :]
                if name not in files and _selected(request.properties, name):
                    s3.delete_object(Bucket=bucket, Key=key)
        request.resource.attributes = {
            "DestinationBucketArn": f"arn:aws:s3:::{bucket}",
            "SourceObjectKeys": request.properties["SourceObjectKeys"],
        }


class AutoDeleteObjects(ResourceType):
    """Custom::S3AutoDeleteObjects: a bucket is emptied before it is deleted."""

    type = "Custom::S3AutoDeleteObjects"
    properties = frozenset({"BucketName", "ServiceTimeout", "ServiceToken"})
    create_only = frozenset({"BucketName"})

    def create(self, request: Request) -> None:
        request.initiated(request.properties["BucketName"])

    def delete(self, request: Request) -> None:
        _empty(request, request.properties["BucketName"], "")


def _destination(properties: dict[str, Any]) -> tuple[str, str]:
    prefix = properties.get("DestinationBucketKeyPrefix", "").strip("/")
    bucket = properties.get("DestinationBucketName") or properties["DestinationBucketArn"].rsplit(":", 1)[1]
    return bucket, f"{prefix}/" if prefix else ""


def _source_files(request: Request, s3: Any) -> dict[str, bytes]:
    properties = request.properties
    if not _flag(properties, "Extract", True):
        raise ResourceError("Extract=false isn't supported by the embedded AWS")
    files: dict[str, bytes] = {}
    markers = properties.get("SourceMarkers") or [{} for _ in properties["SourceObjectKeys"]]
    sources = zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], markers, strict=True)
    for bucket, key, replacements in sources:
        archive = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for entry in opened.infolist():
                if entry.is_dir() or not _selected(properties, entry.filename):
                    continue
                content = opened.read(entry)
                for marker, value in replacements.items():
                    content = content.replace(marker.encode(), str(value).encode())
                files[entry.filename] = content
    return files


def _selected(properties: dict[str, Any], name: str) -> bool:
    """Apply the filters as ``aws s3 sync`` does: excludes first, then includes bring names back."""
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in properties.get("Include", [])):
        return True
    return not any(fnmatch.fnmatchcase(name, pattern) for pattern in properties.get("Exclude", []))


def _flag(properties: dict[str, Any], name: str, default: bool) -> bool:
    return str(properties.get(name, default)).lower() == "true"


def _empty(request: Request, bucket: str, prefix: str) -> None:
    s3 = request.aws.client("s3")
    try:
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        for entry in list(pages.search("[Versions, DeleteMarkers][][]")):
            s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
    except s3.exceptions.NoSuchBucket:
        return
