"""Applies the rules to one file, whole or as far as it was read."""

from __future__ import annotations

import codecs
import dataclasses
import itertools
import re
from collections.abc import Iterable, Iterator

from personalize_csv import records
from personalize_csv.content import not_text
from personalize_csv.findings import FileReport, Finding, Severity
from personalize_csv.header import check_header, parse_header
from personalize_csv.schema import Schema
from personalize_csv.values import Check, Problem, value_check


def check_file(
    name: str, content: bytes | Iterable[bytes], schema: Schema | None, *, whole: bool, max_checked: int | None = None
) -> FileReport:
    """Check a file against the documented rules.

    Args:
        name: the file in messages: a path or an S3 URL.
        content: the bytes of the file from its start, at once or in chunks of any size.
        schema: schema of the dataset; None when it is not known, and then only the form of the file is checked.
        whole: whether `content` is the whole file. Of a part, the line that its end cuts is left out.
        max_checked: number of records whose values are checked. Later ones are just counted, of a part not even that.
            None checks all.

    Returns:
        What was found. Data that is right by the documentation gives no error, wherever a part of it is cut.
    """
    return _FileCheck(name, schema, max_checked).run([content] if isinstance(content, bytes) else content, whole)


_START_SIZE = 64
_LINE_END = re.compile(rb"\r\n|\r|\n")

_Key = tuple[str, str | None, Severity]


