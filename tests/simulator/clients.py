"""The handler's own boto3 clients, made once, answered by whichever world is running."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import botocore.endpoint
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from simulator.processes import Loop
from simulator.wire import Wire

from cdk_personalize_import_handler.clients import Boto3Clients

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "AKIASIMULATEDSECRET0",
    "AWS_SECRET_ACCESS_KEY": "simulated-secret-key",
    "AWS_SESSION_TOKEN": "simulated-session-token",
}

_running: list[Wire] = []


@functools.cache
def clients() -> Boto3Clients:
    """The handler's clients; their requests go to the running world instead of the network."""
    made = Boto3Clients()
    with mock.patch.dict(os.environ, CREDENTIALS | {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}):
        for name in ("personalize", "scheduler", "s3", "cloudformation", "events"):
            _attach(getattr(made, name), name)
    return made


def _attach(client: Any, service: str) -> None:
    def serve(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        return _running[-1].serve(service, event_name.rsplit(".", 1)[1], request)

    client._user_agent_creator.to_string = lambda: "simulated"  # made anew for each call, which takes long
    client.meta.events.register("choose-signer", lambda **_: UNSIGNED)  # nobody checks, and it takes long
    client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", serve)


@contextmanager
def answered_by(wire: Wire, loop: Loop) -> Iterator[None]:
    """Let this world answer, and botocore's own retries, if there are any, wait in its time."""
    _running.append(wire)
    real_time = botocore.endpoint.time
    botocore.endpoint.time = SimpleNamespace(sleep=loop.sleep, time=lambda: loop.now)
    try:
        yield
    finally:
        botocore.endpoint.time = real_time
        _running.pop()
