"""The imports as lines, one for each change, where there is no terminal."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Self

from personalize_import_cli.printable import printable
from personalize_import_cli.watch.times import clock, earlier, span
from personalize_import_cli.watch.view import Row, View


class ChangeLines:
    """A screen for `follow`.

    Args:
        write: Prints a line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._title = ""
        self._trouble = ""
        self._rows: dict[str, tuple[str, str, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        pass

    def show(self, view: View, now: datetime.datetime, trouble: str) -> None:
        """Print what has changed since the last time."""
        if trouble and trouble != self._trouble:
            self._write(f"{clock(now)} {printable(trouble)}")
        self._trouble = trouble
        if view.title != self._title:
            self._title = view.title
            self._write(f"{clock(now)} {printable(view.title)}")
        for row in view.rows:
            state = (row.job, row.status, row.note)
            if self._rows.get(row.name) != state:
                self._rows[row.name] = state
                self._write(f"{clock(now)} {_line(row)}")
        if view.is_ended:
            self._write(f"{clock(now)} {printable(view.summary)}")


def _line(row: Row) -> str:
    parts = [f"{row.name}: {row.status}"]
    if row.job:
        parts.append(f"job {row.job}")
    if row.ended is not None and row.job:
        parts.append(f"took {span(row.ended - row.since)}")
    if row.expected is not None and row.expected_end is not None:
        parts.append(f"end expected at {clock(row.expected_end)} ({earlier(row.expected)})")
    if row.note:
        parts.append(row.note)
    return printable(", ".join(parts))
