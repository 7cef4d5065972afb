"""What the rules find."""

from __future__ import annotations

import dataclasses
import enum

from personalize_csv.text import Text


class Severity(enum.Enum):
    """How sure it is that an import of the data fails."""

    ERROR = "error"
    """A document says, or a record shows, that an import of such data fails."""
    WARNING = "warning"
    """Nobody knows, the documentation only recommends, or a limit is named that may have been raised."""


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong in one place. `what` and `expected` are parts of a sentence.

    Attributes:
        severity: how sure it is that an import fails for this place alone.
        rule: the rule that is broken.
        what: what is there.
        expected: what should be there.
        service_text: the text that Personalize documents for this failure, if any.
        wrong: columns without null and without a default for which this record has no value that can be read.
    """

    severity: Severity
    rule: str
    what: str | Text
    expected: str
    service_text: str | None = None
    wrong: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or may be, with the data of an import.

    Attributes:
        severity: whether an import is certain to fail.
        rule: identifier of the rule, such as `missing-column`. `RULES` tells its evidence, the page on
            troubleshooting its cure.
        name: the file or the location, as the caller named it.
        what: what is there. `str(what)` has the user's data, `what.redacted` has not.
        expected: what should be there.
        line: line of the file, counted from 1; None when the finding is not about one line.
        column: column of the file; None when the finding is not about one column.
        service_text: the text that Personalize itself documents for this failure; None where it documents none.
        times: in how many records it was found; `line` is that of the first. 0 when it is not about records.
        looked_at: how many records of the file were looked at.
    """

    severity: Severity
    rule: str
    name: str
    what: Text
    expected: str
    line: int | None = None
    column: str | None = None
    service_text: str | None = None
    times: int = 0
    looked_at: int = 0

    @property
    def is_error(self) -> bool:
        """Whether an import of the data is certain to fail."""
        return self.severity is Severity.ERROR

    @property
    def value(self) -> str | None:
        """The value that is wrong; None when the finding is not about one value. It is the user's data."""
        return self.what.value

    @property
    def message(self) -> str:
        """One sentence that names the file, what is wrong and what is expected, with the values of the data."""
        return self._message(str(self.what))

    @property
    def redacted_message(self) -> str:
        """The same sentence without the data: the shape of a value, columns only where they are surely names."""
        return self._message(self.what.redacted)

    def _message(self, what: str) -> str:
        # What is wrong with the header says itself which column it is about.
        place = f" line {self.line}" if self.times else ""
        place += f", column {self.column}," if self.times and self.column is not None else ""
        return f"{self.name}{place} {what}; expected {self.expected}{self._how_often()}"

    def _how_often(self) -> str:
        if not self.times:
            return ""
        if self.times < self.looked_at:
            return f" (in {self.times:,} of {self.looked_at:,} records looked at)"
        return f" (in all {self.times:,} records looked at)" if self.times > 1 else ""


def finding(severity: Severity, rule: str, name: str, what: str | Text, expected: str) -> Finding:
    """Return a finding about a file or a location as a whole."""
    return Finding(severity, rule, name, what if isinstance(what, Text) else Text(what), expected)
