"""What a watch shows: one row for each import."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from personalize_import_cli.watch.expectation import Expectation


@dataclass(frozen=True)
class Row:
    """One import.

    Attributes:
        name: The construct, or where that isn't known the beginning of the job's name.
        job: The job's name; empty while there is none.
        status: The job's status in Personalize's words; without a job that of the resource in CloudFormation's.
        since: When the job was created, or the resource came to its status.
        ended: When it ended, None while it goes on.
        is_active: Whether the data is in the dataset.
        is_failed: Whether it ended without.
        expected: What earlier jobs tell, None where none does or it has ended.
        expected_end: When the end is expected.
        note: What it waits for, or why it failed.
    """

    name: str
    job: str
    status: str
    since: datetime.datetime
    ended: datetime.datetime | None = None
    is_active: bool = False
    is_failed: bool = False
    expected: Expectation | None = None
    expected_end: datetime.datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class View:
    """All imports at one look.

    Attributes:
        title: What is watched, with its status.
        rows: The imports.
        is_ended: Whether nothing goes on any more.
    """

    title: str
    rows: tuple[Row, ...]
    is_ended: bool

    @property
    def exit_code(self) -> int:
        """0 if all imports are ACTIVE, else 1."""
        return 0 if self.rows and all(row.is_active for row in self.rows) else 1

    @property
    def summary(self) -> str:
        """How it ended, in one sentence."""
        if not self.rows:
            return f"{self.title}: no import is left."
        failed = [row.name for row in self.rows if not row.is_active]
        if failed:
            return f"{len(failed)} of {_imports(len(self.rows))} failed: {', '.join(failed)}."
        return f"{_imports(len(self.rows))}, all ACTIVE." if len(self.rows) > 1 else "The import is ACTIVE."


def _imports(count: int) -> str:
    return f"{count} import" if count == 1 else f"{count} imports"
