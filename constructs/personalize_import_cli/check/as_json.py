"""A result for a program."""

from __future__ import annotations

import json

from personalize_csv import RULES, Finding
from personalize_import_cli.check.result import Result


def json_text(result: Result) -> str:
    """Return a result as a JSON document; a column, line or value that a finding is not about is null."""
    report = result.report
    document = {
        "location": result.location,
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "records": result.records,
        "parts_only": result.parts_only,
        "fixed": list(result.fixed),
        "files": [{"name": file.name, "records": file.records, "whole": file.whole} for file in report.files],
        "findings": [_finding(found) for found in report.findings],
    }
    return json.dumps(document, indent=2)


def _finding(found: Finding) -> dict[str, object]:
    return {
        "severity": found.severity.value,
        "rule": found.rule,
        "file": found.name,
        "line": found.line,
        "column": found.column,
        "value": found.value,
        "what": str(found.what),
        "expected": found.expected,
        "times": found.times,
        "looked_at": found.looked_at,
        "service_text": found.service_text,
        "evidence": RULES[found.rule].evidence,
        "page": RULES[found.rule].page,
    }
