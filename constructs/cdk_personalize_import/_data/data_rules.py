"""Checks local files at synthesis, by the rules that the function's preflight and Personalize itself go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cdk_personalize_import._data import verdicts
from cdk_personalize_import._data.progress import Progress
from cdk_personalize_import._data.verdicts import Verdict
from cdk_personalize_import._dataset import KnownDataset
from personalize_csv import DataFile, ImportReport, Severity, SourceFiles, check_import

_START = 2**20
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

    def check(self, path: Path, hashes: Mapping[Path, str]) -> Verdict:
        """Check data, unless it was checked before.

        Args:
            path: The file or folder.
            hashes: The files, and the hash of each one's bytes.

        Returns:
            The verdict; of many findings, the first.
        """
        schema = repr(self.dataset.schema)
        contents = (f"{file}:{content}" for file, content in hashes.items())
        key = verdicts.key(str(path), str(self.dataset.dataset_type), schema, self.import_mode, *contents)
        verdict = verdicts.kept(key)
        if verdict is None:
            verdict = self._check(path, list(hashes))
            verdicts.keep(key, verdict)
        return verdict

    def _check(self, path: Path, files: Sequence[Path]) -> Verdict:
        source = _source(path, files)
        with Progress(f"Checking {path}", source.size) as progress:
            report = check_import(
                source,
                [DataFile(str(file), progress.chunks(file)) for file in files],
                schema=self.dataset.schema,
                dataset_type=self.dataset.dataset_type,
                import_mode=self.import_mode,
            )
        return Verdict(_sentences(report, Severity.ERROR), _sentences(report, Severity.WARNING))


def check_headers(path: Path, files: Sequence[Path]) -> Verdict:
    """Return what is wrong with the headers of files, whatever they are for."""
    starts = [_start(file) for file in files]
    parts = [DataFile(str(file), start, len(start) < _START) for file, start in zip(files, starts, strict=True)]
    return Verdict(_sentences(check_import(_source(path, files), parts, max_checked=0), Severity.ERROR), [])


def _start(file: Path) -> bytes:
    with file.open("rb") as content:
        return content.read(_START)


def _source(path: Path, files: Sequence[Path]) -> SourceFiles:
    return SourceFiles(str(path), tuple((str(file), file.stat().st_size) for file in files))


def _sentences(report: ImportReport, severity: Severity) -> list[str]:
    return report.sentences(severity)[:_MOST_FINDINGS]
