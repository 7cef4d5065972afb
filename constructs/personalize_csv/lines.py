"""Cuts a file that comes in chunks into blocks of whole lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LINE_END = re.compile(rb"\r\n|\r|\n")
MAX_LINE = 16 * 2**20
"""Bytes of the longest line that is read. Without line ends, all of a file would have to be kept in memory."""
_PIECE = 2**17


class LineTooLongError(Exception):
    """A line has more bytes than `MAX_LINE`."""


def pieces(content: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file in pieces that a processor's cache holds."""
    for chunk in [content] if isinstance(content, bytes) else content:
        for at in range(0, len(chunk), _PIECE):
            yield chunk[at : at + _PIECE]


def blocks(chunks: Iterable[bytes], whole: bool) -> Iterator[tuple[bytes, bytes]]:
    r"""Yield blocks of whole lines and what ends each of their lines, `\n` or `\r`.

    The first line tells how the lines of a file end. A `\r` before a `\n` belongs to the line. Only the last line of a
    whole file may lack its end; of a part, the last line, which is cut, is left out.

    Raises:
        LineTooLongError: a line goes on after `MAX_LINE` bytes.
    """
    rest: list[bytes] = []
    size = 0
    separator = None
    for chunk in chunks:
        if separator is None:
            rest = [b"".join((*rest, chunk))]
            size = len(rest[0])
            separator = _separator(rest[0])
            chunk = rest.pop() if separator else b""
        end = chunk.rfind(separator) + 1 if separator else 0
        if separator and end:
            yield b"".join((*rest, chunk[:end])), separator
            rest, size = [chunk[end:]], len(chunk) - end
        elif chunk:
            rest.append(chunk)
            size += len(chunk)
        if size > MAX_LINE:
            raise LineTooLongError
    last = b"".join(rest)
    if last and whole:
        # A lone \r at the end of the only line ends nothing.
        yield last, separator or b"\n"


def _separator(data: bytes) -> bytes | None:
    """Return what ends the lines of a file, by its first line; None when that line's end was not seen."""
    end = LINE_END.search(data)
    if end is None or (end[0] == b"\r" and end.end() == len(data)):
        return None
    return b"\r" if end[0] == b"\r" else b"\n"
