"""What a file is like, read once from its start to its end, so that the copy needs no guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from personalize_csv import Schema, limits
from personalize_csv.header import parse_header, places
from personalize_csv.lines import blocks
from personalize_csv.records import RecordReader
from personalize_import_cli.fix.cells import cells

# Expirations may be far in the future on purpose; these can't.
_PAST = frozenset({"TIMESTAMP", "CREATION_TIMESTAMP"})
_LONGEST_NUMBER = 18


class MixedLineEndsError(Exception):
    """A line that ends in a carriage return has a line feed in it."""


@dataclass
class Survey:
    """A file.

    Attributes:
        is_by_returns: Whether a carriage return alone ends its lines.
        returns: How many lines end in a carriage return and a line feed.
        has_mark: Whether it begins with a byte order mark.
        header_line: Its header as it is written; empty where there is none.
        header: The names of its columns.
        names: The same names as the schema writes them.
        time_columns: Places of columns with times that are no time to come.
        milliseconds: How many values of these columns are milliseconds.
        uncertain_line: The first line whose cells can't be told apart for certain; 0 if there is none.
        has_index: Whether its first column has no name and counts the records.
    """

    is_by_returns: bool = False
    returns: int = 0
    has_mark: bool = False
    header_line: str = ""
    header: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    time_columns: tuple[int, ...] = ()
    milliseconds: int = 0
    uncertain_line: int = 0
    has_index: bool = False
    _reader: RecordReader = field(default_factory=RecordReader)

    def read(self, chunks: Iterable[bytes], schema: Schema) -> Survey:
        """Read the file."""
        records = 0
        for number, text, end in lines(chunks):
            self.is_by_returns = end == "\r"
            if text.endswith("\r"):
                self.returns += 1
                text = text[:-1]
            if number == 1:
                self.has_mark = text.startswith("\ufeff")
                text = text.removeprefix("\ufeff")
            if "\n" in text:
                raise MixedLineEndsError(number)
            if not text.strip(" \t"):
                continue
            if not self.header:
                self._read_header(text, schema)
            else:
                self._read_record(number, text, records)
                records += 1
        self.has_index = self.has_index and records > 0
        return self

    def _read_header(self, text: str, schema: Schema) -> None:
        self.header_line = text
        self.header = parse_header(text)
        found = places(self.header, schema)
        names = list(self.header)
        for name, where in found.items():
            if len(where) == 1:
                names[where[0]] = name
        self.names = tuple(names)
        self.time_columns = tuple(
            found[each.name][0]
            for each in schema.fields
            if each.reserved_name in _PAST and "long" in each.types and len(found[each.name]) == 1
        )
        self.has_index = self.header[0] == "" and len(self.header) > 1

    def _read_record(self, number: int, text: str, index: int) -> None:
        found = None if self._reader.read(text) is None else cells(text)
        if found is None or len(found) != len(self.header):
            self.uncertain_line = self.uncertain_line or number
            return
        self.milliseconds += sum(in_seconds(found[place]) is not None for place in self.time_columns)
        if self.has_index and found[0] != str(index):
            self.has_index = False


def lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of a file, each with its number and what ends it; bytes that are no UTF-8 stay as they are."""
    number = 0
    for block, end in blocks(chunks, whole=True):
        for line in block.removesuffix(end).split(end):
            number += 1
            yield number, line.decode("utf-8", "surrogateescape"), end.decode()


def in_seconds(cell: str) -> str | None:
    """Return a time in seconds whose number can only be meant in milliseconds, None for any other cell."""
    digits = cell.strip('" ')
    if not digits.isdecimal() or len(digits) > _LONGEST_NUMBER or int(digits) <= limits.MAX_SECONDS:
        return None
    seconds = int(digits) // 1000
    return str(seconds) if seconds <= limits.MAX_SECONDS else None
