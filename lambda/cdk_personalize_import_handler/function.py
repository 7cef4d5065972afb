"""The function's entry point: its clients, its clock, and the resource that answers a request."""

from __future__ import annotations

import functools
import gc
import os
import time
from collections.abc import Callable
from typing import Any

from cdk_personalize_import_handler.clients import Boto3Clients, Clients
from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.polled_resource import PolledResource
from cdk_personalize_import_handler.custom_resource.reply import Put, put_over_https
from cdk_personalize_import_handler.dataset_import.dataset_import import DatasetImport

Handler = Callable[[dict[str, Any], Any], None]


def make_handler(clients: Clients, clock: Clock, put: Put) -> Handler:
    """Return the function's handler.

    Args:
        clients: The AWS clients.
        clock: The time.
        put: Sends a reply and returns the HTTP status.
    """
    # Another type of custom resource is another entry here, chosen by the event's ResourceType.
    resource = PolledResource(DatasetImport(clients), clients, clock, put)

    def answer(event: dict[str, Any], context: Any) -> None:
        if not (isinstance(event, dict) and "Due" in event):
            return resource(event, context)
        # Only schedules and uploads need it: a deployment shall not pay for importing it.
        from cdk_personalize_import_handler.between_deployments.due_imports import DueImports

        return DueImports(clients, clock)(event, context)

    return answer


@functools.cache
def _default_handler() -> Handler:
    clients = Boto3Clients()
    _ = clients.personalize  # every request needs it; made while Lambda starts the environment
    return make_handler(clients, time, put_over_https)


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer a request of CloudFormation, or a poll."""
    _default_handler()(event, context)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _default_handler()
    gc.freeze()
    gc.enable()
