"""The account that the contract is held against: clients, names and tags of this run, the removal of all it made."""

import time
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

TAG = "cdk-personalize-import-contract"
Found = TypeVar("Found")


class Account:
    """An AWS account, or what an endpoint has instead.

    Args:
        endpoint: Where all services answer; None for AWS itself.
        patience: Seconds between two looks at something that isn't ready.

    Attributes:
        name: Begins the name of everything that this run makes.
    """

    def __init__(self, endpoint: str | None, patience: float) -> None:
        self.endpoint = endpoint
        self.name = f"contract-{uuid.uuid4().hex[:8]}"
        self._patience = patience
        self._clients: dict[str, Any] = {}
        self._removals: list[tuple[str, Callable[[], Any]]] = []
        local = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}
        self._session = boto3.Session(**(local if endpoint else {}))
        self.region = self._session.region_name

    def __getattr__(self, service: str) -> Any:
        if service not in self._clients:
            attempts = 1 if self.endpoint else 4
            self._clients[service] = self._session.client(
                "lambda" if service == "lambda_" else service,
                endpoint_url=self.endpoint,
                config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
            )
        return self._clients[service]

    def tags(self, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
        """The tag that everything of this run has, with the service's words for key and value."""
        return [{key: TAG, value: self.name}]

    def until(self, look: Callable[[], Found], minutes: float = 60) -> Found:
        """What ``look`` finds, as soon as it finds something; an endpoint of one's own gets a minute at most."""
        minutes = min(minutes, 1) if self.endpoint else minutes
        deadline = time.monotonic() + minutes * 60
        while not (found := look()):
            assert time.monotonic() < deadline, f"not after {minutes} minutes"
            time.sleep(self._patience)
        return found

    def later(self, what: str, remove: Callable[[], Any]) -> None:
        """Remove something at the end; what was made last goes first."""
        self._removals.append((what, remove))

    def remove_all(self) -> None:
        """Remove what this run made.

        Raises:
            AssertionError: Something is left, by name, for its owner to remove.
        """
        left = []
        for what, remove in reversed(self._removals):
            try:
                remove()
            except (ClientError, AssertionError) as error:
                left.append(f"{what}: {error}")
        assert not left, "remove by hand: " + "; ".join(left)


def refusal(call: Callable[..., Any], **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call is answered with."""
    try:
        call(**request)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError(f"{request} was not refused")


def is_gone(describe: Callable[..., Any], **request: Any) -> bool:
    """Whether a resource can't be described any more."""
    try:
        describe(**request)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")
    return False
