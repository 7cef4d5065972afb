"""The errors of the CloudFormation API.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html.
"""

from collections.abc import Callable
from typing import TypeVar
from xml.sax.saxutils import escape

from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from local_aws.cloudformation.intrinsics import TemplateError

_T = TypeVar("_T")


class ValidationError(ServiceException):
    """CloudFormation's answer to nearly everything that it refuses."""

    code = "ValidationError"


class ChangeSetNotFound(ServiceException):
    """There is no such change set."""

    code = "ChangeSetNotFound"


class InsufficientCapabilities(ServiceException):
    """The template makes IAM resources, and the caller didn't say that this is fine."""

    code = "InsufficientCapabilitiesException"


class AlreadyExists(ServiceException):
    """There is a stack of that name."""

    code = "AlreadyExistsException"


class InvalidChangeSetStatus(ServiceException):
    """The change set can't be executed."""

    code = "InvalidChangeSetStatus"


class AccessDenied(HTTPException):
    """The caller's role may not do this; in XML, as services of the query protocol answer."""

    code = 403

    def __init__(self, message: str) -> None:
        error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        super().__init__(f"<ErrorResponse>{error}<RequestId>none</RequestId></ErrorResponse>")


def valid(make: Callable[[], _T]) -> _T:
    """Return what ``make`` makes; what is wrong with a template becomes the API's error."""
    try:
        return make()
    except TemplateError as error:
        raise ValidationError(str(error)) from error
