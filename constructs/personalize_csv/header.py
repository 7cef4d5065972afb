"""Rules for the header of a file.

Page preparing-training-data: the first row holds the column headers, not in quotation marks, unique, and with the
names of the required fields. Page how-it-works-dataset-schema: in the order of the schema's fields. Page
error-messages: the text of a missing column.
"""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator

from personalize_csv import records
from personalize_csv.findings import Severity
from personalize_csv.schema import Schema
from personalize_csv.values import Problem, shown

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_MOST_NAMES_SHOWN = 20
BYTE_ORDER_MARK = "\ufeff"


def parse_header(line: str) -> tuple[str, ...]:
    """Return the names of the columns, without a byte order mark, quotation marks or spaces around."""
    values = records.split(line.removeprefix(BYTE_ORDER_MARK))
    if values is None:
        values = line.split(",")
    return tuple(value.strip().strip('"').strip() for value in values)


def check_header(line: str, names: tuple[str, ...], schema: Schema | None) -> Iterator[tuple[str | None, Problem]]:
    """Yield what is wrong with a header, as (column, problem)."""
    if line.startswith(BYTE_ORDER_MARK):
        expected = "UTF-8 without it, or the name of the first column may be lost"
        yield None, _warning("byte-order-mark", "starts with a byte order mark", expected)
    if '"' in line:
        what = f"has its header in quotation marks ({shown(line)})"
        yield None, Problem(Severity.ERROR, "quoted-header", what, "names without quotation marks")
    elif any(raw != raw.strip() for raw in line.removeprefix(BYTE_ORDER_MARK).split(",")):
        yield None, _warning("space-in-header", "has spaces around names in its header", "just the names")
    yield from _check_names(names)
    if schema is not None:
        yield from _check_columns(line, names, schema)


def _check_names(names: tuple[str, ...]) -> Iterator[tuple[str | None, Problem]]:
    if "" in names:
        yield None, _warning("unnamed-column", "has a column without a name", "a name for each column")
    for name, times in collections.Counter(names).items():
        if name and times > 1:
            what = f"has the column {name} {times} times"
            yield name, Problem(Severity.ERROR, "duplicate-column", what, "each name once")
    # "You can't add both a GENRES_FIELD_1 field and a GENRESFIELD1 field"
    alike: dict[str, str] = {}
    for name in dict.fromkeys(names):
        other = alike.setdefault(_NOT_ALPHANUMERIC.sub("", name).lower() or name, name)
        if other != name:
            what = f"has the columns {other} and {name}, which differ only in capitals or punctuation"
            yield name, _warning("similar-columns", what, "names with different letters and digits")


def _check_columns(line: str, names: tuple[str, ...], schema: Schema) -> Iterator[tuple[str | None, Problem]]:
    missing = [field for field in schema.fields if field.name not in names]
    required = [field.name for field in missing if schema.is_required(field)]
    if required:
        hint = _hint(line, names, required)
        what = f"lacks the {_columns(required)} in its header ({_listed(names)}){hint}"
        service_text = f"Input CSV is missing the following columns:[{', '.join(required)}]."
        expected = f"every required column of {schema.label}"
        yield required[0], Problem(Severity.ERROR, "missing-column", what, expected, service_text)
    optional = [field.name for field in missing if not schema.is_required(field)]
    if optional:
        what = f"lacks the {_columns(optional)}, which may be null"
        yield optional[0], _warning("missing-optional-column", what, f"every column of {schema.label}")
    known = [field.name for field in schema.fields]
    extra = [name for name in names if name and name not in known]
    if extra and not required:
        what = f"has the {_columns(extra)} that {schema.label} does not have"
        yield extra[0], _warning("extra-column", what, "only the schema's columns")
    in_file = [name for name in names if name in known]
    if not missing and in_file != known and sorted(in_file) == sorted(known):
        what = f"has its columns in the order {_listed(in_file)}"
        yield None, _warning("column-order", what, f"the order of {schema.label}, {_listed(known)}")


def _hint(line: str, names: tuple[str, ...], required: list[str]) -> str:
    lower = {name.lower(): name for name in names}
    for name in required:
        if name.lower() in lower:
            return f"; {lower[name.lower()]} is not {name}"
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
        if len(names) == 1 and separator in line:
            return f"; its columns are separated by {word} instead of commas"
    return ""


def _columns(names: list[str]) -> str:
    return ("column " if len(names) == 1 else "columns ") + _listed(names)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMES_SHOWN
    text = ", ".join(name if len(name) <= 64 else name[:64] + "..." for name in names[:_MOST_NAMES_SHOWN])
    return f"{text} and {more} more" if more > 0 else text


def _warning(rule: str, what: str, expected: str) -> Problem:
    return Problem(Severity.WARNING, rule, what, expected)
