"""Rules for the values of a column: type, null, length, timestamps.

Pages: how-it-works-dataset-schema ("Schema data types"), preparing-training-data ("Bulk data format guidelines"),
interactions-datasets ("Timestamp data") and limits ("Service quotas").
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable

from personalize_csv import limits
from personalize_csv.findings import Problem, Severity
from personalize_csv.schema import ID_COLUMNS, SECONDS, Field, Schema
from personalize_csv.text import Text, Value

_INTEGER = re.compile(r"([+-]?)0*+([0-9]*)")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?")
_INTEGER_BITS = {"int": 31, "long": 63}
_NUMBERS = frozenset({"int", "long", "float", "double"})
_CHECKED_TYPES = _NUMBERS | {"string", "boolean"}

# Spellings that some readers of CSV take as a number or a boolean. The documentation knows lower-case true and
# false as booleans (2023 edition of how-it-works-dataset-schema).
_SPECIAL_NUMBERS = frozenset({"nan", "inf", "infinity"})
_OTHER_BOOLEANS = frozenset({"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0", "1.0", "0.0"})

_EVENTS = ("Interactions", "Action_Interactions")

_FORMATTING = "https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html"

Check = Callable[[str], Problem | None]


def value_check(field: Field, schema: Schema) -> Check | None:
    """Return the check of one value of the field's column; None when every value is right."""
    nullable = field.nullable
    length = _length_check(field, schema)
    check_type = None if "string" in field.types else _type_check(field)
    timestamp = _is_timestamp(field)
    if nullable and length is None and check_type is None:
        return None

    def check(value: str) -> Problem | None:
        if not value:
            return None if nullable else _null(field, schema)
        problem = check_type(value) if check_type else None
        if problem is None and length is not None:
            problem = length(value)
        if problem is None and timestamp:
            problem = _timestamp(field, schema, value)
        return problem

    return check


def _null(field: Field, schema: Schema) -> Problem:
    # Page how-it-works-dataset-schema: a `null` type in the field's union is what allows blank values. Yet an import
    # with a few of them was seen to succeed.
    expected = f"a value, because {schema.label} does not allow null there"
    return Problem(Severity.WARNING, "null", "has no value", expected, wrong=_wrong(field))


def _wrong(field: Field) -> tuple[str, ...]:
    return (field.name,) if field.needs_value else ()


def _type_check(field: Field) -> Check | None:
    # A type that is not documented can't be judged; of a union of several types one is enough.
    if not field.types or not _CHECKED_TYPES.issuperset(field.types):
        return None
    readers = [_READERS[name] for name in field.types]
    types = " or ".join(field.types)

    def check(value: str) -> Problem | None:
        best = min(read(value) for read in readers)
        if best is _Reading.RIGHT:
            return None
        wrong = _wrong(field) if best is _Reading.WRONG else ()
        return Problem(Severity.WARNING, "type", Text("has ", Value(value)), _expected(field, types), wrong=wrong)

    return check


def _expected(field: Field, types: str) -> str:
    if _is_timestamp(field):
        return f"Unix epoch time in seconds ({types}), for example 1596238243"
    if field.types == ("boolean",):
        return "true or false (boolean)"
    return f"a value of type {types}" + (" or an empty cell" if field.nullable else "")


class _Reading(enum.IntEnum):
    RIGHT = 0
    ODD = 1
    """Some readers take it."""
    WRONG = 2


def _read_integer(value: str, bits: int) -> _Reading:
    if value.lstrip("+-").isdecimal() and (match := _INTEGER.fullmatch(value)):
        # 64 bits have 19 digits; int() refuses very long texts.
        digits = match[2] or "0"
        fits = len(digits) <= 19 and -(2**bits) <= int(match[1] + digits) < 2**bits
        return _Reading.RIGHT if fits else _Reading.WRONG
    # 15.0, 1e3 or a space around: a whole number that not every reader takes.
    stripped = value.strip()
    if _DECIMAL.fullmatch(stripped):
        number = float(stripped)
        return _Reading.ODD if number.is_integer() and abs(number) <= 2.0**bits else _Reading.WRONG
    return _Reading.WRONG


def _read_decimal(value: str) -> _Reading:
    if _DECIMAL.fullmatch(value):
        return _Reading.RIGHT
    stripped = value.strip().lower()
    if stripped.lstrip("+-") in _SPECIAL_NUMBERS or _DECIMAL.fullmatch(stripped.rstrip("fd")):
        return _Reading.ODD
    return _Reading.WRONG


def _read_boolean(value: str) -> _Reading:
    if value in ("true", "false"):
        return _Reading.RIGHT
    return _Reading.ODD if value.strip().lower() in _OTHER_BOOLEANS else _Reading.WRONG


