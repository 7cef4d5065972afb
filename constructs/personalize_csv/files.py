"""Reads one file, whole or as far as it is there, applies the rules to it, and keeps count of what they find."""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Iterable, Iterator, Set

from personalize_csv import records
from personalize_csv.content import not_text
from personalize_csv.findings import Finding, Problem, Severity
from personalize_csv.header import check_header, parse_header
from personalize_csv.lines import LINE_END, MAX_LINE, LineTooLongError, blocks, pieces
from personalize_csv.passing import IS_RELIABLE, Passing
from personalize_csv.record_rules import RecordRules
from personalize_csv.schema import Schema
from personalize_csv.text import Text

_START_SIZE = 64

_Key = tuple[str, str | None, Severity, bool]


@dataclasses.dataclass
class _Place:
    """Where a problem was first found, and in how many records.

    Attributes:
        problem: the problem.
        line: line of the first.
        column: its column.
        times: in how many records; 0 when it is not about records.
        wrong: columns without a value that can be read.
    """

    problem: Problem
    line: int | None
    column: str | None
    times: int
    wrong: set[str]


class FileScan:
    """One file, read once.

    Attributes:
        name: the file, as the caller named it.
        header: names of the columns; None when the file's header could not be read.
        records: lines after the header that hold a record, as far as the file was seen.
        looked_at: how many of them were looked at.
        wrong: for each column that must have a value, how many of these have none that can be read.
        whole: whether every record of the file was seen.
    """

    def __init__(self, name: str, schema: Schema | None, max_checked: int | None = None) -> None:
        self.name = name
        self.header: tuple[str, ...] | None = None
        self.records = 0
        self.looked_at = 0
        self.wrong: dict[str, int] = {}
        self.whole = False
        self._schema = schema
        self._max_checked = max_checked
        self._found: dict[_Key, _Place] = {}
        self._rules = RecordRules((), None)
        self._passing: Passing | None = None
        self._reader = records.RecordReader()

    def read(self, content: bytes | Iterable[bytes], whole: bool) -> FileScan:
        """Read the file from its start; of a part, the line that its end cuts is left out."""
        chunks = pieces(content)
        start = _start(chunks)
        if not self._is_text(start, LINE_END.split(start[:_START_SIZE], maxsplit=1)[0]):
            return self
        try:
            self.whole = self._read_blocks(blocks(_chain(start, chunks), whole), whole) and whole
        except LineTooLongError:
            what = f"has a line of more than {MAX_LINE // 2**20} MB, which is not read"
            self._add(None, None, Problem(Severity.WARNING, "long-line", what, "each record on a single line"))
            return self
        if self.header is None and not self._found:
            self._add(None, None, _no_header(whole))
        return self

    def findings(self, spoilt: Set[str], *, certain: bool = True) -> tuple[Finding, ...]:
        """Return what was found, in the order of the file.

        Args:
            spoilt: columns that have no value that can be read in any record of the import.
            certain: whether the file is read by the import for certain; else nothing is an error.
        """
        return tuple(self._finding(place, spoilt, certain) for place in self._found.values())

    def _finding(self, place: _Place, spoilt: Set[str], certain: bool) -> Finding:
        problem = place.problem
        is_error = certain and (problem.severity is Severity.ERROR or not spoilt.isdisjoint(place.wrong))
        return Finding(
            Severity.ERROR if is_error else Severity.WARNING,
            problem.rule,
            self.name,
            problem.what if isinstance(problem.what, Text) else Text(problem.what),
            problem.expected,
            place.line,
            place.column,
            problem.service_text,
            place.times,
            self.looked_at,
        )

    def _read_blocks(self, parts: Iterator[tuple[bytes, bytes]], whole: bool) -> bool:
        number = 0
        for block, end in parts:
            is_utf8 = _is_utf8(block)
            at = 0
            while at < len(block):
                after = self._pass(block, at, end) if is_utf8 and self._may_pass else at
                if after > at:
                    number += block.count(end, at, after)
                    at = after
                    continue
                stop = block.find(end, at)
                line = block[at : stop if stop >= 0 else len(block)].removesuffix(b"\r")
                at = stop + 1 if stop >= 0 else len(block)
                number += 1
                if not self._read_line(number, line):
                    return False
                if not whole and self.records == self._max_checked:
                    return True
        return True

    @property
    def _may_pass(self) -> bool:
        is_record = self.header is not None and not self._reader.inside_text
        return IS_RELIABLE and is_record and self._max_checked is None

    def _pass(self, block: bytes, at: int, end: bytes) -> int:
        """Return where the lines end that need no look; they are counted."""
        if self._passing is None:
            self._passing = Passing(self.header or (), self._schema, end)
        after, problems = self._passing.over(block, at)
        passed = block.count(end, at, after)
        self.records += passed
        self.looked_at += passed
        for column, problem in problems:
            self._add(None, column, problem, passed)
        return after

    def _read_line(self, number: int, line: bytes) -> bool:
        if not line.strip(b" \t\r") or (self.header is None and line == codecs.BOM_UTF8):
            return True
        if self.header is not None and self._max_checked is not None and self.records >= self._max_checked:
            self.records += 1
            return True
        if self.header is None and not self._is_text(line, line):
            return False
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            what = f"line {number} has a byte that is not UTF-8 (0x{line[error.start]:02x})"
            self._add(number, None, Problem(Severity.ERROR, "encoding", what, "text encoded in UTF-8"))
            return False
        if self.header is None:
            self._read_header(number, text)
        else:
            self.records += 1
            self.looked_at += 1
            self._read_record(number, text)
        return True

    def _is_text(self, start: bytes, header: bytes) -> bool:
        kind = not_text(start, header)
        if kind is not None:
            self._add(None, None, Problem(Severity.ERROR, "not-csv", f"is {kind}", "CSV text"))
        return kind is None

    def _read_header(self, number: int, text: str) -> None:
        self.header = parse_header(text)
        for column, problem in check_header(text, self.header, self._schema):
            self._add(number, column, problem)
        self._rules = RecordRules(self.header, self._schema)

    def _read_record(self, number: int, text: str) -> None:
        values = self._reader.read(text)
        if values is None:
            # "Each record in your CSV file must be on a single line" (page preparing-training-data)
            what = "has a quoted text that does not end on its line"
            self._add(number, None, Problem(Severity.WARNING, "line-break", what, "each record on a single line"), 1)
            return
        problems, wrong = self._rules.check(values, text)
        for name in wrong:
            self.wrong[name] = self.wrong.get(name, 0) + 1
        if self._passing is not None:
            self._passing.learn(problems)
        for column, problem in problems:
            self._add(number, column, problem, 1)

    def _add(self, line: int | None, column: str | None, problem: Problem, times: int = 0) -> None:
        key = (problem.rule, column, problem.severity, bool(problem.wrong))
        place = self._found.setdefault(key, _Place(problem, line, column, 0, set()))
        place.times += times
        place.wrong.update(problem.wrong)


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _no_header(whole: bool) -> Problem:
    if whole:
        return Problem(Severity.ERROR, "no-header", "is empty", "a first row with the names of the columns")
    what = "has no complete header in the part that was read"
    return Problem(Severity.WARNING, "header-not-seen", what, "a header there")


def _start(chunks: Iterator[bytes]) -> bytes:
    """Return the first bytes, enough to tell what the file is."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= _START_SIZE:
            break
    return start


def _chain(start: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield start
    yield from chunks
