"""Lambda functions that run as local processes, in place of moto's, which needs Docker.

A function runs from its deployed zip with its own environment variables and timeout and its role's credentials; its log
goes to moto's CloudWatch Logs as far as its role may write there. Python runtimes only, all with this machine's Python.
"""

import io
import json
import os
import re
import threading
import time
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.awslambda.exceptions import InvalidParameterValueException, UnknownFunctionException
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError

from local_aws.execution_environment import ExecutionEnvironment, Outcome
from local_aws.function_log import FunctionLog
from local_aws.function_variables import credentials, reserved_variables
from local_aws.iam_policy import Permissions
from local_aws.timers import Timers

if TYPE_CHECKING:
    from local_aws.server import LocalAws

_SERVICE = "lambda.amazonaws.com"
_RETRY_SECONDS = (60.0, 120.0)
"""AWS seconds before the first and the second retry of an asynchronous invocation.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

_MAX_EVENT_AGE = 21600.0
_THROTTLED_SECONDS = 10.0
_IDLE_REAL_SECONDS = 20.0
_MAX_PROCESSES = 24


class TooManyRequestsException(JsonRESTError):  # noqa: N818
    """The function's reserved concurrency is used up."""

    code = 429

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


class Functions:
    """Runs the functions of an embedded AWS.

    Args:
        local_aws: The embedded AWS.
    """

    def __init__(self, local_aws: "LocalAws") -> None:
        self._local_aws = local_aws
        self._timers = Timers(local_aws.clock)
        self._idle: dict[str, list[ExecutionEnvironment]] = {}
        self._all: set[ExecutionEnvironment] = set()
        self._running: dict[str, int] = {}
        self._lock = threading.Lock()
        self._places = threading.Semaphore(_MAX_PROCESSES)
        self._closed = False

    def invoke(self, function: LambdaFunction, event: str, request_id: str | None = None) -> Outcome:
        """Run a function and wait for its end.

        Args:
            function: The function.
            event: The event, JSON text.
            request_id: The invocation's id; by default a new one.

        Raises:
            TooManyRequestsException: As many invocations as the function's reserved concurrency run already.
        """
        name = function.function_name
        with self._lock:
            reserved = function.reserved_concurrency
            if reserved is not None and self._running.get(name, 0) >= int(reserved):
                raise TooManyRequestsException
            self._running[name] = self._running.get(name, 0) + 1
        try:
            with self._places:
                environment = self._take(function)
                outcome = environment.invoke(
                    json.loads(event), request_id or str(uuid.uuid4()), function.function_arn, float(function.timeout)
                )
                self._give_back(function, environment)
                return outcome
        finally:
            with self._lock:
                self._running[name] -= 1

    def invoke_later(self, function_arn: str, event: str) -> None:
        """Queue an asynchronous invocation, with Lambda's retries on error.

        Args:
            function_arn: The function's ARN, with or without a version.
            event: The event, JSON text.

        Raises:
            UnknownFunctionException: There is no such function.
        """
        self._find(function_arn)
        now = self._local_aws.clock.time()
        self._queue(function_arn, event, str(uuid.uuid4()), queued=now, time=now, attempt=0)

    def close(self) -> None:
        """Kill every process; queued invocations never run."""
        self._timers.close()
        with self._lock:
            self._closed = True
            environments, self._all = self._all, set()
        for environment in environments:
            environment.kill()

    def _queue(self, arn: str, event: str, request_id: str, *, queued: float, time: float, attempt: int) -> None:
        def run() -> None:
            try:
                function = self._find(arn)
            except UnknownFunctionException:
                return  # deleted in the meantime
            config = function.event_invoke_config[-1].config if function.event_invoke_config else {}
            now = self._local_aws.clock.time()
            try:
                failed = self.invoke(function, event, request_id).error
            except TooManyRequestsException:
                if now - queued < config.get("MaximumEventAgeInSeconds", _MAX_EVENT_AGE):
                    again = now + _THROTTLED_SECONDS
                    self._queue(arn, event, request_id, queued=queued, time=again, attempt=attempt)
                return
            retries = min(config.get("MaximumRetryAttempts", len(_RETRY_SECONDS)), len(_RETRY_SECONDS))
            if failed and attempt < retries and not self._closed:
                again = self._local_aws.clock.time() + _RETRY_SECONDS[attempt]
                self._queue(arn, event, request_id, queued=queued, time=again, attempt=attempt + 1)

        self._timers.at(time, run)

    def _find(self, arn: str) -> LambdaFunction:
        _, _, _, region, account, *_ = arn.split(":")
        return lambda_backends[account][region].get_function(arn)

    def _take(self, function: LambdaFunction) -> ExecutionEnvironment:
        """An idle environment of this very code and configuration, or a new one."""
        self._retire()
        with self._lock:
            idle = self._idle.get(_configuration(function), [])
            if idle:
                return idle.pop()
        environment = self._start(function)
        with self._lock:
            self._all.add(environment)
            closed = self._closed
        if closed:
            environment.kill()
        return environment

    def _give_back(self, function: LambdaFunction, environment: ExecutionEnvironment) -> None:
        with self._lock:
            if environment.alive and not self._closed:
                self._idle.setdefault(_configuration(function), []).append(environment)
                return
            self._all.discard(environment)
        environment.kill()

    def _retire(self) -> None:
        oldest = time.monotonic() - _IDLE_REAL_SECONDS
        with self._lock:
            retired = [e for idle in self._idle.values() for e in idle if e.idle_since < oldest]
            self._idle = {key: [e for e in idle if e not in retired] for key, idle in self._idle.items()}
            self._all.difference_update(retired)
        for environment in retired:
            environment.kill()

    def _start(self, function: LambdaFunction) -> ExecutionEnvironment:
        if not str(function.run_time).startswith("python"):
            raise JsonRESTError(
                "InvalidRuntimeException", f"{function.run_time} functions don't run here, only Python's."
            )
        clock = self._local_aws.clock
        stream = f"{clock.now():%Y/%m/%d}/[{function.version}]{uuid.uuid4().hex}"
        log, folder = FunctionLog(clock, function, stream), self._folder(function)
        variables = {
            **function.environment_vars,
            **reserved_variables(function, folder, log),
            **credentials(function),
            # What ties the process to this AWS; nothing of the user's own configuration reaches the function.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._local_aws.endpoint,
            "AWS_ENDPOINT_URL_S3": self._local_aws.endpoint,
            "SSL_CERT_FILE": str(self._local_aws.ca_bundle),
            "LOCAL_AWS_CLOCK": clock.variable,
        }
        return ExecutionEnvironment(clock, folder, variables, log.write)

    def _folder(self, function: LambdaFunction) -> Path:
        """The function's code, unpacked once for each content."""
        folder = self._local_aws.directory / "functions" / re.sub(r"\W", "_", function.code_sha_256)
        with self._lock:
            if not folder.exists():
                folder.mkdir(parents=True)
                with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                    archive.extractall(folder)
        return folder


