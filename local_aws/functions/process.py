"""Runs inside the process of a Lambda function: the part of Lambda's Python runtime that handlers see.

Started by `local_aws.functions.process_clock` in the folder of the function's code, it sees what a function sees on
AWS: its own files, the standard library, and the libraries that Lambda's runtime brings. Each line on its standard
input is an invocation. Lines on its standard output that start with a zero byte are messages to
`local_aws.functions.execution_environment`; all others are the function's own log lines.
"""

import importlib
import importlib.machinery
import itertools
import json
import logging
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from local_aws.functions.process_log import LogHandler, log_error, send

_BUNDLED = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""What Lambda's Python runtimes bring besides the standard library."""


def bundled_finder(folder: str) -> Any:
    """Return what finds boto3 and what it needs in the folder that it is installed in, and nothing else there."""

    def find_spec(name: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.PathFinder.find_spec(name, [folder]) if name in _BUNDLED else None

    return SimpleNamespace(find_spec=find_spec)


class Context:
    """The context object that a handler gets.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def __init__(self, request_id: str, arn: str, deadline: float) -> None:
        self.client_context = self.tenant_id = None
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
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

    def log(self, message: Any) -> None:
        """Write one event to the log, whatever the format."""
        send({"log": str(message)})


class FaultError(Exception):
    """What the runtime itself finds wrong with a function.

    Attributes:
        kind: The type of the error that it answers.
        trace: The lines of the trace.
    """

    def __init__(self, kind: str, message: str, *trace: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


def load_handler(name: str) -> Callable[[Any, Context], Any]:
    """Import a function's handler.

    Args:
        name: As in the function's configuration, for example ``package.module.handler``.

    Raises:
        FaultError: There is no such module, or no such member of it.
        Exception: Whatever else the import raises.
    """
    module, dot, attribute = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise FaultError("Runtime.MalformedHandlerName", message)
    try:
        imported = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise FaultError("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from None
    except SyntaxError as error:
        place = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        message = f"Syntax error in module '{module}': {error}"
        raise FaultError("Runtime.UserCodeSyntaxError", message, place) from None
    if not hasattr(imported, attribute):
        raise FaultError("Runtime.HandlerNotFound", f"Handler '{attribute}' missing on module '{module}'")
    handler: Callable[[Any, Context], Any] = getattr(imported, attribute)
    return handler


def error_of(error: BaseException, request_id: str) -> dict[str, Any]:
    """Describe an exception as Lambda answers it."""
    kind, trace = type(error).__name__, []
    if isinstance(error, FaultError):
        kind, trace = error.kind, error.trace
    else:
        frames = itertools.dropwhile(lambda at: at.filename == __file__, traceback.extract_tb(error.__traceback__))
        trace = traceback.format_list([(at.filename, at.lineno or 0, at.name, at.line) for at in frames])
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


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
        returned = handler(invocation["event"], context)
        try:
            return {"payload": json.dumps(returned), "error": False}
        except Exception as error:
            raise FaultError("Runtime.MarshalError", f"Unable to marshal response: {error}") from None
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


def main(bundled: str, set_clock: Callable[[str], None]) -> None:
    """Import the handler, then serve one invocation after the other until the standard input ends.

    Args:
        bundled: The folder that boto3 is installed in.
        set_clock: Sets this process's clock, which may have been put ahead since it started.
    """
    sys.path[:0] = [str(Path.cwd()), *layer_folders()]
    sys.meta_path.append(bundled_finder(bundled))
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    invocations = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    limit = TimeLimit()
    time.sleep = limit.sleep  # type: ignore[assignment]
    log_handler = LogHandler()
    logging.getLogger().addHandler(log_handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL") or "WARNING"
    logging.getLogger().setLevel({"TRACE": "DEBUG"}.get(level, level))
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        found = error_of(error, "")
        log_error(found)
        send({"ready": False, "payload": json.dumps(found)})
        return
    send({"ready": True})
    for line in invocations:
        invocation = json.loads(line)
        set_clock(invocation["clock"])
        limit.deadline = invocation["deadline"]
        log_handler.request_id = invocation["request_id"]
        result = answer(handler, invocation)
        send({**result, "peak": peak_memory()})
