"""What a polled resource has to be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cdk_personalize_import_handler.custom_resource.outcome import Outcome
from cdk_personalize_import_handler.custom_resource.request import Request

if TYPE_CHECKING:
    from cdk_personalize_import_handler.custom_resource.invocation import Invocation


class Resource(Protocol):
    """A custom resource of one type.

    Attributes:
        kind: What a request brings about, as it begins the ids of resources that came to nothing.
        noun: What a request brings about, in one word.
    """

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def noun(self) -> str: ...  # noqa: D102

    def look(self, request: Request, invocation: Invocation) -> Outcome:
        """Look where a request stands, and take the next step towards its end.

        A second look at the same request must come to the same end.

        Raises:
            FailedError: The request has failed.
            InvalidRequestError: The request can't be carried out as it is.
            SupersededError: The request is not open any more.
        """
        ...

    def interval(self, request: Request) -> float:
        """Return how many seconds lie between two polls that look, 0 where every poll does.

        Raises:
            InvalidRequestError: The request can't be carried out as it is.
        """
        ...
