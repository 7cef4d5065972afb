"""One thread at a time in moto, whose services are made for one.

Each request and each timed action takes a turn, and so does whatever else reads or changes in the background what the
services keep. Who waits gives the turn up meanwhile; calls of a service by a client of boto3's are such waits, see
`gives_way`. moto keeps its state per process, so there is one turn in a process.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

_T = TypeVar("_T")
_lock = threading.Lock()


class _Thread(threading.local):
    """In how many blocks that take the turn a thread is, and in how many it was where it has given it up."""

    depth = 0

    def __init__(self) -> None:
        self.given_up: list[int] = []


_thread = _Thread()


def is_taken() -> bool:
    """Whether this thread has the turn."""
    return _thread.depth > 0


@contextlib.contextmanager
def taken() -> Iterator[None]:
    """Have the turn in a ``with`` block; a block within another one has it already."""
    if not _thread.depth:
        _lock.acquire()
    _thread.depth += 1
    try:
        yield
    finally:
        _thread.depth -= 1
        if not _thread.depth:
            _lock.release()


def aside(function: Callable[..., _T], *given: Any, **more: Any) -> _T:
    """Call a function that waits, without the turn."""
    _give_up()
    try:
        return function(*given, **more)
    finally:
        _take_again()


def gives_way(client: Any) -> None:
    """Let a client of boto3's give up the turn for each of its calls, whose request takes it in another thread."""
    client.meta.events.register("before-call", _give_up)
    for end in ("after-call", "after-call-error"):
        client.meta.events.register(end, _take_again)


def _give_up(**_: Any) -> None:
    if _thread.depth:
        _lock.release()
    _thread.given_up.append(_thread.depth)
    _thread.depth = 0


def _take_again(**_: Any) -> None:
    depth = _thread.given_up.pop()
    if depth:
        _lock.acquire()
    _thread.depth = depth
