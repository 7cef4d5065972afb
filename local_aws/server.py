"""The embedded AWS as one object: moto's threaded server with this package's services registered."""

import io
import json
import logging
import re
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest import mock
from urllib.parse import unquote
from xml.sax.saxutils import escape

import moto.server  # noqa: F401  (loads the request classes that moto's back ends need)
from flask import request
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.config import default_user_config
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeBucket
from moto.sqs.models import Queue
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream

from local_aws import cloudformation, personalize, scheduler, turn
from local_aws.account import ACCOUNT, REGION, Account
from local_aws.cloudwatch import alarms
from local_aws.events import rules
from local_aws.functions import invocations, lambda_api
from local_aws.permissions import call_log, role_policies

_LOG = logging.getLogger(__name__)
_SERVICES: tuple[ModuleType, ...] = (
    call_log,
    role_policies,
    personalize,
    invocations,
    lambda_api,
    scheduler,
    rules,
    alarms,
    cloudformation,
)
_SCOPE = re.compile(r"Credential=[^/&, ]+/\d{8}/([a-z0-9-]+)/([a-z0-9-]+)/")


class LocalAws(Account):
    """An AWS account on the loopback interface, for the time of a ``with`` block.

    moto keeps its state per process, so at most one `LocalAws` runs in a process at a time; starting one forgets
    everything that an earlier one held.

    Args:
        speed: AWS seconds per real second. By default a minute on AWS takes a second.
        port: Loopback port to listen on; 0 chooses a free one.
    """

    _instance: "ClassVar[LocalAws | None]" = None

    def __init__(self, speed: float = 60.0, port: int = 0) -> None:
        super().__init__(speed)
        self._requested_port = port

    def __enter__(self) -> "LocalAws":
        """Start listening, with empty state.

        Raises:
            RuntimeError: If another `LocalAws` runs in this process.
            OSError: If the port is taken.
        """
        if LocalAws._instance is not None:
            raise RuntimeError("an embedded AWS already runs in this process")
        with self._running as started:
            self._directory = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="local-aws-")))
            reset = moto_api_backend.reset
            self.replace(moto_api_backend, "reset", lambda: self._empty(reset))
            moto_api_backend.reset()
            # Calls of assumed roles are checked in `local_aws.permissions.call_log`.
            self.replace(FakeBucket, "get_permission", _bucket_policy_is_neutral)
            self.extend(Queue, "wait_for_messages", turn.aside)
            # The CDK CLI looks there for the causes of a failed deployment.
            self.replace(CloudTrailResponse, "lookup_events", lambda _: '{"Events": []}')
            for service in _SERVICES:
                service.register(self)
            self._listen()
            self.at_stop(self.timers.close)
            LocalAws._instance = self
            self.at_stop(lambda: setattr(LocalAws, "_instance", None))
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, end everything that runs in the background, and give moto its own parts back."""
        self._running.close()

    def _empty(self, reset: Callable[[], None]) -> None:
        for action in self._reset_actions:
            action()
        reset()
        _load_managed_policies()

    def _listen(self) -> None:
        # A socket of its own: with a port that is taken, the server would end the process.
        with socket.create_server(("127.0.0.1", self._requested_port)) as listening:
            server = make_server(
                "127.0.0.1",
                listening.getsockname()[1],
                _OneAtATime(_backend_app),
                threaded=True,
                request_handler=MotoRequestHandler,
                fd=listening.fileno(),
            )
        self.at_stop(server.server_close)
        self._port = int(server.server_address[1])
        # A shorter interval than the default, half a second, so that it stops at once.
        threading.Thread(target=server.serve_forever, args=(0.05,), name="local-aws", daemon=True).start()
        self.at_stop(server.shutdown)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables with which the CDK CLI, AWS SDKs and any app use this AWS."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            # Nothing leaves the machine: no usage report, no look for news or newer versions.
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "CDK_NOTICES": "false",
            "NO_PROXY": "localhost,127.0.0.1",
            "CDK_HOME": str(self.directory / "cdk-home"),
        }


class _OneAtATime(DomainDispatcherApplication):
    """moto's applications, which answer one request after the other."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        # Read before, so that nobody waits for a slow sender.
        environ["wsgi.input"] = io.BytesIO(get_input_stream(environ).read())
        with turn.taken():
            return super().__call__(environ, start_response)


@turn.taken()
def _load_managed_policies() -> None:
    """Load the policies that AWS manages, which CDK's bootstrap attaches, into this one account: it takes a while."""
    with mock.patch.dict(default_user_config, {"iam": {"load_aws_managed_policies": True}}):
        iam_backends[ACCOUNT]["aws"].reset()


def _backend_app(service: Any) -> Any:
    """Return moto's application for a service, whose errors are answered as AWS would."""
    app = create_backend_app(service)
    app.before_request(_refuse_other_regions)
    app.register_error_handler(Exception, _refusal)
    return app


def _refuse_other_regions() -> None:
    region, _ = _scope()
    if region and region not in (REGION, "aws-global"):
        raise NotImplementedError(f"The embedded AWS doesn't have the region {region}, only {REGION}.")


def _scope() -> tuple[str, str]:
    """The region and the service that a request is signed for; empty if it isn't signed."""
    found = _SCOPE.search(unquote(request.headers.get("Authorization", "") + request.query_string.decode()))
    return (found[1], found[2]) if found else ("", "")


def _refusal(error: Exception) -> tuple[str, int, dict[str, str]] | HTTPException:
    if isinstance(error, HTTPException):
        return error
    status, code, message = 501, "NotImplemented", str(error)  # SDKs don't try it again
    if not isinstance(error, NotImplementedError):
        _LOG.exception("a request failed")
        status, code, message = 500, "InternalFailure", f"Internal error of the embedded AWS: {error!r}"
    if _scope()[1] == "s3" or "x-www-form-urlencoded" in request.headers.get("Content-Type", ""):
        error_xml = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return f"<ErrorResponse>{error_xml}</ErrorResponse>", status, {"Content-Type": "text/xml"}
    body = json.dumps({"__type": code, "message": message})
    return body, status, {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": code}


def _bucket_policy_is_neutral(_bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    """Stand in for moto's reading of bucket policies, which ignores conditions and so takes "TLS only" for "nobody"."""
    return PermissionResult.NEUTRAL
