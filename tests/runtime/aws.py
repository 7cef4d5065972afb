"""The services that the function calls, on loopback: those of the simulator, in real time."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from simulator.cloudformation import CloudFormation
from simulator.faults import ServiceError
from simulator.objects import Objects
from simulator.personalize import Dataset, Personalize
from simulator.processes import Loop
from simulator.scheduler import Scheduler
from simulator.wire import params_of, refused, success

SCHEDULES = {"POST": "CreateSchedule", "PUT": "UpdateSchedule", "GET": "GetSchedule", "DELETE": "DeleteSchedule"}
STACK_ID = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/01234567-89ab-cdef-0123-456789abcdef"


class Aws(ThreadingHTTPServer):
    """The endpoint of every service.

    Args:
        group: The name of the schedule group.
        schedule_role: The role of the schedules.
    """

    daemon_threads = True

    def __init__(self, group: str, schedule_role: str) -> None:
        super().__init__(("127.0.0.1", 0), _Calls)
        self._group, self._schedule_role = group, schedule_role
        self._lock = threading.Lock()
        self.forget()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()

    def forget(self) -> None:
        """Begin anew, without jobs, schedules and files."""
        self.personalize = Personalize(time.time)
        self.objects = Objects()
        loop = Loop(time.time())
        self.scheduler = Scheduler(loop, Random(1), self._group, self._schedule_role, lambda _arn, _event: None)
        self.operations: list[str] = []
        self.resources: dict[str, str] = {}
        parts = SimpleNamespace(statuses=self.resources)
        stack: Any = SimpleNamespace(stack_id=STACK_ID, resources={}, parts=parts)
        self._services: dict[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
            "personalize": lambda operation, params: self.personalize.serve(operation, params)[0],
            "scheduler": self.scheduler.serve,
            "s3": self.objects.serve,
            "cloudformation": CloudFormation(lambda: [stack]).serve,
        }

    def dataset(self, arn: str, role_arn: str) -> None:
        """Make a dataset and a role that have existed for long."""
        self.personalize.datasets[arn] = Dataset(arn)
        self.personalize.roles[role_arn] = 0.0

    def polls(self) -> list[dict[str, Any]]:
        """Return the events that the schedules repeat."""
        return [schedule.event for schedule in self.scheduler.schedules.values()]

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer a call."""
        service, operation = _operation(method, path, headers, body)
        host = "s3.us-east-1.amazonaws.com" if service == "s3" else "localhost"
        sent = {name: value.encode() for name, value in headers.items()}
        request = AWSPreparedRequest(method, f"https://{host}{path}", sent, body, False)
        with self._lock:
            self.operations.append(operation)
            try:
                return success(service, self._services[service](operation, params_of(service, request)))
            except ServiceError as error:
                return refused(service, error)


def _operation(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[str, str]:
    if "X-Amz-Target" in headers:
        return "personalize", headers["X-Amz-Target"].rpartition(".")[2]
    if path.startswith("/schedules/"):
        return "scheduler", SCHEDULES[method]
    if b"Action=" in body:
        return "cloudformation", parse_qs(body.decode())["Action"][0]
    if method == "GET" and "list-type" in parse_qs(urlsplit(path).query):
        return "s3", "ListObjectsV2"
    return "s3", {"GET": "GetObject", "HEAD": "HeadObject"}[method]


class _Calls(BaseHTTPRequestHandler):
    server: Aws
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, headers, answer = self.server.answer(self.command, self.path, dict(self.headers.items()), body)
        self.send_response(status)
        for name, value in {"x-amzn-requestid": "simulated", "Content-Length": str(len(answer)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
    setattr(_Calls, f"do_{method}", _Calls._answer)
