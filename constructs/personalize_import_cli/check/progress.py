"""A bar that shows how far a long check is, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

# What is read at once needs none.
_SHORT = 8 * 2**20

Counted = Callable[[Iterator[bytes]], Iterator[bytes]]


@contextmanager
def bar(doing: str, size: int) -> Iterator[Counted]:
    """Show a bar on standard error, while the caller reads what it gets from the function that this yields.

    Args:
        doing: What is done.
        size: Bytes that there are to read.
    """
    console = Console(stderr=True)
    if size < _SHORT or not console.is_terminal:
        yield lambda chunks: chunks
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(doing, total=size)

        def counted(chunks: Iterator[bytes]) -> Iterator[bytes]:
            for chunk in chunks:
                yield chunk
                progress.advance(task, len(chunk))

        yield counted