def _configuration(function: LambdaFunction) -> str:
    """What an execution environment belongs to; another code or configuration starts new ones."""
    config = function.get_configuration()
    return json.dumps([config.get(key) for key in _CONFIGURED], default=str) + str(
        getattr(function, "logging_config", "")
    )


_CONFIGURED = (
    "FunctionArn",
    "Version",
    "CodeSha256",
    "Handler",
    "Runtime",
    "Role",
    "Environment",
    "MemorySize",
    "Timeout",
)

_moto_init = LambdaFunction.__init__
_moto_update_configuration = LambdaFunction.update_configuration
_moto_get_configuration = LambdaFunction.get_configuration
_moto_invoke = LambdaFunction.invoke
_moto_create_function = LambdaBackend.create_function
_functions: Functions | None = None


def functions() -> Functions:
    """Return the functions of the embedded AWS that runs in this process."""
    assert _functions is not None, "the embedded AWS isn't running"
    return _functions


def register(local_aws: "LocalAws") -> None:
    """Let moto's functions run here.

    Args:
        local_aws: The embedded AWS that starts.
    """
    global _functions
    _functions = Functions(local_aws)
    replace: Any = LambdaFunction
    replace.__init__ = _init
    replace.update_configuration = _update_configuration
    replace.get_configuration = _get_configuration
    replace.invoke = _invoke
    backend: Any = LambdaBackend
    backend.create_function = _create_function


def close() -> None:
    """Kill every function's process and give moto its own functions back."""
    restore: Any = LambdaFunction
    restore.__init__ = _moto_init
    restore.update_configuration = _moto_update_configuration
    restore.get_configuration = _moto_get_configuration
    restore.invoke = _moto_invoke
    LambdaBackend.create_function = _moto_create_function  # type: ignore[method-assign]
    functions().close()


def _init(function: Any, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
    # moto forgets where a function logs.
    function.logging_config = spec.get("LoggingConfig") or {}
    _moto_init(function, account_id, spec, region, version)


def _update_configuration(function: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    function.logging_config = config_updates.get("LoggingConfig") or function.logging_config
    return _moto_update_configuration(function, config_updates)


def _get_configuration(function: Any, on_create: bool = False) -> dict[str, Any]:
    group = function.logging_config.get("LogGroup") or f"/aws/lambda/{function.function_name}"
    logging_config = {"LogFormat": "Text", **function.logging_config, "LogGroup": group}
    return {**_moto_get_configuration(function, on_create), "LoggingConfig": logging_config}


def _create_function(backend: LambdaBackend, spec: dict[str, Any]) -> LambdaFunction:
    context = {"aws:SourceAccount": backend.account_id}
    if not Permissions(backend.account_id, backend.region_name).may_assume(spec["Role"], _SERVICE, context):
        raise InvalidParameterValueException("The role defined for the function cannot be assumed by Lambda.")
    return _moto_create_function(backend, spec)


def _invoke(function: LambdaFunction, body: str, request_headers: Any, response_headers: Any) -> bytes:
    kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
    event = body or "{}"
    if kind == "Event":
        functions().invoke_later(function.function_arn, event)
    if kind != "RequestResponse":
        return b""
    outcome = functions().invoke(function, event)
    response_headers["X-Amz-Executed-Version"] = str(function.version)
    if outcome.error:
        response_headers["X-Amz-Function-Error"] = "Unhandled"
    return outcome.payload.encode()
