"""Reads a CSV file once, in one of several ways: ``python csv_reader.py WAY FILE``.

It prints the CPU seconds that took, imports not counted, and the peak memory of its process in bytes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SCHEMAS: dict[str, dict[str, str | list[str]]] = {
    "interactions": {
        "USER_ID": "string",
        "ITEM_ID": "string",
        "EVENT_TYPE": "string",
        "EVENT_VALUE": ["null", "float"],
        "TIMESTAMP": "long",
    },
    "items": {
        "ITEM_ID": "string",
        "PRICE": "float",
        "CATEGORY_L1": "string",
        "TITLE": ["null", "string"],
        "DESCRIPTION": ["null", "string"],
        "CREATION_TIMESTAMP": "long",
    },
}
_MARKS = {"DESCRIPTION": {"textual": True}, "CATEGORY_L1": {"categorical": True}}
_CHUNK = 2**17


def _kind(path: str) -> str:
    return Path(path).stem.partition("-")[0]


def _schema(path: str) -> Any:
    import json

    from personalize_csv import Schema

    fields = [{"name": name, "type": kind, **_MARKS.get(name, {})} for name, kind in SCHEMAS[_kind(path)].items()]
    return Schema.parse(json.dumps({"fields": fields}), _kind(path))


def _chunks(path: str) -> Iterator[bytes]:
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def check(path: str) -> Callable[[], None]:
    """Apply the rules."""
    from personalize_csv import check_file

    schema = _schema(path)

    def run() -> None:
        assert not check_file(path, _chunks(path), schema, whole=True).findings

    return run


def unchanged(path: str) -> Callable[[], None]:
    """Find a verdict on a file that was checked before: what synth does then."""
    from cdk_personalize_import._data.data_rules import DataRules
    from cdk_personalize_import._data.progress import Progress
    from cdk_personalize_import._dataset import KnownDataset

    file = Path(path)
    rules = DataRules(KnownDataset("", "", None, _kind(path), _schema(path)), "FULL")

    def run() -> None:
        digest = Progress("", file.stat().st_size).sha256(file)
        assert not rules.check(file, {file: digest}).errors

    run()
    return run


def csv_reader(path: str) -> Callable[[], None]:
    """Iterate over the records with Python's csv.reader."""
    import csv

    def run() -> None:
        with Path(path).open(newline="", encoding="utf-8") as file:
            for _ in csv.reader(file):
                pass

    return run


def polars(path: str) -> Callable[[], None]:
    """Parse all values with polars, in its streaming engine."""
    import polars as pl

    types = {"string": pl.String, "float": pl.Float32, "long": pl.Int64}
    columns = {name: types[_plain(kind)] for name, kind in SCHEMAS[_kind(path)].items()}

    def run() -> None:
        pl.scan_csv(path, schema=columns).select(pl.all().null_count()).collect(engine="streaming")

    return run


def duckdb(path: str) -> Callable[[], None]:
    """Parse all values with duckdb."""
    import duckdb as db

    types = {"string": "VARCHAR", "float": "FLOAT", "long": "BIGINT"}
    columns = {name: types[_plain(kind)] for name, kind in SCHEMAS[_kind(path)].items()}
    counts = ", ".join(f"count({name})" for name in columns)

    def run() -> None:
        query = f"SELECT {counts} FROM read_csv(?, header = true, auto_detect = false, columns = {columns})"
        db.execute(query, [path]).fetchall()

    return run


def sha256(path: str) -> Callable[[], None]:
    """Hash the bytes."""
    import hashlib

    def run() -> None:
        with Path(path).open("rb") as file:
            hashlib.file_digest(file, "sha256")

    return run


def _plain(kind: str | list[str]) -> str:
    return kind if isinstance(kind, str) else kind[-1]


def _peak() -> int:
    """Return the peak memory of this process, not of the one that started it, which Linux counts in elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [line] = (line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


WAYS = {way.__name__: way for way in (check, unchanged, csv_reader, polars, duckdb, sha256)}

if __name__ == "__main__":
    run = WAYS[sys.argv[1]](sys.argv[2])
    began = time.process_time()
    run()
    print(time.process_time() - began, _peak())
