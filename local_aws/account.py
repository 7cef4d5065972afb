"""What a service of the embedded AWS may see of the account: its ids, AWS time, a folder, clients of other services.

Every service imports this module, and this module imports none of them.
"""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from botocore.config import Config

from local_aws import turn
from local_aws.clock import Clock
from local_aws.timers import Timers

ACCOUNT = "123456789012"
REGION = "us-east-1"

_SESSION = boto3.session.Session()
"""Shared by all clients: it keeps the services' models, which take long to load."""


class Account:
    """The one account of the embedded AWS.

    Args:
        speed: AWS seconds per real second.

    Attributes:
        account: The account id, always 123456789012.
        region: The one region, always us-east-1.
        clock: AWS time.
        timers: What happens by itself at its AWS time.
        calls: Every API call made with an assumed role's credentials, oldest first.
    """

    account = ACCOUNT
    region = REGION

    def __init__(self, speed: float) -> None:
        self.clock = Clock(speed)
        self.timers = Timers(self.clock)
        self.calls: list[Any] = []
        self._port = 0
        self._directory: Path | None = None
        self._clients: dict[str, Any] = {}
        self._clients_lock = threading.Lock()
        self._running = contextlib.ExitStack()
        self._reset_actions: list[Callable[[], object]] = []

    def replace(self, owner: Any, name: str, value: Any) -> None:
        """Put something of this AWS in the place of moto's, until this AWS stops.

        Args:
            owner: A class or module.
            name: The name of one of its members; it may lack it.
            value: What the member is meanwhile.
        """
        self._running.enter_context(mock.patch.object(owner, name, value, create=True))

    def extend(self, owner: Any, name: str, function: Callable[..., Any]) -> None:
        """Put a function around one of moto's, until this AWS stops.

        Args:
            owner: A class of moto's.
            name: The name of one of its methods.
            function: Gets moto's own method, and then what the method gets.
        """
        own = getattr(owner, name)
        self.replace(owner, name, lambda *given, **more: function(own, *given, **more))

    def at_reset(self, action: Callable[[], object]) -> None:
        """Run a function whenever moto forgets everything, just before that."""
        self._reset_actions.append(action)

    def at_stop(self, action: Callable[[], object]) -> None:
        """Run a function when this AWS stops, or can't start; what was registered last runs first."""
        self._running.callback(action)

    @property
    def directory(self) -> Path:
        """A folder for this run's files; removed at the end."""
        assert self._directory is not None, "the embedded AWS isn't running"
        return self._directory

    @property
    def ca_bundle(self) -> Path:
        """PEM file with the throw-away certificate authority behind custom resources' response URLs.

        Processes of Lambda functions must trust it.
        """
        return self.directory / "ca.pem"

    @property
    def port(self) -> int:
        """The loopback port that the server listens on."""
        assert self._port, "the embedded AWS isn't running"
        return self._port

    @property
    def endpoint(self) -> str:
        """The URL of every service. It says localhost: moto reads templates from S3 by path only under that name."""
        return f"http://localhost:{self.port}"

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, with the account's own rights; safe between threads."""
        with self._clients_lock:
            if service not in self._clients:
                client = _SESSION.client(
                    service,
                    region_name=REGION,
                    endpoint_url=self.endpoint,
                    aws_access_key_id="local",
                    aws_secret_access_key="local",
                    config=Config(max_pool_connections=100),
                )
                turn.gives_way(client)
                self._clients[service] = client
            return self._clients[service]
