"""Checks local files at synthesis, by the rules that the function's preflight and Personalize itself go by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk_personalize_import._dataset import KnownDataset
from personalize_csv import DataFile, Finding, SourceFiles, check_import

_CHUNK = 2**20
_MOST_FINDINGS = 10


@dataclass(frozen=True)
class DataRules:
    """What the data of an import must be like.

    Attributes:
        dataset: The dataset.
        import_mode: The import mode.
    """

    dataset: KnownDataset
    import_mode: str

    def check(self, path: Path, files: Sequence[Path]) -> tuple[list[str], list[str]]:
        """Return what is certain to make an import fail, and what may."""
        report = check_import(
            _source(path, files),
            [DataFile(str(file), _chunks(file)) for file in files],
            schema=self.dataset.schema,
            dataset_type=self.dataset.dataset_type,
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
