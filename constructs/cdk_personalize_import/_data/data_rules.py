"""Checks local files at synthesis, by the rules that the function's preflight and Personalize itself go by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk

from cdk_personalize_import import _dataset
from personalize_csv import DATASET_TYPES, Finding, Schema, SchemaError, check_file, check_headers_agree, check_total

_CHUNK = 2**20
_MOST_FINDINGS = 10


@dataclass(frozen=True)
class DataRules:
    """What synthesis knows of the dataset that the data is for.

    Attributes:
        dataset_type: Its type, None when the app doesn't tell.
        schema: Its schema, None when the app doesn't make it.
        import_mode: The import mode.
    """

    dataset_type: str | None
    schema: Schema | None
    import_mode: str

    @classmethod
    def of(cls, dataset_arn: str, import_mode: str) -> DataRules:
        """Find out what there is to know of a dataset."""
        dataset = _dataset.known_dataset(dataset_arn)
        if dataset is None:
            end = re.search(r"/([A-Z_]+)$", dataset_arn)
            return cls(_known_type(end[1]) if end else None, None, import_mode)
        dataset_type = _known_type(dataset.dataset_type)
        made = _dataset.known_schema(dataset)
        schema = None
        if made is not None and dataset_type is not None and not cdk.Token.is_unresolved(made.schema):
            try:
                schema = Schema.parse(made.schema, dataset_type, made.domain, made.name)
            except SchemaError:
                # Personalize says so when it makes the schema.
                schema = None
        return cls(dataset_type, schema, import_mode)

    def check(self, path: Path, files: Sequence[Path]) -> tuple[list[str], list[str]]:
        """Return what is certain to make an import fail, and what may."""
        reports = [check_file(str(file), _chunks(file), self.schema, whole=True) for file in files]
        findings: list[Finding] = [finding for report in reports for finding in report.findings]
        findings += check_headers_agree(reports)
        if self.dataset_type is not None:
            sizes = [file.stat().st_size for file in files]
            findings += check_total(
                str(path),
                reports,
                sizes,
                dataset_type=self.dataset_type,
                import_mode=self.import_mode,
                whole=True,
            )
        return _messages(findings, are_errors=True), _messages(findings, are_errors=False)


def check_headers(files: Sequence[Path]) -> list[str]:
    """Return what is wrong with the headers of files, whatever they are for."""
    findings: list[Finding] = []
    for file in files:
        start = next(_chunks(file), b"")
        findings += check_file(str(file), start, None, whole=len(start) < _CHUNK, max_checked=0).findings
    return _messages(findings, are_errors=True)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            yield chunk


def _messages(findings: Sequence[Finding], *, are_errors: bool) -> list[str]:
    return [finding.message for finding in findings if finding.is_error is are_errors][:_MOST_FINDINGS]


def _known_type(name: str) -> str | None:
    return next((known for known in DATASET_TYPES if known.lower() == name.lower()), None)
