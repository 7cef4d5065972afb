"""One idempotent step: look where the import stands, start it if it isn't there, say what to answer.

The first invocation of a request and every poll take this same step, so a request that arrives twice, a reply of the
service that gets lost and a function that dies half-way all come to the same end.
"""

from __future__ import annotations

from cdk_personalize_import_handler.dataset_import.delete_step import DeleteStep
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.import_step import ImportStep
from cdk_personalize_import_handler.dataset_import.step import Outcome, Surroundings


def reconcile(request: ImportRequest, surroundings: Surroundings) -> Outcome:
    """Take one step.

    Raises:
        ImportFailedError: The request has failed.
        InvalidRequestError: A required property is missing.
        SupersededError: A newer request has taken over.
    """
    if request.request_type == "Delete":
        return DeleteStep(request, surroundings).take()
    request.require_properties()
    return ImportStep(request, surroundings).take()
