"""Lambda's execution environments: one local process each, for one invocation at a time.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3

from local_aws.clock import Clock
from local_aws.functions import process_clock

_INIT_REAL_SECONDS = 60.0
"""How long a process may take to start and import its handler. Real seconds: it is this machine that is slow."""

_LEAST_REAL_SECONDS = 5.0
"""How long an invocation may compute however fast the AWS clock runs: it is this machine that is slow."""


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        payload: What the function returned, or the description of the error; JSON text.
        error: Whether it failed.
        log: What it logged.
    """

    payload: str
    error: bool
    log: str = ""


class ExecutionEnvironment:
    """The process of a function.

    Args:
        clock: The AWS clock.
        folder: The folder with the function's code.
        variables: The process's environment.
        log: Gets the log, one event at a time.
    """

    def __init__(self, clock: Clock, folder: Path, variables: dict[str, str], log: Callable[[str], None]) -> None:
        self._clock = clock
        self._variables = variables
        self._write = log
        self._logged: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._started = clock.time()
        self._init_seconds = 0.0
        self._is_initialised = False
        self._broken: Outcome | None = None
        self.alive = True
        """Whether the process can take another invocation."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", process_clock.__file__, str(Path(boto3.__file__).parents[1])],
            cwd=folder,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def initialise(self) -> None:
        """Wait, once, until the handler is imported, or can't be."""
        if self._is_initialised:
            return
        message = self._message(time.monotonic() + _INIT_REAL_SECONDS)
        self._is_initialised, self._init_seconds = True, self._clock.time() - self._started
        if message is None:
            self._broken = _failed("Runtime.ExitError", f"Error: {self._exit()}")
        elif not message["ready"]:
            self._broken = Outcome(message["payload"], error=True)

    def invoke(self, event: Any, request_id: str, arn: str, timeout: float) -> Outcome:
        """Run the function once.

        Args:
            event: The event.
            request_id: The invocation's id.
            arn: The ARN that was invoked.
            timeout: The function's timeout in AWS seconds; a function that takes longer is killed.
        """
        self.initialise()
        self._log(f"START RequestId: {request_id} Version: {self._variables['AWS_LAMBDA_FUNCTION_VERSION']}")
        started = self._clock.time()
        if self._broken is not None:
            self.alive, outcome, peak = False, self._broken, 0
        else:
            invocation = {"event": event, "request_id": request_id, "arn": arn, "deadline": started + timeout}
            invocation["clock"] = self._clock.variable
            outcome, peak = self._run(invocation, timeout)
        self._report(request_id, self._clock.time() - started, peak)
        log, self._logged = "\n".join([*self._logged, ""]), []
        return replace(outcome, log=log)

    def kill(self) -> None:
        """End the process."""
        self.alive = False
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _log(self, message: str) -> None:
        self._logged.append(message)
        self._write(message)

    def _run(self, invocation: dict[str, Any], timeout: float) -> tuple[Outcome, int]:
        request_id = invocation["request_id"]
        real_deadline = time.monotonic() + max(timeout / self._clock.speed, _LEAST_REAL_SECONDS)
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(invocation) + "\n")
            self._process.stdin.flush()
            message = self._message(real_deadline)
        except BrokenPipeError:
            message = None
        if message and "payload" in message:
            return Outcome(message["payload"], message["error"]), message["peak"]
        self.alive = False
        if message or (self._process.poll() is None and time.monotonic() >= real_deadline):
            error = f"Task timed out after {timeout:.2f} seconds"
            self._log(f"{self._clock.now():%Y-%m-%dT%H:%M:%S.000Z} {request_id} {error}")
            return _failed("Sandbox.Timedout", f"RequestId: {request_id} Error: {error}"), 0
        text = f"RequestId: {request_id} Error: {self._exit()}"
        self._log(text)
        return _failed("Runtime.ExitError", text), 0

    def _exit(self) -> str:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            status = -9
        return f"Runtime exited with error: {f'exit status {status}' if status >= 0 else f'signal: {-status}'}"

    def _message(self, real_deadline: float) -> dict[str, Any] | None:
        """The process's next message that isn't a log event; None if it ends or the time is over before that."""
        while True:
            try:
                line = self._lines.get(timeout=max(real_deadline - time.monotonic(), 0))
            except queue.Empty:
                return None
            if line is None:
                return None
            if not line.startswith("\0"):
                self._log(line)
                continue
            message: dict[str, Any] = json.loads(line[1:])
            if "log" not in message:
                return message
            self._log(message["log"])

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # closed by kill()
            for line in self._process.stdout:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _report(self, request_id: str, seconds: float, peak: int) -> None:
        self._log(f"END RequestId: {request_id}")
        report = {
            "Duration": f"{seconds * 1000:.2f} ms",
            "Billed Duration": f"{int(seconds * 1000) + 1} ms",
            "Memory Size": f"{self._variables['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']} MB",
            "Max Memory Used": f"{peak // 1024} MB",
        }
        if self._init_seconds:
            report["Init Duration"] = f"{self._init_seconds * 1000:.2f} ms"
            self._init_seconds = 0.0
        members = "\t".join(f"{key}: {value}" for key, value in report.items())
        self._log(f"REPORT RequestId: {request_id}\t{members}")


def _failed(kind: str, message: str) -> Outcome:
    return Outcome(json.dumps({"errorType": kind, "errorMessage": message}), error=True)
