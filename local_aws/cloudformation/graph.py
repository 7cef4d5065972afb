"""Work in dependency order, independent pieces at the same time."""

import threading
from collections.abc import Callable, Mapping, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter


def run_in_order(
    dependencies: Mapping[str, Set[str]], work: Callable[[str], bool], stop: threading.Event | None = None
) -> set[str]:
    """Run ``work`` for every name, each after the names it depends on.

    Args:
        dependencies: For each name, the names that come before it; names outside the mapping count as done.
        work: Does one name and says whether it succeeded. A name whose dependencies failed isn't started.
        stop: Set on the first failure, so that the pieces still running can end early; once it is set, by whomever,
            nothing more is started. Without it, a failure holds back only what depends on it.

    Returns:
        The names that failed; those that were never started aren't among them.
    """
    order = TopologicalSorter({name: before & dependencies.keys() - {name} for name, before in dependencies.items()})
    order.prepare()
    running: dict[Future[bool], str] = {}
    failed: set[str] = set()
    with ThreadPoolExecutor(max_workers=max(1, len(dependencies))) as pool:
        while True:
            if stop is None or not stop.is_set():
                running |= {pool.submit(work, name): name for name in order.get_ready()}
            if not running:
                return failed
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                name = running.pop(future)
                if future.result():
                    order.done(name)
                else:
                    failed.add(name)
                    if stop is not None:
                        stop.set()


def reversed_dependencies(dependencies: Mapping[str, Set[str]]) -> dict[str, set[str]]:
    """Return, for each name, the names that depend on it: the order of deletion."""
    dependents: dict[str, set[str]] = {name: set() for name in dependencies}
    for name, before in dependencies.items():
        for other in before & dependencies.keys():
            dependents[other].add(name)
    return dependents
