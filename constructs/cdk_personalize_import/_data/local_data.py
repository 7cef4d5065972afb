"""Data that lies beside the app, and is uploaded on deployment."""

from __future__ import annotations

import hashlib
from pathlib import Path

from constructs import Construct

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._data.data import Data
from cdk_personalize_import._data.data_rules import DataRules, check_headers
from cdk_personalize_import._data.progress import Progress
from cdk_personalize_import._data.upload import Upload

# A bucket deployment has 15 minutes.
_MAX_GIBIBYTES = 1


class LocalData:
    """A CSV file, or a folder of them, beside the app."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hashes: dict[Path, str] = {}

    def check(self, checks: Checks, rules: DataRules | None, /) -> list[str]:
        """Check that there is data, in CSV files, and that it keeps the rules."""
        path = self._path
        if path.is_dir():
            files = self._files_of_folder(checks)
        elif path.is_file():
            files = [path]
            if path.suffix.lower() != ".csv":
                checks.refuse("path", "a CSV file (.csv) or a folder of CSV files", str(path))
        else:
            here = "" if path.is_absolute() else f" under {Path.cwd()}"
            checks.refuse("path", f"a CSV file or a folder of CSV files that is there{here}", str(path))
        size = sum(file.stat().st_size for file in files)
        if size > _MAX_GIBIBYTES * 2**30:
            allowed = (
                f"data of at most {_MAX_GIBIBYTES} GiB; put larger data into a bucket, and use DataSource.from_bucket"
            )
            checks.refuse("path", allowed, str(path))
        checks.data_location("path", f"s3://{'b' * 63}/{'k' * 21}/{self._name}")
        with Progress(f"Reading {path}", size) as progress:
            self._hashes = {file: progress.sha256(file) for file in files}
        verdict = check_headers(path, files) if rules is None else rules.check(path, self._hashes)
        if verdict.errors:
            checks.refuse("path", f"data that Personalize can import ({'; '.join(verdict.errors)})", str(path))
        return verdict.warnings

    def _files_of_folder(self, checks: Checks) -> list[Path]:
        entries = sorted(entry for entry in self._path.iterdir() if not entry.name.startswith("."))
        if not entries:
            checks.refuse("path", "a folder that has CSV files, not an empty one", str(self._path))
        for entry in entries:
            if not entry.is_file() or entry.suffix.lower() != ".csv":
                checks.refuse("path", "a folder that has CSV files (.csv) and nothing else", str(entry))
        return entries

    @property
    def _name(self) -> str:
        return "" if self._path.is_dir() else self._path.name

    def bind(self, job: Construct, /) -> Data:
        """Have the files uploaded, under a key that changes with their content."""
        upload = Upload.of(job)
        folder = job.node.addr[-10:]
        digest = self._digest()
        prefix = f"{folder}/{digest[:10]}"
        upload.add(job, {f"{prefix}/{file.name}": file for file in self._hashes}, digest)
        # The import's own folder, whatever its content: a new version needs no new permission, which takes time to
        # spread.
        return Data.of(upload.bucket, f"{folder}/*", f"{prefix}/{self._name}", upload.deployment)

    def _digest(self) -> str:
        names = (f"{file.name}:{content}\n" for file, content in self._hashes.items())
        return hashlib.sha256("".join(names).encode()).hexdigest()
