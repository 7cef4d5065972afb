"""A function in the process that it has on Lambda: under AWS's own runtime client, against a Runtime API on loopback.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

ARN = "arn:aws:lambda:us-east-1:111122223333:function:imports"
REAL_SECONDS_BEFORE_HUNG = 60.0
# The type of a frame of the log, the length of its text, and the time.
_FRAME_HEAD = (4, 4, 8)


@dataclass(frozen=True)
class Ended:
    """How an invocation, or the initialisation, has ended.

    Attributes:
        payload: What the function returned, or the description of its error.
        error: Whether it failed.
        log: The log's events.
        printed: The lines that were printed past the log.
        exit_status: That of the process, None while it lives.
    """

    payload: Any
    error: bool
    log: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    exit_status: int | None = None


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's Runtime API for one process: hands out invocations, and takes what comes of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self.invocations: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.answers: queue.Queue[tuple[str, Any]] = queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Calls(BaseHTTPRequestHandler):
    server: RuntimeApi
    protocol_version = "HTTP/1.1"
    _answers: ClassVar = {"response": "response", "error": "error"}

    def do_GET(self) -> None:
        assert self.path == "/2018-06-01/runtime/invocation/next", self.path
        self.server.answers.put(("next", None))
        headers, event = self.server.invocations.get()
        self._reply(200, event, headers)

    def do_POST(self) -> None:
        body = json.loads(self._body() or b"null")
        kind = "init error" if self.path.endswith("/init/error") else self._answers[self.path.rsplit("/", 1)[1]]
        # The process goes on as soon as it has the reply.
        self._reply(202, b"{}", {})
        self.server.answers.put((kind, body))

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class LambdaRuntime:
    """The process of a function under awslambdaric.

    Args:
        folder: The function's code.
        variables: Its environment.
        python: A Python that has awslambdaric, boto3 and what they need, and nothing else.
    """

    def __init__(self, folder: Path, variables: dict[str, str], python: Path) -> None:
        self._api = RuntimeApi()
        self._log, log = os.pipe()
        self._printed, printed = os.pipe()
        for end in (self._log, self._printed):
            os.set_blocking(end, False)
        self._process = subprocess.Popen(
            [python, "-m", "awslambdaric", variables["_HANDLER"]],
            cwd=folder,
            env={
                **variables,
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
                "_LAMBDA_TELEMETRY_LOG_FD": str(log),
                "PYTHONNOUSERSITE": "1",
            },
            pass_fds=[log],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
        )
        for end in (log, printed):
            os.close(end)
        self.initialised = self._wait()

    def invoke(self, event: Any, request_id: str = "", timeout: float = 60.0) -> Ended:
        """Run the function once.

        Args:
            event: The event.
            request_id: The invocation's id.
            timeout: Seconds after which Lambda would end it; here they only show in the context.
        """
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id or str(uuid.uuid4()),
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
            "Lambda-Runtime-Trace-Id": "Root=1-00000000-000000000000000000000000",
        }
        self._api.invocations.put((headers, json.dumps(event).encode()))
        ended = self._wait()
        if ended.exit_status is None:
            self._wait()  # for its call for the next invocation
        return ended

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._api.shutdown()
        self._api.server_close()
        for end in (self._log, self._printed):
            os.close(end)

    def _wait(self) -> Ended:
        """Wait until the process calls for an invocation, answers one, or ends."""
        kind, body = self._answer()
        if kind in ("init error", "exit"):
            self._process.wait(REAL_SECONDS_BEFORE_HUNG)
        # What was logged before the call lies in the pipes.
        log, printed = _frames(_read(self._log)), _read(self._printed).decode().splitlines()
        return Ended(body, kind not in ("next", "response"), log, printed, self._process.poll())

    def _answer(self) -> tuple[str, Any]:
        until = time.monotonic() + REAL_SECONDS_BEFORE_HUNG
        while time.monotonic() < until:
            try:
                return self._api.answers.get(timeout=0.02)
            except queue.Empty:
                if self._process.poll() is not None and self._api.answers.empty():
                    return "exit", None
        raise AssertionError(f"the function hangs: {_read(self._printed).decode()}")


def _read(end: int) -> bytes:
    content = b""
    try:
        while block := os.read(end, 65536):
            content += block
    except BlockingIOError:
        pass
    return content


def _frames(content: bytes) -> list[str]:
    texts = []
    while content:
        kind, size, _ = _FRAME_HEAD
        assert content[:2] == b"\xa5\x5a", content
        length = int.from_bytes(content[kind : kind + size], "big")
        start = sum(_FRAME_HEAD)
        texts.append(content[start : start + length].decode())
        content = content[start + length :]
    return texts
