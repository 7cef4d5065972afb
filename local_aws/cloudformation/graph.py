"""Work in dependency order, independent pieces at the same time."""

import threading
from collections.abc import Callable, Hashable, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import TypeVar

_T = TypeVar("_T", bound=Hashable)


def run_in_order(
    dependencies: Mapping[_T, Set[_T]], work: Callable[[_T], bool], stop: threading.Event | None = None
) -> set[_T]:
    """Run ``work`` for every item, each after the items it depends on.

    Args:
        dependencies: For each item, the items that come before it; items outside the mapping count as done.
        work: Does one item and says whether it succeeded. An item whose dependencies failed isn't started.
        stop: Set on the first failure, so that the pieces still running can end early; once it is set, by whomever,
            nothing more is started. Without it, a failure holds back only what depends on it.

    Returns:
        The items that failed; those that were never started aren't among them.
    """
    order = TopologicalSorter({item: before & dependencies.keys() - {item} for item, before in dependencies.items()})
    order.prepare()
    running: dict[Future[bool], _T] = {}
    failed: set[_T] = set()
    with ThreadPoolExecutor(max_workers=max(1, len(dependencies))) as pool:
        while True:
            if stop is None or not stop.is_set():
                running |= {pool.submit(work, item): item for item in order.get_ready()}
            if not running:
                return failed
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                item = running.pop(future)
                if future.result():
                    order.done(item)
                else:
                    failed.add(item)
                    if stop is not None:
                        stop.set()
