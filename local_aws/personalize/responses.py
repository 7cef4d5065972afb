"""Handles Personalize's requests: checks each against the service's model, then asks the backend."""

import json
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

from local_aws import request_check
from local_aws.personalize.exceptions import InvalidInputException, PersonalizeError, ValidationException
from local_aws.personalize.models import PersonalizeBackend, personalize_backends


class PersonalizeResponse(BaseResponse):
    """Handler for Personalize's requests."""

    def __init__(self) -> None:
        super().__init__(service_name="personalize")

    @property
    def backend(self) -> PersonalizeBackend:
        """The backend of the request's account and region."""
        return personalize_backends[self.current_account][self.region]

    def call_action(self) -> TYPE_RESPONSE:
        """Answer the request.

        Raises:
            NotImplementedError: The operation is one that this Personalize lacks.
        """
        operation = self._get_action()
        method = getattr(self.backend, camelcase_to_underscores(operation), None)
        if method is None:
            raise NotImplementedError(f"Personalize's {operation} has not been implemented")
        try:
            self._authenticate_and_authorize_normal_action()
            request = json.loads(self.body or "{}")
            _check(operation, request)
            return self._answer(200, json.dumps(method(request)))
        except PersonalizeError as error:
            if type(error).__name__ not in (*_declared(operation), "ValidationException"):
                raise AssertionError(f"{operation} doesn't declare {error.description}") from error
            return self._answer(400, error.description)
        except Exception as error:
            # What the authorization of the call raises has the form of every JSON service's errors.
            if not hasattr(error, "description"):
                raise
            return self._answer(error.code or 400, error.description)  # type: ignore[attr-defined]

    def _answer(self, status: int, body: str) -> TYPE_RESPONSE:
        headers = {**self.response_headers, "content-type": "application/x-amz-json-1.1"}
        headers, body = self._enrich_response(headers, body)
        return status, headers, body


def _check(operation: str, request: dict[str, Any]) -> None:
    broken = request_check.check("personalize", operation, request)
    if not broken:
        return
    kind = InvalidInputException if "InvalidInputException" in _declared(operation) else ValidationException
    raise kind(request_check.message(broken))


def _declared(operation: str) -> list[str]:
    """The errors that the service's model declares for an operation."""
    return [error.name for error in request_check.service_model("personalize").operation_model(operation).error_shapes]
