"""What a rule reports about a file."""

from __future__ import annotations

import dataclasses
import enum


class Severity(enum.Enum):
    """How sure it is that an import of the data fails."""

    ERROR = "error"
    """The data breaks a documented requirement: an import of it fails."""
    WARNING = "warning"
    """The documentation is silent, only recommends, or names a limit that may have been raised for the account."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be, with the data of an import.

    Attributes:
        severity: whether an import is certain to fail.
        rule: stable identifier of the rule, such as `missing-column`; the page on troubleshooting has a section for
            each.
        message: one sentence that names the file, what is wrong and what is expected.
        name: the file, as the caller named it.
        line: line of the file, counted from 1; None when the finding is not about one line.
        column: column of the file; None when the finding is not about one column.
        service_text: the text that Personalize itself documents for this failure; None where it documents none.
    """

    severity: Severity
    rule: str
    message: str
    name: str
    line: int | None = None
    column: str | None = None
    service_text: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether an import of the data is certain to fail."""
        return self.severity is Severity.ERROR


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
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that an import may survive."""
        return tuple(finding for finding in self.findings if not finding.is_error)


def as_warnings(report: FileReport) -> FileReport:
    """Return the report with its errors made warnings, for a file that Personalize may not read at all."""
    findings = tuple(dataclasses.replace(finding, severity=Severity.WARNING) for finding in report.findings)
    return dataclasses.replace(report, findings=findings)