class _FileCheck:
    def __init__(self, name: str, schema: Schema | None, max_checked: int | None) -> None:
        self._name = name
        self._schema = schema
        self._max_checked = max_checked
        self._found: dict[_Key, Finding] = {}
        self._times: dict[_Key, int] = {}
        self._names: tuple[str, ...] | None = None
        self._checks: list[tuple[int, str, Check]] = []
        self._required: list[tuple[int, str]] = []
        self._reader = records.RecordReader()
        self._records = 0

    def run(self, chunks: Iterable[bytes], whole: bool) -> FileReport:
        chunks = iter(chunks)
        start = _start(chunks)
        kind = not_text(start, _LINE_END.split(start, maxsplit=1)[0])
        if kind is not None:
            self._add(None, None, Problem(Severity.ERROR, "not-csv", f"is {kind}", "CSV text"))
            whole = False
        else:
            whole = self._read(itertools.chain([start], chunks), whole) and whole
            if self._names is None and not self._found:
                self._no_header(whole)
        findings = tuple(self._with_times(key, finding) for key, finding in self._found.items())
        return FileReport(self._name, findings, self._names, self._records, whole)

    def _read(self, chunks: Iterable[bytes], whole: bool) -> bool:
        for number, line in _lines(chunks, whole):
            if not line.strip(b" \t\r") or (self._names is None and line == codecs.BOM_UTF8):
                continue
            readable = self._read_header(number, line) if self._names is None else self._read_record(number, line)
            if not readable:
                return False
            if not whole and self._records == self._max_checked:
                break
        return True

    def _no_header(self, whole: bool) -> None:
        if whole:
            problem = Problem(Severity.ERROR, "no-header", "is empty", "a first row with the names of the columns")
        else:
            what = "has no complete header in the part that was read"
            problem = Problem(Severity.WARNING, "header-not-seen", what, "a header there")
        self._add(None, None, problem)

    def _read_header(self, number: int, line: bytes) -> bool:
        text = self._decode(number, line)
        if text is None:
            return False
        self._names = parse_header(text)
        for column, problem in check_header(text, self._names, self._schema):
            self._add(number, column, problem, in_header=True)
        if self._schema is not None:
            for field in self._schema.fields:
                # Of a name that comes twice no one can say which column is meant.
                if self._names.count(field.name) == 1:
                    index = self._names.index(field.name)
                    check = value_check(field, self._schema)
                    if check is not None:
                        self._checks.append((index, field.name, check))
                    if not field.nullable and not field.has_default:
                        self._required.append((index, field.name))
        return True

    def _read_record(self, number: int, line: bytes) -> bool:
        if self._max_checked is not None and self._records >= self._max_checked:
            self._records += 1
            return True
        text = self._decode(number, line)
        if text is None:
            return False
        self._records += 1
        values = self._reader.read(text)
        if values is None:
            # "Each record in your CSV file must be on a single line" (page preparing-training-data)
            what = "has a quoted text that does not end on its line"
            self._add(number, None, Problem(Severity.WARNING, "line-break", what, "each record on a single line"))
            return True
        problems = list(self._check_values(values, text))
        if any(problem.severity is Severity.ERROR for _, problem in problems) and not self._is_certain(text):
            problems = [(column, dataclasses.replace(p, severity=Severity.WARNING)) for column, p in problems]
        for column, problem in problems:
            self._add(number, column, problem)
        return True

    def _check_values(self, values: list[str], text: str) -> Iterator[tuple[str | None, Problem]]:
        count, wanted = len(values), len(self._names or ())
        if count < wanted:
            lost = [name for index, name in self._required if index >= count]
            severity = Severity.ERROR if lost else Severity.WARNING
            what = f"has {count} values" + (f" and so none for {', '.join(lost)}" if lost else "")
            yield None, Problem(severity, "too-few-values", what, f"{wanted}, one for each column")
        elif count > wanted:
            expected = f"{wanted}, with text that contains a comma in double quotes"
            yield None, Problem(Severity.WARNING, "too-many-values", f"has {count} values", expected)
        for index, column, check in self._checks:
            if index < count:
                problem = check(values[index])
                if problem is not None:
                    if problem.rule == "null" and '""' in text:
                        # An empty text in quotes is not surely null.
                        problem = dataclasses.replace(problem, severity=Severity.WARNING)
                    yield column, problem

    def _is_certain(self, text: str) -> bool:
        """Whether the record is wrong in each way in which it can be read."""
        if "\\" not in text and ' "' not in text:
            return True
        for values in records.other_readings(text):
            if values is None:
                return False
            if not any(problem.severity is Severity.ERROR for _, problem in self._check_values(values, text)):
                return False
        return True

    def _decode(self, number: int, line: bytes) -> str | None:
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            what = f"has a byte that is not UTF-8 (0x{line[error.start]:02x})"
            self._add(number, None, Problem(Severity.ERROR, "encoding", what, "text encoded in UTF-8"))
            return None

    def _add(self, line: int | None, column: str | None, problem: Problem, in_header: bool = False) -> None:
        key = (problem.rule, column, problem.severity)
        self._times[key] = self._times.get(key, 0) + 1
        if key in self._found:
            return
        # What is wrong with the header says itself which column it is about.
        place = "" if line is None or in_header else f" line {line}"
        place += f", column {column}," if column is not None and not in_header else ""
        message = f"{self._name}{place} {problem.what}; expected {problem.expected}"
        self._found[key] = Finding(
            problem.severity, problem.rule, message, self._name, line, column, problem.service_text
        )

    def _with_times(self, key: _Key, finding: Finding) -> Finding:
        times = self._times[key]
        if times == 1:
            return finding
        return dataclasses.replace(finding, message=f"{finding.message} (first of {times} such lines)")


def _start(chunks: Iterator[bytes]) -> bytes:
    """Return the first bytes, enough to tell what the file is."""
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= _START_SIZE:
            break
    return start


def _lines(chunks: Iterable[bytes], whole: bool) -> Iterator[tuple[int, bytes]]:
    """Yield the lines with their numbers, without their ends. Of a part, the last, cut line is left out."""
    number = 0
    rest = b""
    separator = None
    for chunk in chunks:
        rest += chunk
        separator = separator or _separator(rest)
        if separator is None:
            continue
        *lines, rest = rest.split(separator)
        for line in lines:
            number += 1
            yield number, line.removesuffix(b"\r")
    if rest and whole:
        yield number + 1, rest.removesuffix(b"\r")


def _separator(data: bytes) -> bytes | None:
    """Return what ends the lines of a file, by its first line; None when that line's end was not seen."""
    end = _LINE_END.search(data)
    if end is None or (end[0] == b"\r" and end.end() == len(data)):
        return None
    return b"\r" if end[0] == b"\r" else b"\n"
