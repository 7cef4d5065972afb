"""An import between deployments, as something that is looked at until it has ended."""

from __future__ import annotations

from dataclasses import replace

from cdk_personalize_import_handler.between_deployments.due_invocation import DueInvocation
from cdk_personalize_import_handler.between_deployments.due_request import DueRequest
from cdk_personalize_import_handler.between_deployments.due_step import DueStep
from cdk_personalize_import_handler.custom_resource.invocation import Invocation
from cdk_personalize_import_handler.custom_resource.outcome import Outcome, Waiting
from cdk_personalize_import_handler.custom_resource.request import Request
from cdk_personalize_import_handler.dataset_import.dataset_import import Clients, DatasetImport
from cdk_personalize_import_handler.dataset_import.import_request import read_import
from cdk_personalize_import_handler.dataset_import.telling import take_and_tell


class DueImport:
    """What a look at an import between deployments comes to.

    Args:
        clients: The AWS clients.
    """

    kind = DatasetImport.kind
    noun = DatasetImport.noun

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._dataset_import = DatasetImport(clients)

    def interval(self, request: Request) -> float:
        """Return how many seconds lie between two polls that look."""
        return self._dataset_import.interval(request)

    def look(self, request: Request, invocation: Invocation) -> Outcome:
        """Take one step towards the end of a request, and tell the end.

        Nobody waits: one look at each tick is enough, and costs next to nothing.

        Raises:
            FailedError: The import has failed.
            JoinedError: Another import of the construct does what was asked for.
            SupersededError: The resource is being deleted.
        """
        step = self.step(request, invocation)
        outcome = take_and_tell(step, step.cause, self._clients, invocation.clock.time())
        return replace(outcome, pause=None) if isinstance(outcome, Waiting) else outcome

    def step(self, request: Request, invocation: Invocation) -> DueStep:
        """Return the step of one look."""
        assert isinstance(request, DueRequest)
        assert isinstance(invocation, DueInvocation)
        read = read_import(request)
        read.require_properties()
        return DueStep(read, request, self._dataset_import.surroundings(read, invocation), invocation)
