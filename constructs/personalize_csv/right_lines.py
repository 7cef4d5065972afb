r"""Passes over lines that are right without doubt, many at a time.

Header and schema make one regular expression that matches any number of such lines and never goes back. It is stricter
than the rules: what it matches has no finding; what it doesn't, the rules look at, line by line. It works on bytes: a
text has at most as many characters as bytes.
"""

from __future__ import annotations

import functools
import re

from personalize_csv import limits
from personalize_csv.header import places
from personalize_csv.schema import SECONDS, Field, Schema
from personalize_csv.values import is_action_event, is_id, most_characters

# Numbers of fewer digits than the largest that is right.
_DECIMAL = rb"-?+[0-9]++(?:\.[0-9]*+)?+(?:[eE][+-]?+[0-9]++)?+"
_TYPES = {
    "int": rb"-?+[0-9]{1,9}+",
    "long": rb"-?+[0-9]{1,18}+",
    "float": _DECIMAL,
    "double": _DECIMAL,
    "boolean": rb"(?:true|false)",
}
# Numbers that a program writes which keeps them as another type, and booleans as Python writes them.
_ODD = {
    "int": rb"-?+[0-9]{1,9}+\.0++",
    "long": rb"-?+[0-9]{1,15}+\.0++",
    "float": rb"(?:nan|NaN)",
    "double": rb"(?:nan|NaN)",
    "boolean": rb"(?:True|TRUE|False|FALSE|1|0)",
}
_SECONDS = rb"[0-9]{1,11}+"
_ACTION_EVENT = rb"(?:[Tt]aken|[Nn]ot[ _-][Tt]aken|[Vv]iewed)"

# Characters of a text, without and in double quotes. Ranges are matched faster than exceptions.
_PLAIN = rb"[\x00-\x09\x0b\x0c\x0e-!#-+\--\xff]"
_QUOTED = rb"[\x00-\x09\x0b\x0c\x0e-!#-\[\]-\xff]"
# Two characters in double quotes that stand for one.
_PAIR = rb'(?:""|\\["\\])'
# How long a text is before the first of them, after each, and how many there are: together the most that is right.
_PIECES: dict[int | None, tuple[int | None, int | None, int | None]] = {
    None: (None, None, None),
    limits.MAX_STRING_CHARACTERS: (400, 59, 10),
    limits.MAX_TEXT_CHARACTERS: (5000, 374, 40),
}


@functools.lru_cache(maxsize=64)
def right_lines(
    header: tuple[str, ...], schema: Schema | None, line_end: bytes, odd: frozenset[str] = frozenset()
) -> re.Pattern[bytes]:
    r"""Return what matches any number of lines that are right without doubt, with their ends.

    Args:
        header: the names in the file's header.
        schema: the schema of the dataset.
        line_end: what ends each line, `\n` or `\r`.
        odd: fields, of those that `has_odd_values`, for which each of the lines has an odd value instead.
    """
    cells = [_text(0, None)] * len(header)
    if schema is not None:
        found = places(header, schema)
        for field in schema.fields:
            if len(found[field.name]) == 1:
                is_odd = field.name in odd
                cells[found[field.name][0]] = _ODD[field.types[0]] if is_odd else _cell(field, schema)
    # A line of a single column can be blank, and then it is no record.
    start = rb"(?![ \t]*+[\r\n])" if len(cells) == 1 else b""
    end = rb"\r?+\n" if line_end == b"\n" else rb"\r"
    return re.compile(rb"(?:" + start + rb",".join(cells) + end + rb")*+")


def has_odd_values(field: Field) -> bool:
    """Whether values of the field are known that some readers take: each breaks the rule `type`, and no other."""
    return len(field.types) == 1 and field.types[0] in _ODD


def _cell(field: Field, schema: Schema) -> bytes:
    fewest = 0 if field.nullable else 1
    if "string" in field.types:
        if is_action_event(field, schema):
            return _value(_ACTION_EVENT, fewest)
        if is_id(field):
            return _value(_PLAIN, fewest, limits.MAX_ID_CHARACTERS)
        return _text(fewest, most_characters(field, schema))
    if not field.types or not _TYPES.keys() >= set(field.types):
        return _text(fewest, None)
    if field.reserved_name in SECONDS and field.types != ("boolean",):
        return _value(_SECONDS, fewest)
    return _value(b"(?:" + b"|".join(_TYPES[name] for name in field.types) + b")", fewest)


def _value(pattern: bytes, fewest: int, most: int | None = None) -> bytes:
    """Return what matches a value with or without double quotes around it."""
    if most is not None:
        pattern += b"{1,%d}+" % most
    return b"(?:" + pattern + b'|"' + pattern + b'")' + (b"" if fewest else b"?+")


def _text(fewest: int, most: int | None) -> bytes:
    """Return what matches a text of so many characters; in double quotes it can have any character but a line break."""
    plain = _times(_PLAIN, fewest, most)
    first, length, pieces = _PIECES[most]
    piece = b"(?:" + _PAIR + _times(_QUOTED, 0, length) + b")"
    quoted = _times(_QUOTED, fewest, first) + _times(piece, 0, pieces) + b'"'
    if fewest:
        quoted += b"|" + _times(piece, 1, pieces) + b'"'
    if first is not None:
        quoted += b"|" + _times(_QUOTED, first, most) + b'"'
    return b"(?:" + plain + b'|"(?:' + quoted + b"))"


def _times(pattern: bytes, fewest: int, most: int | None) -> bytes:
    return pattern + b"{%d,%s}+" % (fewest, b"" if most is None else b"%d" % most)
