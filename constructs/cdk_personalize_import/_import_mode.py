"""How imported records meet the ones that are there."""

from __future__ import annotations

import enum


class ImportMode(enum.Enum):
    """What an import does with the records that earlier imports brought into the dataset.

    See https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
    """

    FULL = "FULL"
    """Replace all records that were imported in bulk. Records streamed one by one stay."""
    INCREMENTAL = "INCREMENTAL"
    """Add the records; one with the ID of an earlier one overwrites it. Needs an earlier successful ``FULL`` import."""
