"""Which of the preflight's warnings bears on a failure.

A warning stands in the function's log alone. Where the import then fails, it often is what the reason doesn't say: of a
file with a byte order mark Personalize says that a column is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from personalize_csv import Finding

# No warning takes more of a reply than this, in characters.
_LONGEST = 600
# It has its reason in the text itself, and no look at the data tells more.
_ACCESS = re.compile(r"privilege|permission|access|assume|\brole\b|kms", re.IGNORECASE)
_FORM = {"byte-order-mark", "encoding", "not-csv", "long-line", "line-break"}
_HEADER = {"quoted-header", "space-in-header", "unnamed-column", "duplicate-column", "similar-columns", "extra-column"}
_VALUES = {"null", "type", "milliseconds", "length", "truncated-text", "id-characters", "event-type"}
# Of each kind of failure the words by which it is told, and the rules whose findings bear on it. Few of the service's
# texts are documented; these words are in those that are, or were seen.
# https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html
_KINDS = {
    "location": (
        re.compile(r"no objects|no files|not found|not exist|path", re.IGNORECASE),
        {"folder-without-slash", "sub-folders", "not-csv-name", "no-files"},
    ),
    "header": (
        re.compile(r"\bcolumns?\b|header", re.IGNORECASE),
        _FORM | _HEADER | {"header-not-seen", "capitals", "missing-optional-column", "column-order", "headers-differ"},
    ),
    "amount": (
        re.compile(r"exceed|at least|too (?:few|many|large)|\bsize\b", re.IGNORECASE),
        {"too-large", "too-few-interactions", "no-records"},
    ),
    "records": (
        re.compile(r"\brows?\b|records?|values?|\btypes?\b|length|conform|timestamp|null|format", re.IGNORECASE),
        _FORM | _VALUES | {"too-few-values", "too-many-values", "column-order"},
    ),
}


def bearing(warnings: Iterable[Finding]) -> dict[str, str]:
    """Return the first warning for each kind of failure that one bears on, without the data."""
    found: dict[str, str] = {}
    for warning in warnings:
        for kind, (_, rules) in _KINDS.items():
            if warning.rule in rules:
                found.setdefault(kind, warning.redacted_message[:_LONGEST])
    return found


def explained(reason: str, warnings: Mapping[str, str]) -> str:
    """Return a reason with the warning that bears on it at its end, if there is one.

    Args:
        reason: Why an import failed, as Personalize tells it.
        warnings: What `bearing` returned before the import was started.
    """
    if _ACCESS.search(reason):
        return reason
    kinds = [kind for kind, (words, _) in _KINDS.items() if words.search(reason)]
    # A text that is new to us may be about anything.
    warning = next((warnings[kind] for kind in kinds or _KINDS if kind in warnings), "")
    return f"{reason.rstrip('. ')}. The preflight warned: {warning}" if warning else reason
