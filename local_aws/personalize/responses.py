"""Handles Personalize's requests: checks each against the service's model, then asks the backend."""

import json
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import JsonRESTError
from moto.core.responses import BaseResponse

from local_aws import request_check
from local_aws.personalize.errors import PersonalizeError
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
        method = self.backend.operation(operation)
        if method is None:
            raise NotImplementedError(f"Personalize's {operation} has not been implemented")
        try:
            self._authenticate_and_authorize_normal_action()
            request = json.loads(self.body or "{}")
            _check(operation, request)
            status, body = 200, json.dumps(method(request))
        except JsonRESTError as error:
            # What the authorization of the call raises has the form of every JSON service's errors.
            if isinstance(error, PersonalizeError) and error.error_type not in _declared(operation):
                raise AssertionError(f"{operation} doesn't declare {error.description}") from error
            status, body = error.code or 400, error.description
        headers, body = self._enrich_response(
            {**self.response_headers, "content-type": "application/x-amz-json-1.1"}, body
        )
        return status, headers, body


def _check(operation: str, request: dict[str, Any]) -> None:
    if message := request_check.check("personalize", operation, request):
        declared = "InvalidInputException" in _declared(operation)
        raise PersonalizeError("InvalidInputException" if declared else "ValidationException", message)


def _declared(operation: str) -> list[str]:
    """The errors that the service's model declares for an operation, and the one that is common to all."""
    model = request_check.service_model("personalize").operation_model(operation)
    return ["ValidationException", *(error.name for error in model.error_shapes)]
