"""The errors of Personalize: HTTP 400 and a message, as the service's model declares them for each operation."""

from moto.core.exceptions import JsonRESTError


class PersonalizeError(JsonRESTError):
    """An error that Personalize answers a request with."""


    def __init__(self, message: str) -> None:
        super().__init__(type(self).__name__, message)


class InvalidInputException(PersonalizeError):
    """A parameter isn't valid."""


class InvalidNextTokenException(PersonalizeError):
    """The token of a list isn't valid."""

    def __init__(self) -> None:
        super().__init__("The token is not valid.")


class LimitExceededException(PersonalizeError):
    """A quota is used up."""


class ResourceAlreadyExistsException(PersonalizeError):
    """A resource of that name exists."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Another resource with Arn {arn} already exists.")


class ResourceInUseException(PersonalizeError):
    """A resource can't be used or deleted now."""


class ResourceNotFoundException(PersonalizeError):
    """A resource doesn't exist."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Resource Arn {arn} does not exist.")


class TooManyTagsException(PersonalizeError):
    """A resource would have more tags than it can."""


class TooManyTagKeysException(PersonalizeError):
    """A request names more tag keys than it can."""


class ValidationException(PersonalizeError):
    """A request isn't valid; the common error, for operations that declare no InvalidInputException."""