_READERS: dict[str, Callable[[str], _Reading]] = {
    "int": lambda value: _read_integer(value, _INTEGER_BITS["int"]),
    "long": lambda value: _read_integer(value, _INTEGER_BITS["long"]),
    "float": _read_decimal,
    "double": _read_decimal,
    "boolean": _read_boolean,
}


def is_id(field: Field) -> bool:
    """Whether the field identifies a user, an item or an action."""
    return field.reserved_name in ID_COLUMNS


def is_action_event(field: Field, schema: Schema) -> bool:
    """Whether the field is one of which only a few values are known."""
    is_event = schema.dataset_type == "Action_Interactions" and field.reserved_name == "EVENT_TYPE"
    return is_event and not field.textual and not field.categorical


def most_characters(field: Field, schema: Schema) -> int | None:
    """Return how long a text may be; None where no limit is documented."""
    if is_id(field):
        return limits.MAX_ID_CHARACTERS
    if field.textual:
        return limits.MAX_TEXT_CHARACTERS
    # Page interactions-datasets: impressions count with their bars. Pages limits and actions-datasets: non-categorical
    # strings of items and actions; none is documented for the other types.
    if field.categorical or field.reserved_name == "IMPRESSION" or schema.dataset_type in ("Items", "Actions"):
        return limits.MAX_STRING_CHARACTERS
    return None


def _length_check(field: Field, schema: Schema) -> Check | None:
    if "string" not in field.types:
        return None
    if is_id(field):
        return lambda value: _too_long(field, value, limits.MAX_ID_CHARACTERS) or _quote_in_id(value)
    if field.textual:
        return _truncated
    if field.categorical:
        return lambda value: _categorical(field, value)
    if is_action_event(field, schema):
        return _action_event
    most = most_characters(field, schema)
    return None if most is None else lambda value: _too_long(field, value, most)


def _too_long(field: Field, value: str, limit: int) -> Problem | None:
    if len(value) <= limit:
        return None
    # Page error-messages gives this text.
    service_text = (
        f"Length cannot be more than {limit} characters for {field.name}. If no values exceed the character limit, "
        f"make sure your data follows the formatting guidelines listed in {_FORMATTING}."
    )
    return Problem(Severity.ERROR, "length", f"has {len(value)} characters", f"at most {limit}", service_text)


def _quote_in_id(value: str) -> Problem | None:
    # "Avoid including any " characters [...] in item ID, user ID, and action ID data" (page preparing-training-data).
    if '"' not in value:
        return None
    return Problem(Severity.WARNING, "id-characters", Text("has ", Value(value)), "an ID without double quotes")


def _categorical(field: Field, value: str) -> Problem | None:
    # An import with a longer value fails (page items-datasets). Whether one of several values joined by bars is
    # meant, or all of them together, is not said.
    limit = limits.MAX_STRING_CHARACTERS
    if len(value) <= limit:
        return None
    problem = _too_long(field, max(value.split("|"), key=len), limit)
    if problem is None:
        return Problem(
            Severity.WARNING, "length", f"has {len(value)} characters in all its categories", f"at most {limit}"
        )
    return problem


def _truncated(value: str) -> Problem | None:
    if len(value) <= limits.MAX_TEXT_CHARACTERS:
        return None
    what = f"has a text of {len(value)} characters, which Personalize truncates"
    return Problem(Severity.WARNING, "truncated-text", what, f"at most {limits.MAX_TEXT_CHARACTERS}")


def _action_event(value: str) -> Problem | None:
    # Page action-interactions-datasets writes each of the three in more than one way.
    if value.strip().lower().replace("_", " ").replace("-", " ") in ("taken", "not taken", "viewed"):
        return None
    return Problem(Severity.WARNING, "event-type", Text("has ", Value(value)), "Taken, Not taken or Viewed")


def _is_timestamp(field: Field) -> bool:
    return field.reserved_name in SECONDS and not _NUMBERS.isdisjoint(field.types)


def _timestamp(field: Field, schema: Schema, value: str) -> Problem | None:
    # "Timestamp data must be in Unix epoch time format in seconds" (page interactions-datasets). Years past 9999 are no
    # dates in seconds. Only the time of an event is certain: an expiration may be "never".
    try:
        number = float(value)
    except ValueError:
        return None
    if not number > limits.MAX_SECONDS:
        return None
    is_event = field.reserved_name == "TIMESTAMP" and schema.dataset_type in _EVENTS
    what = Text("has ", Value(value), ", which looks like milliseconds")
    expected = "Unix epoch time in seconds, for example 1596238243"
    return Problem(Severity.WARNING, "milliseconds", what, expected, wrong=_wrong(field) if is_event else ())
