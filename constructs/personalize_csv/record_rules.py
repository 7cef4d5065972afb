"""Rules for one record: how many values it has, and what each of them is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from personalize_csv import records
from personalize_csv.findings import Problem, Severity
from personalize_csv.header import places
from personalize_csv.schema import Schema
from personalize_csv.values import Check, value_check

ColumnProblem = tuple[str | None, Problem]


class RecordRules:
    """The rules for the records of a file."""

    def __init__(self, header: tuple[str, ...], schema: Schema | None) -> None:
        self._wanted = len(header)
        self._checks: list[tuple[int, str, Check]] = []
        self._needed: list[tuple[int, str]] = []
        found = places(header, schema) if schema else {}
        for field in schema.fields if schema else ():
            # Of a name that comes twice no one can say which column is meant.
            if schema and len(found[field.name]) == 1:
                index = found[field.name][0]
                check = value_check(field, schema)
                if check is not None:
                    self._checks.append((index, field.name, check))
                if field.needs_value:
                    self._needed.append((index, field.name))

    def check(self, values: list[str], text: str) -> tuple[list[ColumnProblem], set[str]]:
        """Check a record.

        Args:
            values: its values in the documented dialect.
            text: its line.

        Returns:
            What is wrong, as (column, problem), and the columns that have no value that can be read.
        """
        problems = list(self._problems(values, text))
        wrong, has_error = _sum(problems)
        if (wrong or has_error) and ("\\" in text or ' "' in text):
            # A record is wrong for certain when it is wrong in each way in which it can be read.
            for other in records.other_readings(text):
                other_wrong, other_error = _sum([] if other is None else self._problems(other, text))
                wrong &= other_wrong
                has_error = has_error and other_error
            if not has_error:
                problems = [(column, dataclasses.replace(p, severity=Severity.WARNING)) for column, p in problems]
        return problems, wrong

    def _problems(self, values: list[str], text: str) -> Iterator[ColumnProblem]:
        count, wanted = len(values), self._wanted
        if count < wanted:
            lost = tuple(name for index, name in self._needed if index >= count)
            what = f"has {count} values" + (f" and so none for {', '.join(lost)}" if lost else "")
            expected = f"{wanted}, one for each column"
            yield None, Problem(Severity.WARNING, "too-few-values", what, expected, wrong=lost)
        elif count > wanted:
            expected = f"{wanted}, with text that contains a comma in double quotes"
            yield None, Problem(Severity.WARNING, "too-many-values", f"has {count} values", expected)
        for index, column, check in self._checks:
            if index < count and (problem := check(values[index])) is not None:
                if problem.rule == "null" and '""' in text:
                    # An empty text in quotes is not surely null.
                    problem = dataclasses.replace(problem, wrong=())
                yield column, problem


def _sum(problems: Iterable[ColumnProblem]) -> tuple[set[str], bool]:
    """Return the columns without a value that can be read, and whether there is an error."""
    wrong: set[str] = set()
    has_error = False
    for _, problem in problems:
        wrong.update(problem.wrong)
        has_error = has_error or problem.severity is Severity.ERROR
    return wrong, has_error
