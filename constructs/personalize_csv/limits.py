"""Documented sizes and counts.

Source of each number: docs.aws.amazon.com/personalize/latest/dg/limits.html, "Service quotas", unless another page is
named. The page writes GB; 1 GB is read here as 2**30 bytes, the larger of its two meanings.
"""

from __future__ import annotations

GIGABYTE = 2**30

MIN_INTERACTIONS = 1000
"""Records of one import of an Interactions dataset, in either import mode. No other dataset type has a minimum."""

MAX_ID_CHARACTERS = 256
"""USER_ID, ITEM_ID and ACTION_ID."""

MAX_STRING_CHARACTERS = 1000
"""Categorical values, impressions (with their vertical bars), and non-categorical strings of Items and Actions."""

MAX_TEXT_CHARACTERS = 20_000
"""Textual values of Items; longer ones are truncated, not refused (page items-datasets)."""

MAX_SECONDS = 253_402_300_799
"""31 December 9999, 23:59:59 UTC in Unix epoch seconds. No calendar date in seconds is larger; the same number read as
milliseconds is a day of 1978, so present-day milliseconds always are."""

# The only size quota on the page that has no ceiling is the adjustable "amount of data per incremental import".
INCREMENTAL_QUOTA = GIGABYTE
FULL_QUOTA = 100 * GIGABYTE
# "100 GB (increases to 1TB with any increase to [Action] item interactions considered by a model)"
FULL_CEILING = {
    "Interactions": 1024 * GIGABYTE,
    "Action_Interactions": 1024 * GIGABYTE,
    "Users": FULL_QUOTA,
    "Items": FULL_QUOTA,
    "Actions": FULL_QUOTA,
}
