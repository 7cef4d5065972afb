"""What the rules say about a file, and about an import."""

from __future__ import annotations

import dataclasses

from personalize_csv.findings import Finding, Severity


@dataclasses.dataclass(frozen=True)
class FileReport:
    """What the rules say about one file.

    Attributes:
        name: the file, as the caller named it.
        findings: what was found, in the order of the file; one finding for each rule and column, naming the first line.
        header: names of the columns; None when the file's header could not be read.
        records: lines after the header that hold a record, as far as the file was seen.
        whole: whether every record of the file was seen; False as well when reading had to stop.
    """

    name: str
    findings: tuple[Finding, ...]
    header: tuple[str, ...] | None
    records: int
    whole: bool

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make an import fail."""
        return tuple(found for found in self.findings if found.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that an import may survive."""
        return tuple(found for found in self.findings if not found.is_error)


@dataclasses.dataclass(frozen=True)
class ImportReport:
    """What the rules say about an import.

    Attributes:
        findings: what was found: of the location, of each file, of all files together.
        files: the files that were read.
    """

    findings: tuple[Finding, ...]
    files: tuple[FileReport, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that make the import fail."""
        return tuple(found for found in self.findings if found.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that the import may survive."""
        return tuple(found for found in self.findings if not found.is_error)

    def sentences(self, severity: Severity, *, redacted: bool = False) -> list[str]:
        """Return what was found, a sentence each; of the same mistake in several files, the first.

        Args:
            severity: errors or warnings.
            redacted: whether to tell it without the data.
        """
        alike: dict[tuple[str, str | None], list[Finding]] = {}
        for found in self.findings:
            if found.severity is severity:
                alike.setdefault((found.rule, found.column), []).append(found)
        sentences = []
        for first, *more in alike.values():
            others = len({found.name for found in more} - {first.name})
            message = first.redacted_message if redacted else first.message
            sentences.append(message + (f", and the same in {others} other files" if others else ""))
        return sentences
