"""Names of dataset import jobs, from which a job tells whose it is and what it imports.

A job is named ``<prefix>-<resource>-<spec>-<request>``. The name is the only memory there is: Personalize offers no
client token, and a job's summary holds no more of its request than the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cdk_personalize_import_handler.custom_resource.names import (
    MAX_PREFIX_LENGTH,
    REQUEST_DIGITS,
    RESOURCE_DIGITS,
    valid_prefix,
)

# https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
MAX_LENGTH = 63
SPEC_DIGITS = 8
assert MAX_PREFIX_LENGTH + RESOURCE_DIGITS + SPEC_DIGITS + REQUEST_DIGITS + len("---") == MAX_LENGTH

_FORM = re.compile(
    rf"(?P<prefix>.+)-(?P<resource>[0-9a-f]{{{RESOURCE_DIGITS}}})"
    rf"-(?P<spec>[0-9a-f]{{{SPEC_DIGITS}}})-(?P<request>[0-9a-f]{{{REQUEST_DIGITS}}})"
)


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

    @classmethod
    def in_arn(cls, arn: str) -> JobName | None:
        """Return the parts of the name in a job's ARN, None for anything else."""
        return cls.parse(arn.rpartition("/")[2])

    def __str__(self) -> str:
        return f"{valid_prefix(self.prefix)}-{self.resource}-{self.spec}-{self.request}"
