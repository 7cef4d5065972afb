"""The errors of the CloudFormation API.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html.
"""

from collections.abc import Callable
from typing import TypeVar

from moto.core.exceptions import ServiceException

from local_aws.cloudformation.intrinsics import TemplateError

_T = TypeVar("_T")


class CloudFormationError(ServiceException):
    """What CloudFormation refuses: a message, or a code and a message; nearly everything has the one code."""

    code = "ValidationError"


def valid(make: Callable[[], _T]) -> _T:
    """Return what ``make`` makes; what is wrong with a template becomes the API's error."""
    try:
        return make()
    except TemplateError as error:
        raise CloudFormationError(str(error)) from error
