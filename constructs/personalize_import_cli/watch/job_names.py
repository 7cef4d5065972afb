"""Names of dataset import jobs, from which a job tells whose it is.

The function names a job ``<prefix>-<resource>-<spec>-<request>``; ``resource`` is a hash of the stack and the logical
id of the resource whose data it imports.
"""

from __future__ import annotations

import hashlib
import re

_DIGITS = 10
_FORM = re.compile(r"(?P<prefix>.+)-(?P<resource>[0-9a-f]{10})-[0-9a-f]{8}-[0-9a-f]{8}")


def resource_hash(stack_id: str, logical_id: str) -> str:
    """Return what the names of all jobs of a resource share."""
    parts = "".join(f"{len(part)}:{part}" for part in (stack_id, logical_id))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def resource_of(job_name: str) -> str | None:
    """Return the hash of the resource in a job's name, None for a job that a construct didn't start."""
    form = _FORM.fullmatch(job_name)
    return form["resource"] if form else None


def prefix_of(job_name: str) -> str:
    """Return the part of a job's name that a person chose; the whole name of a job that a construct didn't start."""
    form = _FORM.fullmatch(job_name)
    return form["prefix"] if form else job_name
