"""Lambda functions that run as local processes, in place of moto's, which needs Docker: their invocations.

Python runtimes only, all with this machine's Python.
"""

import contextlib
import itertools
import json
import sys
import threading
import uuid

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends
from moto.core.exceptions import JsonRESTError

from local_aws import turn
from local_aws.account import Account
from local_aws.functions.dead_letters import send_dead_letter
from local_aws.functions.execution_environment import Outcome
from local_aws.functions.execution_environments import ExecutionEnvironments
from local_aws.functions.variables import KMSAccessDeniedException, check_environment_key

_RETRY_SECONDS = (60.0, 120.0)
"""AWS seconds before the first and the second retry of an asynchronous invocation.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""

_MAX_EVENT_AGE = 21600.0
_THROTTLED_SECONDS = 10.0
_MAX_PROCESSES = 24


class TooManyRequestsException(JsonRESTError):  # noqa: N818
    """The function's reserved concurrency is used up."""

    code = 429

    def __init__(self) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.")


class Functions:
    """Runs the functions of an embedded AWS."""

    def __init__(self, aws: Account) -> None:
        self._aws = aws
        self._environments = ExecutionEnvironments(aws)
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
            KMSAccessDeniedException: The function's role can't decrypt its environment.
        """
        name = function.function_name
        check_environment_key(function)
        with self._lock:
            reserved = function.reserved_concurrency
            if reserved is not None and self._running.get(name, 0) >= int(reserved):
                raise TooManyRequestsException
            self._running[name] = self._running.get(name, 0) + 1
        try:
            with self._places, self._environments.lent(function) as environment:
                return environment.invoke(
                    json.loads(event), request_id or str(uuid.uuid4()), function.function_arn, float(function.timeout)
                )
        finally:
            with self._lock:
                self._running[name] -= 1

    def prepare(self, function_arn: str) -> None:
        """Have an environment wait for the invocation that comes next, so that its start takes none of that one's time.

        What takes Lambda a few hundred milliseconds would be half a minute of AWS time on this machine, at its speed.

        Args:
            function_arn: The function's ARN; nothing happens if there is no such function.
        """
        with contextlib.suppress(UnknownFunctionException, JsonRESTError):
            function = self._find(function_arn)
            with self._places, self._environments.lent(function) as environment:
                environment.initialise()

    def invoke_later(self, function_arn: str, event: str) -> None:
        """Queue an asynchronous invocation, with Lambda's retries on error.

        Args:
            function_arn: The function's ARN, with or without a version.
            event: The event, JSON text.

        Raises:
            UnknownFunctionException: There is no such function.
        """
        self._find(function_arn)
        queued, request_id, attempts = self._aws.clock.time(), str(uuid.uuid4()), itertools.count()

        def run() -> None:
            try:
                function = self._find(function_arn)
            except UnknownFunctionException:
                return  # deleted in the meantime
            config = function.event_invoke_config[-1].config if function.event_invoke_config else {}
            now = self._aws.clock.time()
            try:
                outcome = turn.aside(self.invoke, function, event, request_id)
            except TooManyRequestsException as error:
                if now - queued < config.get("MaximumEventAgeInSeconds", _MAX_EVENT_AGE):
                    self._aws.timers.at(now + _THROTTLED_SECONDS, run)
                else:
                    send_dead_letter(self._aws, function, event, request_id, error.message)
                return
            except KMSAccessDeniedException as error:
                outcome = Outcome(json.dumps({"errorMessage": error.message}), error=True)
            if not outcome.error or self._closed:
                return
            attempt, retries = next(attempts), config.get("MaximumRetryAttempts", len(_RETRY_SECONDS))
            if attempt < min(retries, len(_RETRY_SECONDS)):
                self._aws.timers.at(self._aws.clock.time() + _RETRY_SECONDS[attempt], run)
            else:
                reason = str(json.loads(outcome.payload).get("errorMessage", ""))
                send_dead_letter(self._aws, function, event, request_id, reason)

        self._aws.timers.at(queued, run)

    def close(self) -> None:
        """Kill every process; queued invocations never run."""
        self._closed = True
        self._environments.close()

    @turn.taken()
    def _find(self, arn: str) -> LambdaFunction:
        _, _, _, region, account, *_ = arn.split(":")
        return lambda_backends[account][region].get_function(arn)


_functions: Functions | None = None


def functions() -> Functions:
    """Return the functions of the embedded AWS that runs in this process."""
    assert _functions is not None, "the embedded AWS isn't running"
    return _functions


def register(aws: Account) -> None:
    """Run the functions of an embedded AWS that starts; its processes end with it."""
    started = Functions(aws)
    aws.replace(sys.modules[__name__], "_functions", started)
    aws.at_stop(started.close)
