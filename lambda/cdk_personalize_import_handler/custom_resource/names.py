"""Names that a resource and its requests get: hashes of what they are."""

from __future__ import annotations

import hashlib
import re

RESOURCE_DIGITS = 10
REQUEST_DIGITS = 8
MAX_PREFIX_LENGTH = 34


def digest(*parts: str, digits: int) -> str:
    """Return the first hex digits of a hash over the parts, which keep their borders."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def resource_hash(stack_id: str, logical_resource_id: str) -> str:
    """Return the hash of a resource."""
    return digest(stack_id, logical_resource_id, digits=RESOURCE_DIGITS)


def request_hash(request_id: str) -> str:
    """Return the hash of a request."""
    return digest(request_id, digits=REQUEST_DIGITS)


def valid_prefix(prefix: str) -> str:
    """Return the prefix in the form that every AWS API accepts in a name, whatever it was made from."""
    valid = re.sub(r"[^a-zA-Z0-9_]+", "-", prefix).strip("-_")
    return valid[:MAX_PREFIX_LENGTH].rstrip("-_") or "import"


def id_without_result(kind: str, stack_id: str, logical_resource_id: str) -> str:
    """Return the PhysicalResourceId of a resource that came to nothing.

    Args:
        kind: What it would have become, such as dataset-import-job.
        stack_id: Id of its stack.
        logical_resource_id: Its id in the template.
    """
    return f"{kind}-{resource_hash(stack_id, logical_resource_id)}"
