"""Amazon S3, as far as the handler looks into a bucket: objects by key, listed by prefix, read by range."""

import re
from typing import Any
from xml.sax.saxutils import escape

from simulator.faults import ServiceError


class Objects:
    """The objects of every bucket.

    Attributes:
        contents: the bytes of each object, by bucket and key.
    """

    def __init__(self) -> None:
        self.contents: dict[str, dict[str, bytes]] = {}

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.contents.setdefault(bucket, {})[key] = body

    def serve(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call.

        Raises:
            ServiceError: as the service would.
        """
        bucket = params["host"].split(".s3", 1)[0]
        key = params["path"].lstrip("/")
        if params["host"].startswith("s3."):
            bucket, _, key = key.partition("/")
        objects = self.contents.get(bucket)
        if objects is None:
            raise ServiceError("NoSuchBucket", "The specified bucket does not exist", 404)
        if operation == "ListObjectsV2":
            return self._list(bucket, objects, params)
        if operation not in ("GetObject", "HeadObject"):
            raise ServiceError("NotImplemented", f"{operation} is not simulated", 501)
        if key not in objects:
            raise ServiceError("NoSuchKey", "The specified key does not exist.", 404)
        return _read(objects[key], params.get("range"), with_body=operation == "GetObject")

    def _list(self, bucket: str, objects: dict[str, bytes], params: dict[str, Any]) -> dict[str, Any]:
        prefix = params.get("prefix", "")
        keys = sorted(key for key in objects if key.startswith(prefix))[: int(params.get("max-keys", 1000))]
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(objects[key])}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for key in keys
        )
        xml = (
            f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix>'
            f"<KeyCount>{len(keys)}</KeyCount><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
        )
        return {"body": xml.encode()}


def _read(body: bytes, wanted: str | None, *, with_body: bool) -> dict[str, Any]:
    size = len(body)
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted or "")
    if match:
        first, last = int(match[1]), min(int(match[2] or size), size - 1)
        if first >= size:
            raise ServiceError("InvalidRange", "The requested range is not satisfiable", 416)
        part = body[first : last + 1]
        headers = {"Content-Length": str(len(part)), "Content-Range": f"bytes {first}-{last}/{size}"}
        return {"status": 206, "headers": headers, "body": part if with_body else b""}
    return {"headers": {"Content-Length": str(size)}, "body": body if with_body else b""}
