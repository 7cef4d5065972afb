"""Passes over lines that need no look: right without doubt, or odd in a way that was seen before."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from personalize_csv.record_rules import ColumnProblem
from personalize_csv.right_lines import has_odd_values, right_lines
from personalize_csv.schema import Schema

IS_RELIABLE = sys.version_info >= (3, 11, 5)
"""Whether `re` is right about possessive quantifiers; before, it could end within a line (python/cpython#106052)."""
_MOST_KINDS = 16


class Passing:
    """The lines of one file that need no look.

    What writes a column in an odd way, `True` or `15.0`, does so in many lines. Once a line with just such values was
    looked at, others of its kind are only counted.
    """

    def __init__(self, header: tuple[str, ...], schema: Schema | None, line_end: bytes) -> None:
        self._header = header
        self._schema = schema
        self._line_end = line_end
        self._odd = {field.name for field in schema.fields if has_odd_values(field)} if schema else set()
        self._kinds: dict[frozenset[str], tuple[re.Pattern[bytes], Sequence[ColumnProblem]]] = {}
        self.learn(())

    def learn(self, problems: Sequence[ColumnProblem]) -> None:
        """Pass over lines with the same problems from now on, if they can be told."""
        columns = frozenset(column for column, problem in problems if column in self._odd)
        is_odd = all(
            problem.rule == "type" and not problem.wrong and column in self._odd for column, problem in problems
        )
        if is_odd and columns not in self._kinds and len(self._kinds) < _MOST_KINDS:
            pattern = right_lines(self._header, self._schema, self._line_end, columns)
            self._kinds[columns] = (pattern, problems)

    def over(self, block: bytes, at: int) -> tuple[int, Sequence[ColumnProblem]]:
        """Return where the lines of one kind end that begin at a place, and the problems that each of them has."""
        for pattern, problems in self._kinds.values():
            match = pattern.match(block, at)
            if match and match.end() > at:
                return match.end(), problems
        return at, ()
