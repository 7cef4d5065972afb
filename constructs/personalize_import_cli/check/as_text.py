"""A result for a person: findings by rule, with colours on a terminal."""

from __future__ import annotations

import itertools

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from personalize_csv import RULES, Finding
from personalize_import_cli.check.result import Result
from personalize_import_cli.printable import printable

_COLOURS = {"error": "red", "warning": "yellow"}


def print_text(result: Result, console: Console) -> None:
    """Print a result.

    Args:
        result: The result.
        console: Where to.
    """
    for sentence in result.fixed:
        _print(console, Text(printable(sentence), "green"))
    if result.fixed:
        _print(console, Text())
    ordered = sorted(result.report.findings, key=_key)
    for (_, rule), group in itertools.groupby(ordered, _key):
        findings = list(group)
        severity = findings[0].severity.value
        _print(console, Text.assemble((f"{severity} ", f"bold {_COLOURS[severity]}"), (rule, "bold")))
        for found in findings:
            _print_finding(console, found)
        _print(console, Text(f"{RULES[rule].evidence}: {RULES[rule].page}", "dim"), indent=2)
        _print(console, Text())
    colour = "red" if result.report.errors else "yellow" if result.report.warnings else "green"
    _print(console, Text(printable(result.summary), colour))


def _print_finding(console: Console, found: Finding) -> None:
    place = found.name + (f":{found.line}" if found.line is not None else "")
    column = f" column {found.column}" if found.column is not None and found.times else ""
    _print(console, Text.assemble((printable(place), "cyan"), printable(column)), indent=2)
    often = f", in {found.times:,} of {found.looked_at:,} records" if found.times > 1 else ""
    _print(console, Text(printable(f"{found.what}{often}")), indent=4)
    _print(console, Text(printable(f"expected {found.expected}")), indent=4)


def _key(found: Finding) -> tuple[bool, str]:
    return (not found.is_error, found.rule)


def _print(console: Console, text: Text, indent: int = 0) -> None:
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        # Lines stay whole for whoever searches them.
        console.print(" " * indent + text.plain, soft_wrap=True, markup=False, highlight=False)
