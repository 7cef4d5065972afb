"""The result of a check, for each form of output."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_csv import ImportReport


@dataclass(frozen=True)
class Result:
    """What was checked and found.

    Attributes:
        location: Where the data is.
        report: What the rules say.
        parts_only: Whether some of the data wasn't read.
        strict: Whether a warning is as bad as an error.
        fixed: What was put right in a copy, one sentence each.
    """

    location: str
    report: ImportReport
    parts_only: bool
    strict: bool
    fixed: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """Records that were read."""
        return sum(file.records for file in self.report.files)

    @property
    def exit_code(self) -> int:
        """0 if the data is clean, else 1."""
        return 1 if self.report.errors or (self.strict and self.report.warnings) else 0

    @property
    def summary(self) -> str:
        """One sentence."""
        what = " and ".join(
            _counted(len(found), word)
            for found, word in ((self.report.errors, "error"), (self.report.warnings, "warning"))
            if found
        )
        read = "looked at the start of " if self.parts_only else ""
        files = f"{_counted(len(self.report.files), 'file')} with {_counted(self.records, 'record')}"
        return f"{self.location}: {what or 'nothing is wrong'} ({read}{files})"


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
