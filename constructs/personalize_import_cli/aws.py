"""The caller's AWS account, and what its errors mean for a person."""

from __future__ import annotations

from typing import Any

import click

# The service is busy, or the way to it is broken: a later call may go well.
_PASSING = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


class AwsError(click.ClickException):
    """AWS can't be asked, or doesn't answer what was asked."""

    exit_code = 2


class PassingError(AwsError):
    """AWS couldn't be asked this time."""


class Account:
    """AWS as the caller's credentials reach it.

    Args:
        profile: Name of a profile in the AWS configuration; None for the default.
        region: The region; None for the configured one.
    """

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            self._session = boto3.Session(profile_name=profile, region_name=region)
        except BotoCoreError as error:
            raise AwsError(str(error)) from error

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service.

        Raises:
            AwsError: There is no region.
        """
        from botocore.exceptions import BotoCoreError

        try:
            return self._session.client(service)
        except BotoCoreError as error:
            raise AwsError(f"{error} Give --region, or set AWS_REGION.") from error


def meaning(error: Exception) -> AwsError:
    """Return what an error of botocore means for a person."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnectionError

    if isinstance(error, ClientError):
        code = error.response["Error"].get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        text = f"{error.response['Error'].get('Message', '')} ({error.operation_name}: {code})"
        return PassingError(text) if code in _PASSING or status >= 500 or status == 429 else AwsError(text)
    if isinstance(error, NoConnectionError | HTTPClientError):
        return PassingError(str(error))
    if isinstance(error, BotoCoreError):
        return AwsError(str(error))
    raise error


def is_code(error: Exception, *codes: str) -> bool:
    """Return whether AWS refused a call with one of some error codes."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return response.get("Error", {}).get("Code") in codes
