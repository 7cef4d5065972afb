"""What a measurement hands back, and how it reads in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A table of figures."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [f"### {self.title}", "", _line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line(row) for row in self.rows]
        return "\n".join(lines + (["", self.note] if self.note else []))


@dataclass(frozen=True)
class Target:
    """A figure that the project wants to reach.

    Attributes:
        figure: What is measured.
        limit: What it should be.
        measured: What it is.
        met: Whether it is as it should be.
    """

    figure: str
    limit: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Section:
    """The result of one measurement."""

    title: str
    tables: Sequence[Table]
    targets: Sequence[Target] = ()
    text: str = ""

    def markdown(self) -> str:
        """Return the section as Markdown."""
        parts = [f"## {self.title}", *([self.text] if self.text else []), *(table.markdown() for table in self.tables)]
        return "\n\n".join(parts)


@dataclass
class Report:
    """All results of one run."""

    sections: list[Section] = field(default_factory=list)

    def markdown(self) -> str:
        """Return the report as Markdown, the targets first."""
        rows = [
            [target.figure, target.limit, target.measured, "met" if target.met else "**not met**"]
            for section in self.sections
            for target in section.targets
        ]
        targets = Table("Targets", ("figure", "target", "measured", ""), rows)
        head = "# Results of `make bench`\n\nRatios are what counts: times are from the machine of this run."
        return "\n\n".join([head, targets.markdown(), *(section.markdown() for section in self.sections)]) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
