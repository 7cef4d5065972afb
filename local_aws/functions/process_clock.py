"""Starts a Lambda function's process with its clock on AWS time, then runs `local_aws.functions.process` in it.

``python -I -S process_clock.py <folder of boto3>``, with ``LOCAL_AWS_CLOCK`` in the environment: real time and AWS
time of one instant, in seconds since the epoch, and AWS seconds per real second, separated by commas. It imports as
little as it can before the clock is set, because modules such as `threading` keep the clock that they first see.

What measures computing stays in real time, `time.perf_counter` and the waits for the result of a future: this machine
computes and answers calls in real time, and a budget of seconds for that would be over in milliseconds of AWS time.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any


def run_on_aws_time(real_start: float, aws_start: float, speed: float) -> Callable[[str], None]:
    """Make this process live in AWS time, but for what C code does by itself, such as the timeouts of sockets.

    Args:
        real_start: Real time of an instant, in seconds since the epoch.
        aws_start: AWS time of that instant.
        speed: AWS seconds per real second.

    Returns:
        Sets the clock anew, from the text of ``LOCAL_AWS_CLOCK``.
    """
    real_time = time.time
    instant = [real_start, aws_start]

    def aws_time() -> float:
        return instant[1] + (real_time() - instant[0]) * speed

    def set_clock(variable: str) -> None:
        instant[:] = map(float, variable.split(",")[:2])

    _replace_time(aws_time, speed)
    _replace_datetime(aws_time)
    _replace_waits(speed)
    return set_clock


class _Builtin:
    """A function that, like one written in C, doesn't become a method where a class keeps it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)


def _replace_time(aws_time: Callable[[], float], speed: float) -> None:
    sleep, gmtime, localtime, strftime = time.sleep, time.gmtime, time.localtime, time.strftime
    replacements: dict[str, Callable[..., Any]] = {
        **dict.fromkeys(("time", "monotonic"), aws_time),
        **dict.fromkeys(("time_ns", "monotonic_ns"), lambda: int(aws_time() * 1e9)),
        "sleep": lambda seconds: sleep(seconds / speed),
        "gmtime": lambda seconds=None: gmtime(aws_time() if seconds is None else seconds),
        "localtime": lambda seconds=None: localtime(aws_time() if seconds is None else seconds),
        "strftime": lambda form, moment=None: strftime(form, moment or time.localtime()),
    }
    for name, replacement in replacements.items():
        setattr(time, name, _Builtin(replacement))


def _replace_datetime(aws_time: Callable[[], float]) -> None:
    import datetime

    real_datetime, real_date, utc = datetime.datetime, datetime.date, datetime.timezone.utc  # noqa: UP017

    def looks_like(real: type) -> Any:
        # Objects that C code made are of the real class.
        members = {
            "__instancecheck__": lambda _, instance: isinstance(instance, real),
            "__subclasscheck__": lambda _, other: issubclass(other, real),
        }
        return type("type", (type,), members)

    datetime.datetime = looks_like(real_datetime)(  # type: ignore[misc]
        "datetime",
        (real_datetime,),
        {
            "now": classmethod(lambda cls, tz=None: cls.fromtimestamp(aws_time(), tz)),
            "today": classmethod(lambda cls: cls.fromtimestamp(aws_time())),
            "utcnow": classmethod(lambda cls: cls.fromtimestamp(aws_time(), utc).replace(tzinfo=None)),
        },
    )
    today = classmethod(lambda cls: cls.fromtimestamp(aws_time()))
    datetime.date = looks_like(real_date)("date", (real_date,), {"today": today})  # type: ignore[misc]


def _replace_waits(speed: float) -> None:
    import threading
    from concurrent.futures import Future

    wait, result = threading.Condition.wait, Future.result

    def aws_wait(self: threading.Condition, timeout: float | None = None) -> bool:
        return wait(self, None if timeout is None else timeout / speed)

    # Events and queues wait on conditions.
    threading.Condition.wait = aws_wait  # type: ignore[method-assign]

    def real_result(self: Future[Any], timeout: float | None = None) -> Any:
        return result(self, None if timeout is None else timeout * speed)

    Future.result = real_result  # type: ignore[method-assign]


if __name__ == "__main__":
    set_clock = run_on_aws_time(*map(float, os.environ.pop("LOCAL_AWS_CLOCK").split(",")))
    # From its folder alone: the function shall see nothing of this project's.
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(__file__))))  # noqa: PTH120
    from local_aws.functions.process import main

    del sys.path[0]
    main(sys.argv[1], set_clock)
