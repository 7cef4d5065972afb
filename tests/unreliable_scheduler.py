"""EventBridge Scheduler as moto has it, in virtual time, with calls that fail when a test says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

GROUP = "polls"
NOW = 4_000_000_000.0


class Clock:
    """Virtual time."""

    def __init__(self) -> None:
        self.now = NOW

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.now += seconds


class Unreliable:
    """A client whose calls fail before they reach the service.

    Attributes:
        failures: The errors of the next calls of each operation.
        calls: The operations that were called.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self.failures: dict[str, list[Exception]] = {}
        self.calls: list[str] = []

    def __getattr__(self, operation: str) -> Any:
        def call(**parameters: Any) -> Any:
            self.calls.append(operation)
            if self.failures.get(operation):
                raise self.failures[operation].pop(0)
            return getattr(self._client, operation)(**parameters)

        return call


@contextmanager
def unreliable_scheduler() -> Iterator[Unreliable]:
    """Yield a client, with an empty schedule group."""
    with mock_aws():
        client = boto3.client(
            "scheduler", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
        )
        client.create_schedule_group(Name=GROUP)
        yield Unreliable(client)


def throttled() -> ClientError:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "AnyOperation")
