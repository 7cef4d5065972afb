"""Checks local files at synthesis, by the rules that the function's preflight and Personalize itself go by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk

from cdk_personalize_import import _dataset
from personalize_csv import (
    DATASET_TYPES,
    DataFile,
    Finding,
    Schema,
    SchemaError,
    SourceFiles,
    check_import,
)

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
        report = check_import(
            _source(path, files),
            [DataFile(str(file), _chunks(file)) for file in files],
            schema=self.schema,
            dataset_type=self.dataset_type,
            import_mode=self.import_mode,
        )
        return _messages(report.errors), _messages(report.warnings)


def check_headers(path: Path, files: Sequence[Path]) -> list[str]:
    """Return what is wrong with the headers of files, whatever they are for."""
    starts = [(file, next(_chunks(file), b"")) for file in files]
    parts = [DataFile(str(file), start, whole=len(start) < _CHUNK) for file, start in starts]
    return _messages(check_import(_source(path, files), parts, max_checked=0).errors)


def _source(path: Path, files: Sequence[Path]) -> SourceFiles:
    return SourceFiles(str(path), tuple((str(file), file.stat().st_size) for file in files))


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            yield chunk


def _messages(findings: Sequence[Finding]) -> list[str]:
    return [finding.message for finding in findings][:_MOST_FINDINGS]


def _known_type(name: str) -> str | None:
    return next((known for known in DATASET_TYPES if known.lower() == name.lower()), None)
