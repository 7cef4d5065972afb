"""What checking a file takes, beside what else reads it: ``python -m benchmarks.csv_files``."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.csv_reader import SCHEMAS
from benchmarks.report import Section, Table, Target

_ROOT = Path(__file__).parents[1]
_READER = Path(__file__).with_name("csv_reader.py")
_LIBRARIES = _ROOT / ".venv" / "bench" / "bin" / "python"
_MEGABYTE = 10**6
_ROUNDS = 3
_WORDS = ("soft", "leather", "shoes", "for", "long walks,", "in", "rain", "and snow;", '""nobody""', "knows", "why")
_NAMES = {
    "check": "**this project, whole check**",
    "unchanged": "**this project, unchanged file**",
    "csv_reader": "csv.reader, iterated over",
    "polars": "polars, all values parsed",
    "duckdb": "duckdb, all values parsed",
    "sha256": "sha256",
    "wc": "`wc -l`",
}


@dataclass(frozen=True)
class Figures:
    """What reading a file took: CPU seconds, and the peak memory of the process in megabytes."""

    seconds: float
    megabytes: float


def _interaction(chance: random.Random) -> str:
    event, value = chance.choice(["watch", "click", "purchase"]), chance.choice(["", "3.5", "1.0"])
    second = 1_500_000_000 + chance.randrange(10**8)
    return f"user-{chance.randrange(10**6)},item-{chance.randrange(10**5)},{event},{value},{second}\n"


def _item(chance: random.Random) -> str:
    text = " ".join(chance.choices(_WORDS, k=chance.randrange(20, 80)))
    price, second = chance.randrange(10**5) / 100, 1_500_000_000 + chance.randrange(10**8)
    return f'item-{chance.randrange(10**6)},{price},Shoes,Blue shoes,"{text}",{second}\n'


_ROWS: dict[str, Callable[[random.Random], str]] = {"interactions": _interaction, "items": _item}


def write(path: Path, kind: str, size: int) -> None:
    """Write a file of about so many bytes; a large one repeats itself."""
    chance = random.Random(kind)
    rows = "".join(_ROWS[kind](chance) for _ in range(20_000)).encode()
    with path.open("wb") as file:
        file.write((",".join(SCHEMAS[kind]) + "\n").encode())
        for _ in range(max(1, size // len(rows))):
            file.write(rows)


def figures(way: str, path: Path, rounds: int = _ROUNDS) -> Figures:
    """Return the best of several runs, each in a process of its own."""
    runs = [_run(way, path) for _ in range(rounds)]
    return Figures(min(run.seconds for run in runs), max(run.megabytes for run in runs))


def _run(way: str, path: Path) -> Figures:
    python = _LIBRARIES if way in ("polars", "duckdb") else Path(sys.executable)
    command = ["wc", "-l", str(path)] if way == "wc" else [str(python), str(_READER), way, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT / "constructs"), "XDG_CACHE_HOME": str(path.parent)}
    environment.pop("CDK_PERSONALIZE_IMPORT_NO_CACHE", None)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{way} failed on {path}")
    if way == "wc":
        return Figures(usage.ru_utime + usage.ru_stime, 0)
    seconds, peak = output.split()
    return Figures(float(seconds), int(peak) / _MEGABYTE)


@contextmanager
def _files(sizes: dict[str, tuple[str, int]]) -> Iterator[dict[str, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for title, (kind, size) in sizes.items():
            paths[title] = Path(folder, f"{kind}-{size}.csv")
            write(paths[title], kind, size)
        yield paths


def measure() -> Section:
    """Measure."""
    sizes = {
        "interactions, 40 MB": ("interactions", 40 * _MEGABYTE),
        "items, 40 MB": ("items", 40 * _MEGABYTE),
        "interactions, 1 GB": ("interactions", 1000 * _MEGABYTE),
    }
    with _files(sizes) as paths:
        found = {
            title: {way: figures(way, path, 1 if "GB" in title else _ROUNDS) for way in _NAMES}
            for title, path in paths.items()
        }
    rows = []
    for way, name in _NAMES.items():
        row = [name]
        for ways in found.values():
            ratio = ways[way].seconds / ways["csv_reader"].seconds
            row.append(f"{ratio:.2f} ({ways[way].seconds:.2f} s)")
        # The one runs within an app, whose memory says nothing about it; the other is no Python.
        row.append("" if way in ("unchanged", "wc") else f"{found['interactions, 1 GB'][way].megabytes:.0f} MB")
        rows.append(row)
    note = "CPU time of all threads, in proportion to csv.reader's; imports aren't counted."
    table = Table("Reading a file: CPU time and peak memory", ("", *found, "peak memory, 1 GB"), rows, note)
    return Section("Checking local files", [table], _targets(found))


def _targets(found: dict[str, dict[str, Figures]]) -> list[Target]:
    targets = []
    for title, ways in found.items():
        ratio = ways["check"].seconds / ways["csv_reader"].seconds
        figure = f"CPU time of checking a file: {title}"
        targets.append(Target(figure, "at or under csv.reader's", f"{ratio:.2f} of it", ratio <= 1))
    large = found["interactions, 1 GB"]
    ratio = large["unchanged"].seconds / large["sha256"].seconds
    targets.append(
        Target("the same, unchanged file of 1 GB", "at most 1.3 of its sha256", f"{ratio:.2f}", ratio <= 1.3)
    )
    memory = large["check"].megabytes
    targets.append(Target("peak memory of checking 1 GB", "under 100 MB", f"{memory:.0f} MB", memory < 100))
    return targets


if __name__ == "__main__":
    section = measure()
    print(section.markdown())
    for target in section.targets:
        print(target)
