"""What is said while files are read."""

import hashlib
import io
from pathlib import Path

from cdk_personalize_import._data.progress import PATIENCE, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A second passes with each look."""

    def __init__(self, step: float = 1.0) -> None:
        self.now = 0.0
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def read(tmp_path: Path, output: io.StringIO, step: float = 1.0, size: int = 2**20) -> str:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * size)
    with Progress("Checking a.csv", size, output=output, now=Clock(step)) as progress:
        assert b"".join(progress.chunks(file)) == b"x" * size
    return output.getvalue()


def test_nothing_is_said_of_what_is_quick(tmp_path: Path) -> None:
    assert read(tmp_path, io.StringIO(), PATIENCE / 100) == ""
    assert read(tmp_path, Terminal(), PATIENCE / 100) == ""


def test_a_line_is_said_of_what_takes_a_while(tmp_path: Path) -> None:
    assert read(tmp_path, io.StringIO()) == "Checking a.csv (1 MB)\n"


def test_a_bar_is_drawn_on_a_terminal(tmp_path: Path) -> None:
    said = read(tmp_path, Terminal())
    *drawn, end = said.removeprefix("\r").split("\r")
    assert drawn[0].startswith("Checking a.csv (1 MB) [####")
    assert end == f"Checking a.csv (1 MB) [{'#' * 30}] 100%\n"
    assert [len(line) for line in drawn] == [len(drawn[0])] * len(drawn)


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"x" * 300_000)
    assert Progress("x", 300_000).sha256(file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_empty_file_is_no_trouble(tmp_path: Path) -> None:
    assert read(tmp_path, Terminal(), size=0) == ""
