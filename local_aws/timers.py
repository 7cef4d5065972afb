"""Things that happen by themselves at a given AWS time: a job's next status, a schedule's next poll, a retry."""

import logging
import sched
import threading
from collections.abc import Callable

from local_aws import turn
from local_aws.clock import Clock

_LOG = logging.getLogger(__name__)


class Timers:
    """Runs functions when the AWS clock reaches their time.

    Each function runs in a thread of its own and has the turn (`local_aws.turn`), so that one that gives it up to wait
    for something never delays the others. Functions that are due at the same time start in the order in which they were
    added.

    Args:
        clock: The AWS clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due = sched.scheduler(clock.time)
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._running = 0
        self._closed = False

    def at(self, time: float, action: Callable[[], object]) -> None:
        """Run a function when the AWS clock reaches a time, or soon if it has passed.

        Args:
            time: AWS time, in seconds since the epoch.
            action: The function; an exception that it raises is logged.
        """
        with self._changed:
            if self._closed:
                return
            self._due.enterabs(time, 0, self._start, (action,))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="local_aws timers", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def pass_time(self, seconds: float) -> None:
        """Let AWS time pass, and skip the time in which nothing is due and nothing of what was due still runs.

        Not for the time of a deployment: CloudFormation's waits for resources are no timers.

        Args:
            seconds: How long, in AWS seconds.
        """
        end = self._clock.time() + seconds
        with self._changed:
            while (left := end - self._clock.time()) > 0:
                due = min([each.time for each in self._due.queue[:1]] + [end])
                nothing_for = 0.0 if self._running else max(0.0, due - self._clock.time())
                self._clock.skip(nothing_for)
                self._changed.notify_all()
                self._changed.wait((left - nothing_for) / self._clock.speed)

    def close(self) -> None:
        """Stop; functions that are not due yet never run."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                left = self._due.run(blocking=False)
                self._changed.wait(None if left is None else left / self._clock.speed)

    def _start(self, action: Callable[[], object]) -> None:
        self._running += 1
        threading.Thread(target=self._run_one, args=(action,), daemon=True).start()

    def _run_one(self, action: Callable[[], object]) -> None:
        try:
            with turn.taken():
                action()
        except Exception:
            _LOG.exception("a timed action failed")
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()
