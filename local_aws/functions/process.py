"""Runs inside the process of a Lambda function: the part of Lambda's Python runtime that handlers see.

Started by `local_aws.functions.process_clock` in the folder of the function's code, it sees what a function sees on
AWS: its own files, the standard library, and the libraries that Lambda's runtime brings. Each line on its standard
input is an invocation. Lines on its standard output that start with a zero byte are messages to
`local_aws.functions.execution_environment`; all others are the function's own log lines.
"""

import importlib
import importlib.abc
import importlib.machinery
import json
import logging
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

_BUNDLED = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""What Lambda's Python runtimes bring besides the standard library."""


class BundledFinder(importlib.abc.MetaPathFinder):
    """Finds boto3 and what it needs in one folder, and nothing else that may lie there.

    Args:
        folder: The folder that boto3 is installed in.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:  # noqa: ARG002
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


class HandlerNotFoundError(Exception):
    """The function's module lacks its handler."""


class LogHandler(logging.Handler):
    """Sends each log record as one event, also one of several lines, in the format that the function is set to.

    Like Lambda's own handler it leaves all of the line to its formatter, which libraries replace.
    """

    def __init__(self) -> None:
        super().__init__()
        self.request_id = ""
        as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
        text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        self.setFormatter(JsonFormatter() if as_json else logging.Formatter(text, "%Y-%m-%dT%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record."""
        record.aws_request_id = self.request_id
        send({"log": self.format(record)})


class JsonFormatter(logging.Formatter):
    """The format of functions whose logging is set to JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of JSON."""
        members = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": getattr(record, "aws_request_id", ""),
        }
        if record.exc_info:
            members["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(members)


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
        HandlerNotFoundError: The module has no such member.
        Exception: Whatever the import raises.
    """
    module, _, attribute = name.rpartition(".")
    imported = importlib.import_module(module.replace("/", "."))
    if not hasattr(imported, attribute):
        raise HandlerNotFoundError(f"Handler '{attribute}' missing on module '{module}'")
    handler: Callable[[Any, Context], Any] = getattr(imported, attribute)
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


class TimeLimit:
    """Ends an invocation that sleeps beyond the function's timeout, at the AWS second at which Lambda would end it."""

    def __init__(self) -> None:
        self.deadline = float("inf")
        self._sleep = time.sleep

    def sleep(self, seconds: float) -> None:
        """Sleep like `time.sleep`, but never wake up after the deadline."""
        left = self.deadline - time.time()
        if seconds <= left:
            self._sleep(seconds)
            return
        self._sleep(max(left, 0.0))
        send({"timed_out": True})
        self._sleep(float("1e9"))


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
        with Path("/proc/self/status").open() as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def layer_folders() -> list[str]:
    """Return where the modules of the function's layers lie.

    https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
    """
    layers = os.environ.pop("LOCAL_AWS_LAYERS", None)
    if layers is None:
        return []
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [f"{layers}/python/lib/{version}/site-packages", f"{layers}/python"]


def main(bundled: str) -> None:
    """Import the handler, then serve one invocation after the other until the standard input ends.

    Args:
        bundled: The folder that boto3 is installed in.
    """
    sys.path[:0] = [str(Path.cwd()), *layer_folders()]
    sys.meta_path.append(BundledFinder(bundled))
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    invocations = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    limit = TimeLimit()
    time.sleep = limit.sleep  # type: ignore[assignment]
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
        elif isinstance(error, HandlerNotFoundError):
            found["errorType"] = "Runtime.HandlerNotFound"
        log_error(found)
        send({"ready": False, "payload": json.dumps(found)})
        return
    send({"ready": True})
    for line in invocations:
        invocation = json.loads(line)
        limit.deadline = invocation["deadline"]
        log_handler.request_id = invocation["request_id"]
        result = answer(handler, invocation)
        send({**result, "peak": peak_memory()})


if __name__ == "__main__":
    main(sys.argv[1])
