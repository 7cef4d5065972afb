import threading
import time

from local_aws import turn
from local_aws.clock import Clock
from local_aws.timers import Timers


class SetClock(Clock):
    """A clock that stands until it is set."""

    moment = 0.0

    def time(self) -> float:
        return self.moment


def test_runs_when_the_clock_says_so() -> None:
    clock, ran = Clock(speed=3600), threading.Event()
    timers = Timers(clock)
    started = clock.time()
    timers.at(started + 120, ran.set)

    assert ran.wait(5)
    assert clock.time() >= started + 120
    timers.close()


def test_an_exception_does_not_stop_the_others() -> None:
    timers, ran = Timers(Clock(speed=3600)), threading.Event()
    timers.at(0, lambda: 1 / 0)
    timers.at(0, ran.set)

    assert ran.wait(5)
    timers.close()


def test_what_is_due_first_runs_first() -> None:
    clock, ran = Clock(speed=3600), []
    timers, last = Timers(clock), threading.Event()
    now = clock.time()
    timers.at(now + 2700, last.set)
    timers.at(now + 1800, lambda: ran.append("second"))
    timers.at(now + 900, lambda: ran.append("first"))

    assert last.wait(5)
    assert ran == ["first", "second"]
    timers.close()


def test_one_has_the_turn_until_it_waits() -> None:
    timers, others, ran = Timers(Clock(speed=3600)), threading.Event(), []

    def waits() -> None:
        ran.append(turn.is_taken())
        ran.append(turn.aside(others.wait, 5))

    timers.at(0, waits)
    timers.at(1, others.set)
    timers.pass_time(3600)

    assert ran == [True, True]
    timers.close()


def test_nothing_runs_after_the_end() -> None:
    clock, ran = SetClock(speed=3600), threading.Event()
    timers = Timers(clock)
    timers.at(60, ran.set)
    timers.close()
    clock.moment = 60
    timers.at(60, ran.set)

    assert not ran.wait(0.05)


def test_time_passes_without_what_nothing_happens_in() -> None:
    clock, ran, real = Clock(speed=3600), [], time.monotonic()
    timers, start = Timers(clock), clock.time()

    def run(hour: int) -> None:
        clock.sleep(36)
        ran.append(hour)
        timers.at(start + (hour + 1) * 3600, lambda: run(hour + 1))

    timers.at(start + 3600, lambda: run(1))
    timers.pass_time(72.5 * 3600)

    assert ran[:72] == list(range(1, 73))
    assert clock.time() - start >= 72.5 * 3600
    assert time.monotonic() - real < 36  # half of what it takes without
    timers.close()
