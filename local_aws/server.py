"""The embedded AWS as one object: moto's threaded server with this package's services registered."""

import json
import logging
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.sax.saxutils import escape

import boto3
import moto.server  # noqa: F401  (loads the request classes that moto's back ends need)
from botocore.config import Config
from flask import request
from moto.core.config import default_user_config
from moto.iam.access_control import PermissionResult
from moto.iam.models import iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.s3.models import FakeBucket
from werkzeug.serving import BaseWSGIServer, make_server

from local_aws import call_log, cloudformation, cloudtrail, functions, lambda_api, personalize, scheduler
from local_aws.clock import Clock

ACCOUNT = "123456789012"
REGION = "us-east-1"

_SESSION = boto3.session.Session()
"""Shared by all clients: it keeps the services' models, which take long to load."""

_EXTENSIONS: tuple[Any, ...] = (call_log, personalize, functions, lambda_api, scheduler, cloudtrail, cloudformation)


class LocalAws:
    """An AWS account on the loopback interface, for the time of a ``with`` block.

    moto keeps its state per process, so at most one `LocalAws` runs in a process at a time; starting one forgets
    everything that an earlier one held.

    Args:
        speed: AWS seconds per real second. By default a minute on AWS takes a second.
        port: Loopback port to listen on; 0 chooses a free one.

    Attributes:
        account: The account id, always 123456789012.
        region: The one region, always us-east-1.
        clock: AWS time.
        directory: A folder for this run's files; removed at the end.
        ca_bundle: PEM file with the throw-away certificate authority behind custom resources' response URLs. Processes
            of Lambda functions must trust it.
        calls: Every API call made with an assumed role's credentials, oldest first.
    """

    account = ACCOUNT
    region = REGION

    _running: "LocalAws | None" = None

    def __init__(self, speed: float = 60.0, port: int = 0) -> None:
        self.clock = Clock(speed)
        self.calls: Any = []
        self._requested_port = port
        self._server: BaseWSGIServer | None = None
        self._clients: dict[str, Any] = {}
        self._clients_lock = threading.Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> "LocalAws":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start listening, with empty state.

        Raises:
            RuntimeError: If another `LocalAws` runs in this process.
            OSError: If the port is taken.
        """
        if LocalAws._running is not None:
            raise RuntimeError("an embedded AWS already runs in this process")
        moto_api_backend.reset()
        _load_managed_policies()
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._temporary = tempfile.TemporaryDirectory(prefix="local-aws-")
        FakeBucket.get_permission = _bucket_policy_is_neutral  # type: ignore[method-assign, assignment]
        for extension in _EXTENSIONS:
            extension.register(self)
        application = self.wrap(DomainDispatcherApplication(_backend_app))
        self._server = make_server(
            "127.0.0.1", self._requested_port, application, threaded=True, request_handler=MotoRequestHandler
        )
        # A shorter interval than the default, half a second, so that it stops at once.
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="local-aws", daemon=True).start()
        LocalAws._running = self

    def stop(self) -> None:
        """Stop listening and end everything that runs in the background."""
        for extension in reversed(_EXTENSIONS):
            close = getattr(extension, "close", None)
            if close is not None:
                close()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        if self._temporary is not None:
            self._temporary.cleanup()
        LocalAws._running = None

    def wrap(self, application: Any) -> Any:
        """Return the WSGI application to serve; extensions may replace this to see every request."""
        return application

    @property
    def directory(self) -> Path:
        assert self._temporary is not None, "the embedded AWS isn't running"
        return Path(self._temporary.name)

    @property
    def ca_bundle(self) -> Path:
        return self.directory / "ca.pem"

    @property
    def port(self) -> int:
        """The loopback port that it listens on."""
        assert self._server is not None, "the embedded AWS isn't running"
        return int(self._server.server_address[1])

    @property
    def endpoint(self) -> str:
        """The URL of every service. It says localhost: moto reads templates from S3 by path only under that name."""
        return f"http://localhost:{self.port}"

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

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, with the account's own rights; safe between threads."""
        with self._clients_lock:
            if service not in self._clients:
                self._clients[service] = _SESSION.client(
                    service,
                    region_name=REGION,
                    endpoint_url=self.endpoint,
                    aws_access_key_id="local",
                    aws_secret_access_key="local",
                    config=Config(max_pool_connections=100),
                )
            return self._clients[service]


def _load_managed_policies() -> None:
    """Load the policies that AWS manages, which CDK's bootstrap attaches, into this one account: it takes a while."""
    default_user_config["iam"] = {"load_aws_managed_policies": True}
    iam_backends[ACCOUNT]["aws"].reset()
    default_user_config["iam"] = {"load_aws_managed_policies": False}


def _backend_app(service: Any) -> Any:
    """Return moto's application for a service; what it lacks is answered with a status that SDKs don't retry."""
    app = create_backend_app(service)
    app.register_error_handler(NotImplementedError, _not_implemented)
    return app


def _not_implemented(error: Exception) -> tuple[str, int, dict[str, str]]:
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": "NotImplemented", "message": str(error)})
        return body, 501, {"Content-Type": "application/x-amz-json-1.1"}
    error_xml = f"<Error><Code>NotImplemented</Code><Message>{escape(str(error))}</Message></Error>"
    return f"<ErrorResponse>{error_xml}</ErrorResponse>", 501, {"Content-Type": "text/xml"}


def _bucket_policy_is_neutral(_bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    """Stand in for moto's reading of bucket policies, which ignores conditions and so takes "TLS only" for "nobody".

    Calls of assumed roles are checked in `local_aws.call_log`.
    """
    return PermissionResult.NEUTRAL
