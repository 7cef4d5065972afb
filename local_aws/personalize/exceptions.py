"""The errors of Personalize: HTTP 400 and a message, as the service's model declares them for each operation."""

from moto.core.exceptions import JsonRESTError


class PersonalizeError(JsonRESTError):
    """An error that Personalize answers a request with."""

    def __init__(self, message: str) -> None:
        super().__init__(type(self).__name__, message)


class InvalidInputException(PersonalizeError):  # noqa: N818
    """A parameter isn't valid."""


class InvalidNextTokenException(PersonalizeError):  # noqa: N818
    """The token of a list isn't valid."""

    def __init__(self) -> None:
        super().__init__("The token is not valid.")


class LimitExceededException(PersonalizeError):  # noqa: N818
    """A quota is used up."""


class ResourceAlreadyExistsException(PersonalizeError):  # noqa: N818
    """A resource of that name exists."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Another resource with Arn {arn} already exists.")


class ResourceInUseException(PersonalizeError):  # noqa: N818
    """A resource can't be used or deleted now."""


class ResourceNotFoundException(PersonalizeError):  # noqa: N818
    """A resource doesn't exist."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Resource Arn {arn} does not exist.")


class TooManyTagsException(PersonalizeError):  # noqa: N818
    """A resource would have more tags than it can."""


class ValidationException(PersonalizeError):  # noqa: N818
    """A request isn't valid; the common error, for operations that declare no InvalidInputException."""
