"""Text about data: with the data for whoever owns it, and without for every other reader.

A message that stays with the user's own files quotes them. One that a deployed function writes into a log or into
CloudFormation's events must not: it shows the shape of a value, and a column's name only where it is surely a name.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence

_MOST_SHOWN = 60
_MOST_OF_A_SHAPE = 40
_MOST_NAMES = 20
_LONGEST_NAME = 64
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]{0,63}")


@dataclasses.dataclass(frozen=True)
class Value:
    """A value of the data.

    Attributes:
        value: the value.
    """

    value: str

    def __str__(self) -> str:
        """Return the value on one line, cut when long."""
        value = self.value
        return repr(value if len(value) <= _MOST_SHOWN else value[:_MOST_SHOWN] + "...")

    @property
    def redacted(self) -> str:
        """The value's shape."""
        return f"'{shape(self.value)}'"


@dataclasses.dataclass(frozen=True)
class Columns:
    """Names of columns as a header has them.

    Attributes:
        names: the names.
        public: those of them that are surely names, and no data of a file without a header.
    """

    names: tuple[str, ...]
    public: frozenset[str]

    def __str__(self) -> str:
        """Return the names, the first of many."""
        return listed(self.names)

    @property
    def redacted(self) -> str:
        """The names that are surely names, and of the others the shape."""
        return listed([name if name in self.public else shape(name) for name in self.names])


class Text:
    """Plain text in which values and columns are marked, so that it can be told with or without them."""

    def __init__(self, *pieces: str | Value | Columns) -> None:
        self._pieces = pieces

    def __str__(self) -> str:
        """Return the text with the data."""
        return "".join(map(str, self._pieces))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._pieces == other._pieces

    def __hash__(self) -> int:
        return hash(self._pieces)

    @property
    def redacted(self) -> str:
        """The text without the data."""
        return "".join(piece if isinstance(piece, str) else piece.redacted for piece in self._pieces)

    @property
    def value(self) -> str | None:
        """The first value in the text."""
        return next((piece.value for piece in self._pieces if isinstance(piece, Value)), None)


def shape(value: str) -> str:
    """Return what a value looks like: its letters as x, its digits as 9, at most 40 characters."""
    text = "".join(map(_kind, value[: _MOST_OF_A_SHAPE + 1]))
    return text if len(text) <= _MOST_OF_A_SHAPE else text[: _MOST_OF_A_SHAPE - 3] + "..."


def _kind(character: str) -> str:
    if character.isnumeric():
        return "9"
    if character.isspace():
        return " "
    # Letters of other scripts come with marks that are none themselves.
    return "x" if character.isalpha() or not character.isascii() or not character.isprintable() else character


def public_names(names: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """Return the names of a header that are surely names of columns.

    A file without a header has a record in its place, and a record can hold words as well. So a header is one for
    certain only where it has a name that was expected.

    Args:
        names: the names in the header.
        known: names that were expected.
    """
    expected = {_letters(name) for name in known}
    if not any(_letters(name) in expected for name in names):
        return frozenset()
    return frozenset(name for name in names if _letters(name) in expected or _NAME.fullmatch(name))


def _letters(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower()) or name


def listed(names: Sequence[str]) -> str:
    """Return names in a row, the first of many, cut when long."""
    more = len(names) - _MOST_NAMES
    text = ", ".join(
        name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "..." for name in names[:_MOST_NAMES]
    )
    return f"{text} and {more} more" if more > 0 else text
