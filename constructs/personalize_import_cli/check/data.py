"""Data to check, wherever it is: which objects there are, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from personalize_csv import SourceFiles

CHUNK = 2**20
"""Bytes that are read at once."""


@dataclass(frozen=True)
class Data:
    """Data at a location.

    Attributes:
        source: Its objects.
        name: Returns the name in messages of an object, by its key.
        read: Yields the content of an object in chunks, by its key.
        limit: How many bytes of each object are read at most, None for all.
        sampled: The keys of the objects that are read, in their order.
    """

    source: SourceFiles
    name: Callable[[str], str]
    read: Callable[[str], Iterator[bytes]]
    limit: int | None
    sampled: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes that are read."""
        sizes = dict((*self.source.files, *self.source.doubtful))
        return sum(self._read_of(sizes[key]) for key in self.sampled)

    @property
    def is_partial(self) -> bool:
        """Whether some of the data isn't read."""
        every = len(self.source.files) + len(self.source.doubtful)
        return len(self.sampled) < every or not all(map(self.is_whole, self.sampled))

    def is_whole(self, key: str) -> bool:
        """Whether all of an object is read."""
        sizes = dict((*self.source.files, *self.source.doubtful))
        return self._read_of(sizes[key]) == sizes[key]

    def _read_of(self, size: int) -> int:
        return size if self.limit is None else min(size, self.limit)
