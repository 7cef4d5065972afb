"""Reads files, and says what it does when that takes a while."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

PATIENCE = 2.0
"""Seconds after which something is said."""
_CHUNK = 2**17
_WIDTH = 30
_REDRAWN = 0.1


class Progress:
    """How far the files of an import have been read.

    Once it has taken `PATIENCE` seconds, a line on standard error says so; on a terminal, a bar.
    """

    def __init__(
        self,
        what: str,
        size: int,
        *,
        output: TextIO | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin.

        Args:
            what: What is done, for the line.
            size: How many bytes will be read.
            output: Where it is said. Default: standard error.
            now: A clock, in seconds.
        """
        self._what = what
        self._size = size
        self._output = output or sys.stderr
        self._now = now
        self._next = now() + PATIENCE
        self._read = 0
        self._said = False

    def chunks(self, file: Path) -> Iterator[bytes]:
        """Yield the bytes of a file."""
        with file.open("rb", buffering=0) as content:
            while chunk := content.read(_CHUNK):
                yield chunk
                self._add(len(chunk))

    def sha256(self, file: Path) -> str:
        """Return the hash of a file's bytes."""
        digest = hashlib.sha256()
        for chunk in self.chunks(file):
            digest.update(chunk)
        return digest.hexdigest()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        # Leave the terminal's line.
        if self._said and self._output.isatty():
            self._draw()
            self._output.write("\n")
            self._output.flush()

    def _add(self, count: int) -> None:
        self._read += count
        if self._now() < self._next:
            return
        if self._output.isatty():
            self._draw()
            self._next = self._now() + _REDRAWN
        elif not self._said:
            self._output.write(f"{self._line}\n")
        self._said = True
        self._output.flush()

    def _draw(self) -> None:
        part = min(1.0, self._read / self._size) if self._size else 1.0
        done = round(part * _WIDTH)
        self._output.write(f"\r{self._line} [{'#' * done}{' ' * (_WIDTH - done)}] {part:4.0%}")

    @property
    def _line(self) -> str:
        return f"{self._what} ({self._size / 2**20:,.0f} MB)"
