"""A result as annotations of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator

from personalize_csv import RULES, Finding
from personalize_import_cli.check.result import Result
from personalize_import_cli.printable import printable


def github_lines(result: Result) -> Iterator[str]:
    """Yield a workflow command for each finding, and the summary."""
    for sentence in result.fixed:
        yield f"::notice::{_data(sentence)}"
    for found in result.report.findings:
        yield _command(found)
    yield printable(result.summary)


def _command(found: Finding) -> str:
    properties = {"title": found.rule}
    if not found.name.startswith("s3://"):
        properties = {"file": found.name, **({"line": str(found.line)} if found.line else {}), **properties}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{found.severity.value} {listed}::{_data(f'{found.message}. {RULES[found.rule].page}')}"


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
