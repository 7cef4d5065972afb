"""One invocation for an import between deployments."""

from __future__ import annotations

from typing import Any

from cdk_personalize_import_handler.between_deployments.due_request import DueRequest
from cdk_personalize_import_handler.custom_resource import stack_resource
from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.invocation import Clients, Invocation
from cdk_personalize_import_handler.custom_resource.stack_resource import Deployed


class DueInvocation(Invocation):
    """One invocation of the function for an import that CloudFormation doesn't wait for."""

    def __init__(self, clients: Clients, clock: Clock, request: DueRequest, context: Any) -> None:
        super().__init__(clients, clock, request, context)
        self._due = request

    def deployed(self) -> Deployed:
        """Return what became of the resource in deployments."""
        return stack_resource.deployed(self._clients.cloudformation, self._due)

    def is_open(self) -> bool:
        """Return whether the resource is still there, and is to stay."""
        return not self.deployed().is_going

    def is_current(self) -> bool:
        """Return whether the resource is to stay, and no other import between deployments has taken over."""
        return self._schedule.is_current() and self.is_open()

    def others_poll(self) -> bool:
        """Return whether another request of the construct has polls: a deployment's, or one like this."""
        return self._schedule.others_poll()
