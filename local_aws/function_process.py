"""Runs inside the process of a Lambda function: the part of Lambda's Python runtime that handlers see.

Started as ``python -I -S function_process.py <folder of boto3>`` in the folder of the function's code, it sees what a
function sees on AWS: its own files, the standard library, and the libraries that Lambda's runtime brings. Each line on
its standard input is an invocation. Lines on its standard output that start with a zero byte are messages to
`local_aws.execution_environment`; all others are the function's own log lines.

It imports as little as it can before the clock is set, so that everything after it runs on AWS time.
"""

import os
import sys
import time

_BUNDLED = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""What Lambda's Python runtimes bring besides the standard library."""


def run_on_aws_time(real_start: float, aws_start: float, speed: float) -> None:
    """Make this process live in AWS time, but for what C code does by itself, such as the timeouts of sockets.

    Args:
        real_start: Real time of an instant, in seconds since the epoch.
        aws_start: AWS time of that instant.
        speed: AWS seconds per real second.
    """
    real_time, real_sleep, gmtime, localtime, strftime = time.time, time.sleep, time.gmtime, time.localtime, time.strftime

    def aws_time() -> float:
        return aws_start + (real_time() - real_start) * speed

    def aws_time_ns() -> int:
        return int(aws_time() * 1e9)

    time.time = time.monotonic = time.perf_counter = aws_time
    time.time_ns = time.monotonic_ns = time.perf_counter_ns = aws_time_ns
    time.sleep = lambda seconds: real_sleep(seconds / speed)  # type: ignore[assignment]
    time.gmtime = lambda seconds=None: gmtime(aws_time() if seconds is None else seconds)  # type: ignore[assignment]
    time.localtime = lambda seconds=None: localtime(aws_time() if seconds is None else seconds)  # type: ignore[assignment]
    time.strftime = lambda form, when=None: strftime(form, when or time.gmtime())  # type: ignore[assignment]

    import datetime
    import threading

    real_datetime, real_date, real_wait = datetime.datetime, datetime.date, threading.Condition.wait

    class AnyDatetime(type):
        # Objects that C code made are of the real class.
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_datetime)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, real_datetime)

    class AnyDate(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real_date)

        def __subclasscheck__(cls, other: type) -> bool:
            return issubclass(other, real_date)

    class AwsDatetime(real_datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN206
            return cls.fromtimestamp(aws_time(), tz)

        @classmethod
        def utcnow(cls):  # type: ignore[no-untyped-def] # noqa: ANN206
            return cls.fromtimestamp(aws_time(), datetime.timezone.utc).replace(tzinfo=None)  # noqa: UP017

        @classmethod
        def today(cls):  # type: ignore[no-untyped-def] # noqa: ANN206
            return cls.now()

    class AwsDate(real_date, metaclass=AnyDate):
        @classmethod
        def today(cls):  # type: ignore[no-untyped-def] # noqa: ANN206
            return cls.fromtimestamp(aws_time())

    AwsDatetime.__name__ = AwsDatetime.__qualname__ = "datetime"
    AwsDate.__name__ = AwsDate.__qualname__ = "date"
    datetime.datetime, datetime.date = AwsDatetime, AwsDate  # type: ignore[misc]

    def wait(self, timeout=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        return real_wait(self, None if timeout is None else timeout / speed)

    threading.Condition.wait = wait  # type: ignore[method-assign]


if __name__ == "__main__":
    run_on_aws_time(*map(float, os.environ.pop("LOCAL_AWS_CLOCK").split(",")))

import importlib
import importlib.abc
import importlib.machinery
import json
import logging
import resource
import traceback
from collections.abc import Callable
from typing import Any


class BundledFinder(importlib.abc.MetaPathFinder):
    """Finds boto3 and what it needs in one folder, and nothing else that may lie there.

    Args:
        folder: The folder that boto3 is installed in.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in _BUNDLED:
            return None
        return importlib.machinery.PathFinder.find_spec(name, [self._folder], target)


class Context:
    """The context object that a handler gets.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    client_context = None
    identity = None

    def __init__(self, request_id: str, arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return how many milliseconds of AWS time are left before the function is stopped."""
        return max(int((self._deadline - time.time()) * 1000), 0)


class LogHandler(logging.Handler):
    """Sends each log record as one event, also one of several lines, in the format that Lambda uses."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
            members = {
                "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
                "level": record.levelname,
                "message": record.getMessage(),
                "logger": record.name,
                "requestId": self.request_id,
            }
            if record.exc_info:
                members["stackTrace"] = "".join(traceback.format_exception(*record.exc_info))
            send({"log": json.dumps(members)})
            return
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = f"[{record.levelname}]\t{moment}.{int(record.msecs):03d}Z\t{self.request_id}\t{self.format(record)}"
        send({"log": text})


def send(message: dict[str, Any]) -> None:
    """Send a message to the process that started this one, after everything that was printed before."""
    sys.stdout.flush()
    sys.stdout.write("\0" + json.dumps(message) + "\n")
    sys.stdout.flush()


def load_handler(name: str) -> Callable[[Any, Context], Any]:
    """Import a function's handler.

    Args:
        name: As in the function's configuration, for example ``package.module.handler``.

    Raises:
        Exception: Whatever the import raises.
    """
    module, _, attribute = name.rpartition(".")
    handler: Callable[[Any, Context], Any] = getattr(importlib.import_module(module.replace("/", ".")), attribute)
    return handler


def error_of(error: BaseException, request_id: str) -> dict[str, Any]:
    """Describe an exception as Lambda answers it."""
    trace = traceback.extract_tb(error.__traceback__)[1:]
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_list(trace),
    }


def log_error(error: dict[str, Any]) -> None:
    """Write an exception to the log as Lambda does."""
    trace = "".join(error["stackTrace"])
    heading = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
    send({"log": f"{heading}\nTraceback (most recent call last):\n{trace}" if trace else heading})


def answer(handler: Callable[[Any, Context], Any], invocation: dict[str, Any]) -> dict[str, Any]:
    """Run the handler for one invocation.

    Args:
        handler: The handler.
        invocation: ``event``, ``request_id``, ``arn`` and ``deadline`` (AWS time, seconds since the epoch).

    Returns:
        ``payload``, JSON text, and whether it describes an ``error``.
    """
    context = Context(invocation["request_id"], invocation["arn"], invocation["deadline"])
    try:
        return {"payload": json.dumps(handler(invocation["event"], context)), "error": False}
    except Exception as error:
        found = error_of(error, context.aws_request_id)
        log_error(found)
        return {"payload": json.dumps(found), "error": True}


def peak_memory() -> int:
    """Return the most memory that this process has held, in KiB."""
    try:
        # Unlike the figure of getrusage, this one doesn't begin with the memory of the process that forked.
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def main(bundled: str) -> None:
    """Import the handler, then serve one invocation after the other until the standard input ends.

    Args:
        bundled: The folder that boto3 is installed in.
    """
    sys.path.insert(0, os.getcwd())
    sys.meta_path.append(BundledFinder(bundled))
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    invocations = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    log_handler = LogHandler()
    logging.getLogger().addHandler(log_handler)
    logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL") or logging.WARNING)
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except BaseException as error:
        found = error_of(error, "")
        if isinstance(error, ImportError):
            found["errorMessage"] = f"Unable to import module '{os.environ['_HANDLER'].rpartition('.')[0]}': {error}"
            found["errorType"] = "Runtime.ImportModuleError"
        log_error(found)
        send({"ready": False, "payload": json.dumps(found)})
        return
    send({"ready": True})
    for line in invocations:
        invocation = json.loads(line)
        log_handler.request_id = invocation["request_id"]
        result = answer(handler, invocation)
        send({**result, "peak": peak_memory()})


if __name__ == "__main__":
    main(sys.argv[1])
