"""What the errors of Personalize mean for a request.

https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
"""

from __future__ import annotations

import re

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError


class TryAgainError(Exception):
    """The call failed in a way that passes by itself: throttling, a full quota, a busy dataset, a broken connection."""


class NotPermittedError(Exception):
    """A role or a permission is missing, or was made so recently that AWS does not see it everywhere yet."""


class RefusedError(Exception):
    """The service refused the call, and will refuse it again."""


_PASSING_CODES = frozenset(
    {
        "ExpiredTokenException",
        "InternalFailure",
        "InvalidNextTokenException",
        "LimitExceededException",
        "RequestExpired",
        "RequestLimitExceeded",
        "ResourceInUseException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_PERMISSION_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnrecognizedClientException"})
# The service documents no texts for a role that it can't assume or that can't read the data; these words are in all of
# the ones that its sister services use. A text about the form of the ARN is no such case.
_PERMISSION_WORDS = re.compile(r"\brole\b|assume|privilege|permission|access denied|not authorized", re.IGNORECASE)
_FORM_WORDS = re.compile(r"failed to satisfy constraint|validation error", re.IGNORECASE)
# Places and lists of columns, which users name, and may name like that.
_NAMES = re.compile(r"\b(?:s3://|arn:)\S+|\[[^\]]*\]")


def meaning(error: ClientError | BotoCoreError) -> Exception:
    """Return what an error means for a request.

    botocore's own text of an error changes with its retries, so only the service's code and message are read.
    """
    if isinstance(error, ParamValidationError):
        # Only tags can be of a wrong type here, and botocore's text quotes them.
        return RefusedError("Tags must be a list of objects, each with a tagKey and a tagValue")
    if not isinstance(error, ClientError):
        return TryAgainError(f"Personalize could not be reached ({type(error).__name__})")
    code = error.response["Error"].get("Code", "")
    message = error.response["Error"].get("Message", "")
    text = f"{message} ({error.operation_name}: {code})"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PASSING_CODES or status >= 500 or status == 429:
        return TryAgainError(text)
    words = _NAMES.sub("", message)
    about_permission = _PERMISSION_WORDS.search(words) and not _FORM_WORDS.search(words)
    if code in _PERMISSION_CODES or (code == "InvalidInputException" and about_permission):
        return NotPermittedError(text)
    return RefusedError(text)
