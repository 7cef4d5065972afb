"""Names of dataset import jobs, from which a job tells whose it is and what it imports.

A job is named ``<prefix>-<resource>-<spec>-<request>``. The name is the only memory there is: Personalize offers no
client token, and a job's summary holds no more of its request than the name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
MAX_LENGTH = 63
RESOURCE_DIGITS = 10
SPEC_DIGITS = 8
REQUEST_DIGITS = 8
MAX_PREFIX_LENGTH = MAX_LENGTH - RESOURCE_DIGITS - SPEC_DIGITS - REQUEST_DIGITS - 3

_FORM = re.compile(
    rf"(?P<prefix>.+)-(?P<resource>[0-9a-f]{{{RESOURCE_DIGITS}}})"
    rf"-(?P<spec>[0-9a-f]{{{SPEC_DIGITS}}})-(?P<request>[0-9a-f]{{{REQUEST_DIGITS}}})"
)


def digest(*parts: str, digits: int) -> str:
    """Return the first hex digits of a hash over the parts, which keep their borders."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


def resource_hash(stack_id: str, logical_resource_id: str) -> str:
    """Return the hash that the names of all jobs and the schedule of one resource share."""
    return digest(stack_id, logical_resource_id, digits=RESOURCE_DIGITS)


def valid_prefix(prefix: str) -> str:
    """Return the prefix in the form that the API accepts, whatever it was made from."""
    valid = re.sub(r"[^a-zA-Z0-9_]+", "-", prefix).strip("-_")
    return valid[:MAX_PREFIX_LENGTH].rstrip("-_") or "import"


@dataclass(frozen=True)
class JobName:
    """The parts of a job name."""

    prefix: str
    resource: str
    spec: str
    request: str

    @classmethod
    def parse(cls, name: str) -> JobName | None:
        """Return the parts of a name of this form, None for any other name."""
        match = _FORM.fullmatch(name)
        return cls(**match.groupdict()) if match else None

    def __str__(self) -> str:
        return f"{valid_prefix(self.prefix)}-{self.resource}-{self.spec}-{self.request}"
