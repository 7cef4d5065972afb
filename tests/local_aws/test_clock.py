import threading
import time
from datetime import UTC, datetime

import pytest

from local_aws.clock import Clock


def test_aws_time_starts_at_real_time_and_runs_speed_times_as_fast() -> None:
    real, clock = time.time(), Clock(speed=10_000)
    assert 0 <= clock.time() - real <= (time.time() - real) * 10_000 + 1
    before = clock.time()
    time.sleep(0.02)
    after = clock.time()
    assert after - before >= 200
    assert datetime.fromtimestamp(after, UTC) <= clock.now() <= datetime.fromtimestamp(clock.time(), UTC)


def test_sleep_and_wait_take_aws_seconds() -> None:
    clock, start = Clock(speed=36_000), time.monotonic()
    clock.sleep(360)
    assert not clock.wait(threading.Event(), 360)
    assert 0.02 <= time.monotonic() - start < 5


def test_wait_ends_when_the_event_or_another_one_is_set() -> None:
    clock, happened, other = Clock(speed=1), threading.Event(), threading.Event()
    threading.Timer(0.05, happened.set).start()
    assert clock.wait(happened, 60)
    other.set()
    assert not clock.wait(threading.Event(), 60, other)


def test_the_variable_tells_another_process_this_clock() -> None:
    clock = Clock(speed=60)
    real_start, aws_start, speed = map(float, clock.variable.split(","))
    before = clock.time()
    elsewhere = aws_start + (time.time() - real_start) * speed
    assert before - 5 <= elsewhere <= clock.time() + 5


@pytest.mark.parametrize("speed", [0, -1])
def test_a_speed_that_is_not_positive_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match=f"speed must be positive, got {speed}"):
        Clock(speed)
