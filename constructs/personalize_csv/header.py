"""Rules for the header of a file.

Page preparing-training-data: the first row holds the column headers, not in quotation marks, unique, and with the
names of the required fields. Page how-it-works-dataset-schema: in the order of the schema's fields. Page
error-messages: the text of a missing column. Capitals, quotation marks, further columns and another order were seen to
be imported all the same (`RULES`).
"""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator

from personalize_csv import records
from personalize_csv.findings import Problem, Severity
from personalize_csv.schema import RESERVED, Schema
from personalize_csv.text import Columns, Text, Value, listed, public_names

_NOT_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z]")
_SEEN = "; imports without that were seen to succeed"
BYTE_ORDER_MARK = "\ufeff"


def parse_header(line: str) -> tuple[str, ...]:
    """Return the names of the columns, without a byte order mark, quotation marks or spaces around."""
    values = records.split(line.removeprefix(BYTE_ORDER_MARK))
    if values is None:
        values = line.split(",")
    return tuple(value.strip().strip('"').strip() for value in values)


def places(names: tuple[str, ...], schema: Schema) -> dict[str, tuple[int, ...]]:
    """Return where the columns of a schema are in a header: the name of each field, and its places.

    A column of another field's exact name is that field's. Without an exact name, capitals make no difference.
    """
    exact = {field.name for field in schema.fields}
    found = {}
    for field in schema.fields:
        same = [place for place, name in enumerate(names) if name == field.name]
        alike = [place for place, name in enumerate(names) if name not in exact and name.upper() == field.reserved_name]
        found[field.name] = tuple(same or alike)
    return found


def public(names: tuple[str, ...], schema: Schema | None) -> frozenset[str]:
    """Return the names of a header that are surely names; none if it may be a record of a file without a header."""
    known = RESERVED if schema is None else RESERVED | {field.name for field in schema.fields}
    return public_names(names, known)


def check_header(line: str, names: tuple[str, ...], schema: Schema | None) -> Iterator[tuple[str | None, Problem]]:
    """Yield what is wrong with a header, as (column, problem)."""
    shown = public(names, schema)
    if line.startswith(BYTE_ORDER_MARK):
        expected = "UTF-8 without it, or the name of the first column may be lost"
        yield None, _warning("byte-order-mark", "starts with a byte order mark", expected)
    if '"' in line:
        what = Text("has its header in quotation marks (", Value(line), ")")
        yield None, _warning("quoted-header", what, f"names without quotation marks{_SEEN}")
    elif any(raw != raw.strip() for raw in line.removeprefix(BYTE_ORDER_MARK).split(",")):
        yield None, _warning("space-in-header", "has spaces around names in its header", "just the names")
    yield from _check_names(names, shown)
    if schema is not None:
        yield from _Comparison(line, names, schema, shown).problems()


def _check_names(names: tuple[str, ...], shown: frozenset[str]) -> Iterator[tuple[str | None, Problem]]:
    if "" in names:
        yield None, _warning("unnamed-column", "has a column without a name", f"a name for each column{_SEEN}")
    for name, times in collections.Counter(names).items():
        if name and times > 1:
            what = Text("has the column ", Columns((name,), shown), f" {times} times")
            yield name, Problem(Severity.ERROR, "duplicate-column", what, "each name once")
    # "You can't add both a GENRES_FIELD_1 field and a GENRESFIELD1 field"
    alike: dict[str, str] = {}
    for name in dict.fromkeys(names):
        other = alike.setdefault(_NOT_ALPHANUMERIC.sub("", name).lower() or name, name)
        if other != name:
            first, second = Columns((other,), shown), Columns((name,), shown)
            what = Text("has the columns ", first, " and ", second, ", which differ only in capitals or punctuation")
            yield name, _warning("similar-columns", what, "names with different letters and digits")


class _Comparison:
    """Compares a header with a schema."""

    def __init__(self, line: str, names: tuple[str, ...], schema: Schema, shown: frozenset[str]) -> None:
        self._line = line
        self._names = names
        self._schema = schema
        self._shown = shown
        self._places = places(names, schema)

    def problems(self) -> Iterator[tuple[str | None, Problem]]:
        missing = [field for field in self._schema.fields if not self._places[field.name]]
        required = [field.name for field in missing if self._schema.is_required(field)]
        if required:
            yield required[0], self._missing(required)
        optional = [field.name for field in missing if not self._schema.is_required(field)]
        if optional:
            what = f"lacks the {_columns(optional)}, which may be null"
            yield optional[0], _warning("missing-optional-column", what, f"every column of {self._schema.label}")
        yield from self._capitals()
        if not required:
            yield from self._extra()
        if not missing:
            yield from self._order()

    def _missing(self, required: list[str]) -> Problem:
        header = Columns(self._names, self._shown)
        what = Text(f"lacks the {_columns(required)} in its header (", header, f"){self._hint()}")
        service_text = f"Input CSV is missing the following columns:[{', '.join(required)}]."
        expected = f"every required column of {self._schema.label}"
        return Problem(Severity.ERROR, "missing-column", what, expected, service_text)

    def _hint(self) -> str:
        for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")):
            if len(self._names) == 1 and separator in self._line:
                return f"; its columns are separated by {word} instead of commas"
        return "" if has_header(self._names, self._schema) else "; the file may have no header"

    def _capitals(self) -> Iterator[tuple[str | None, Problem]]:
        other = {self._names[found[0]]: name for name, found in self._places.items() if found}
        other = {column: name for column, name in other.items() if column != name}
        if other:
            what = Text("has the ", "column " if len(other) == 1 else "columns ", Columns(tuple(other), self._shown))
            expected = f"{listed(list(other.values()))}, as {self._schema.label} writes it{_SEEN}"
            yield next(iter(other)), _warning("capitals", what, expected)

    def _extra(self) -> Iterator[tuple[str | None, Problem]]:
        known = {place for found in self._places.values() for place in found}
        extra = tuple(name for place, name in enumerate(self._names) if name and place not in known)
        if extra:
            word = "column " if len(extra) == 1 else "columns "
            what = Text("has the ", word, Columns(extra, self._shown), f" that {self._schema.label} does not have")
            yield extra[0], _warning("extra-column", what, f"only the schema's columns{_SEEN}")

    def _order(self) -> Iterator[tuple[str | None, Problem]]:
        if any(len(found) > 1 for found in self._places.values()):
            return
        in_file = sorted(self._places, key=lambda name: self._places[name])
        known = [field.name for field in self._schema.fields]
        if in_file != known:
            what = f"has its columns in the order {listed(in_file)}"
            yield None, _warning("column-order", what, f"the order of {self._schema.label}, {listed(known)}{_SEEN}")


def has_header(names: tuple[str, ...], schema: Schema) -> bool:
    """Whether the first line of a file is a header for certain: it has the name of a column that is expected."""
    return any(places(names, schema).values()) or any(name.upper() in RESERVED for name in names)


def _columns(names: list[str]) -> str:
    return ("column " if len(names) == 1 else "columns ") + listed(names)


def _warning(rule: str, what: str | Text, expected: str) -> Problem:
    return Problem(Severity.WARNING, rule, what, expected)
