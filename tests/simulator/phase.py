"""One phase of a stack operation: an action per resource, each after those of the resources that it depends on."""

from collections.abc import Callable, Iterable, Mapping

Done = Callable[[bool], None]
Action = Callable[[Done], None]


class Phase:
    """Runs actions, as many at once as their order allows.

    Args:
        actions: by resource; an action calls what it is given when it is done, with whether it went well.
        after: for each resource, the ones whose actions come first.
        finished: called at the end, with whether everything went well.
        stop_at_failure: whether the first failure ends the phase; else only what depends on it is left out.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        after: Mapping[str, Iterable[str]],
        finished: Done,
        stop_at_failure: bool = True,
    ) -> None:
        self.over = False
        self._actions = dict(actions)
        self._after = {name: {other for other in after.get(name, ()) if other in actions} for name in actions}
        self._finished = finished
        self._stop_at_failure = stop_at_failure
        self._running: set[str] = set()
        self._done: set[str] = set()
        self._failed: set[str] = set()
        self._go_on()

    def stop(self) -> None:
        """End the phase without waiting for anything."""
        self.over = True

    def _go_on(self) -> None:
        for name in list(self._actions):
            if self.over:
                return
            if name in self._actions and self._after[name] <= self._done:
                self._running.add(name)
                self._actions.pop(name)(self._ender(name))
        if not self._running and not self.over:
            self.over = True
            self._finished(not self._failed and not self._actions)

    def _ender(self, name: str) -> Done:
        return lambda ok: self._ended(name, ok)

    def _ended(self, name: str, ok: bool) -> None:
        if self.over or name not in self._running:
            return
        self._running.discard(name)
        (self._done if ok else self._failed).add(name)
        if not ok and self._stop_at_failure:
            self.over = True
            self._finished(False)
        else:
            self._go_on()
