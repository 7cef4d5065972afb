"""The errors of Personalize."""

from functools import partial

from moto.core.exceptions import JsonRESTError


class PersonalizeError(JsonRESTError):
    """An error that Personalize answers a request with: one that the service's model declares, and a message."""


invalid_input = partial(PersonalizeError, "InvalidInputException")
limit_exceeded = partial(PersonalizeError, "LimitExceededException")
in_use = partial(PersonalizeError, "ResourceInUseException")


def already_exists(arn: str) -> PersonalizeError:
    """Return the error of a resource that there is already."""
    return PersonalizeError("ResourceAlreadyExistsException", f"Another resource with Arn {arn} already exists.")
