"""Virtual time, and functions that run in it one at a time.

Each invocation of the handler is a process: ordinary blocking code on a thread of its own. Only the thread that holds
the baton runs, so that a run is a pure function of its inputs, and two invocations interleave exactly where they wait.
"""

import heapq
import threading
from collections.abc import Callable

FOREVER = float("inf")
REAL_SECONDS_BEFORE_HUNG = 120.0


class Death(BaseException):
    """The process ends here and now. Not an `Exception`: code under test must not be able to handle it."""


class Event:
    """Something that happens at a point in virtual time, unless it is cancelled before."""

    __slots__ = ("action", "cancelled", "order", "time")

    def __init__(self, time: float, order: int, action: Callable[[], None]) -> None:
        self.time = time
        self.order = order
        self.action = action
        self.cancelled = False

    def __lt__(self, other: "Event") -> bool:
        return (self.time, self.order) < (other.time, other.order)

    def cancel(self) -> None:
        self.cancelled = True


class _Worker(threading.Thread):
    """A thread that runs one process of a loop after another, and ends when it is woken without one."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.go = threading.Lock()
        self.go.acquire()
        self.process: Process | None = None
        self.start()

    def run(self) -> None:
        while True:
            self.go.acquire()
            if self.process is None:
                return
            self.process.run()
            loop, self.process = self.process.loop, None
            loop.idle.append(self)
            loop.baton.release()


class Process:
    """Blocking code in virtual time."""

    def __init__(self, loop: "Loop", body: Callable[[], None], lives_until: float) -> None:
        self.loop = loop
        self.body = body
        self.lives_until = lives_until
        self.dead = False
        self.ended = False
        self.failure: BaseException | None = None
        self.worker = loop.idle.pop() if loop.idle else _Worker()
        self.worker.process = self

    def run(self) -> None:
        try:
            if not self.dead:
                self.body()
        except BaseException as failure:  # what the process died of is for its parent to judge
            self.failure = failure
        self.ended = True

    def resume(self) -> None:
        """Hand the baton to this process until it waits or ends."""
        loop = self.loop
        previous, loop.current = loop.current, self
        self.worker.go.release()
        if not loop.baton.acquire(timeout=REAL_SECONDS_BEFORE_HUNG):
            raise RuntimeError("a process waits for something outside of virtual time")
        loop.current = previous

    def pause(self) -> None:
        """Give the baton back and wait to be resumed."""
        worker = self.worker
        self.loop.baton.release()
        worker.go.acquire()


class Loop:
    """The queue of events and the clock."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.current: Process | None = None
        # No other loop has them: coverage doesn't come back to a thread that was there while it was switched off.
        self.idle: list[_Worker] = []
        self.baton = threading.Lock()
        self.baton.acquire()
        self._events: list[Event] = []
        self._order = 0
        self._until = FOREVER
        self._wake = now
        self._processes: set[Process] = set()

    def at(self, time: float, action: Callable[[], None]) -> Event:
        self._order += 1
        event = Event(max(time, self.now), self._order, action)
        heapq.heappush(self._events, event)
        return event

    def after(self, delay: float, action: Callable[[], None]) -> Event:
        return self.at(self.now + delay, action)

    def spawn(self, body: Callable[[], None], lives_for: float, ended: Callable[[Process], None]) -> Process:
        """Start a process now; `ended` is called when it has returned, raised, died or outlived `lives_for` seconds."""
        process = Process(self, body, self.now + lives_for)
        self._processes.add(process)
        self._step(process, ended)
        return process

    def _step(self, process: Process, ended: Callable[[Process], None]) -> None:
        process.resume()
        if process.ended:
            self._processes.discard(process)
            ended(process)
        else:
            self.at(self._wake, lambda: self._step(process, ended))

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass for the current process; other events happen meanwhile.

        Raises:
            Death: if the process is killed meanwhile, or when its time is over.
        """
        process = self.current
        if process is None or threading.current_thread() is not process.worker:
            return  # a thread that the handler started itself: its calls take no time
        if process.dead:
            raise Death
        wake = min(self.now + max(seconds, 0.0), process.lives_until)
        if wake <= self._until and not (self._events and self._events[0].time <= wake):
            self.now = wake
        else:
            self._wake = wake
            process.pause()
        if process.dead or self.now >= process.lives_until:
            process.dead = True
            raise Death

    def die(self) -> None:
        """End the current process here.

        Raises:
            Death: always.
        """
        assert self.current is not None
        self.current.dead = True
        raise Death

    def run(self, until: float = FOREVER, done: Callable[[], bool] = lambda: False) -> None:
        """Let events happen until the queue is empty, `until` is reached or `done()`."""
        self._until = until
        while self._events and self._events[0].time <= until and not done():
            event = heapq.heappop(self._events)
            if not event.cancelled:
                self.now = max(self.now, event.time)
                event.action()
        if self.now < until < FOREVER and not done():
            self.now = max(self.now, until)
        self._until = FOREVER

    def close(self) -> None:
        """End every process that still waits."""
        for process in list(self._processes):
            process.dead = True
            while not process.ended:
                process.resume()
        self._processes.clear()
        while self.idle:
            self.idle.pop().go.release()
