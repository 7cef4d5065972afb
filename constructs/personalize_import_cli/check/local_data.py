"""Data in a file or folder of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from personalize_csv import source_files
from personalize_import_cli.check.data import CHUNK, Data


def local_data(path: Path) -> Data:
    """Return the data in a file, or in a folder, whose hidden files are left out.

    Raises:
        UsageError: Nothing is there.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise click.UsageError(f"{path} does not exist. DATA is a file, a folder, or s3://bucket/prefix/.")
    source = source_files(str(path), path.name, [(path.name, path.stat().st_size)])
    return Data(source, lambda _: str(path), lambda _: _chunks(path), None, (path.name,))


def _folder(path: Path) -> Data:
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    # What is in a sub-folder makes no difference: that there is something does.
    objects = [(f"{entry.name}/...", 0) if entry.is_dir() else (entry.name, _size(entry)) for entry in entries]
    source = source_files(str(path), "", objects)
    keys = tuple(key for key, _ in (*source.files, *source.doubtful))
    return Data(source, lambda key: str(path / key), lambda key: _chunks(path / key), None, keys)


def _size(entry: Path) -> int:
    # Of a link to nowhere reading it says more.
    return entry.stat().st_size if entry.exists() else 0


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as content:
            while chunk := content.read(CHUNK):
                yield chunk
    except OSError as error:
        raise click.UsageError(f"{path} can't be read: {error.strerror}.") from error
