"""The errors of Personalize."""

from moto.core.exceptions import JsonRESTError


class PersonalizeError(JsonRESTError):
    """An error that Personalize answers a request with: one that the service's model declares, and a message."""
