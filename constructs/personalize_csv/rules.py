"""The rules and the evidence of each: a page of the documentation, or a record of an import that somebody ran.

A rule gives an error only for what a page says, or a record shows, to fail.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

_GUIDE = "https://docs.aws.amazon.com/personalize/latest/dg/"
_SAMPLES = "https://github.com/aws-samples/amazon-personalize-samples"


@dataclasses.dataclass(frozen=True)
class Rule:
    """A rule.

    Attributes:
        evidence: what the rule goes by.
        page: where to read it.
    """

    evidence: str
    page: str


def _page(name: str, says: str) -> Rule:
    return Rule(says, _GUIDE + name + ".html")


def _record(page: str, shows: str) -> Rule:
    return Rule(shows, page)


_FORMAT = "preparing-training-data"
_YEARS = _record(
    _SAMPLES,
    "notebook 02 of POC_in_a_box (2020): 9,742 items with a YEAR of type int without null, 12 of them without a year "
    "and one with 2006-2007, were imported. That every record is wrong does fail an import",
)
_AGENT = _record(
    _SAMPLES,
    "the personalized recommender agent (2024): two imports with a nameless index column, an extra column and another "
    "order of columns ended ACTIVE",
)
_NEWS = _record(
    "https://github.com/aws-samples/amazon-personalize-immersion-day",
    "NewsPublishing (2024): items with a quoted header in lower case were imported for a schema in capitals",
)

RULES: Mapping[str, Rule] = {
    # the location
    "no-files": _page("bulk-data-import-step", "the location is that of a CSV file, or of a folder that has them"),
    "folder-without-slash": _page(
        "API_DataSource", "a folder's location ends in a slash; page error-messages writes it without"
    ),
    "sub-folders": _page("bulk-data-import-step", "nothing is said about sub-folders"),
    "not-csv-name": _page(_FORMAT, "the data is in CSV files; nothing is said about other objects beside them"),
    "too-large": _page("limits", "the size of an import; the quota of an incremental one can be raised"),
    # the file
    "not-csv": _page(_FORMAT, "the data is in a CSV file"),
    "no-header": _page(_FORMAT, "the first row holds the column headers"),
    "header-not-seen": _page(_FORMAT, "the first row holds the column headers"),
    "long-line": _page(_FORMAT, "each record is on a single line"),
    "encoding": _page(_FORMAT, "text with characters outside ASCII is encoded in UTF-8"),
    "byte-order-mark": _page(_FORMAT, "UTF-8 is asked for; nothing is said about a byte order mark"),
    # the header
    "missing-column": _page("error-messages", "Input CSV is missing the following columns"),
    "missing-optional-column": _page(_FORMAT, "the required fields are asked for; nothing is said about the others"),
    "quoted-header": _NEWS,
    "capitals": _NEWS,
    "duplicate-column": _page(_FORMAT, "the names of the columns are unique"),
    "similar-columns": _page("how-it-works-dataset-schema", "GENRES_FIELD_1 and GENRESFIELD1 can't both be fields"),
    "space-in-header": _page(_FORMAT, "the names are those of the schema; nothing is said about spaces"),
    "unnamed-column": _AGENT,
    "extra-column": _AGENT,
    "column-order": _AGENT,
    "headers-differ": _page(_FORMAT, "all column headers match across all files"),
    # the records
    "null": _YEARS,
    "type": _YEARS,
    "milliseconds": _page(
        "interactions-datasets", "times are in seconds; no record shows that a few in milliseconds fail an import"
    ),
    "too-few-values": _YEARS,
    "too-many-values": _page(_FORMAT, "text with a comma is in double quotes"),
    "line-break": _page(_FORMAT, "each record is on a single line"),
    "length": _page("error-messages", "Length cannot be more than 256 characters"),
    "truncated-text": _page("items-datasets", "longer text is truncated"),
    "id-characters": _page(_FORMAT, "double quotes in IDs are advised against"),
    "event-type": _page("action-interactions-datasets", "an event is Taken, Not taken or Viewed"),
    # the import
    "too-few-interactions": _page(
        "limits",
        "at least 1,000 item interactions in an import; to append to action interactions takes as many (page "
        "bulk-data-import-step)",
    ),
    "no-records": _page(_FORMAT, "nothing is said about files without records"),
}
