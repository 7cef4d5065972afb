"""One resource created, updated or deleted, with its stack events."""

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.resources import find_type
from local_aws.cloudformation.resources.base import OperationCancelledError, Request, ResourceError, ResourceType
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks

_LOG = logging.getLogger(__name__)
_NOUNS = {"CREATE": "creation", "UPDATE": "update", "DELETE": "deletion"}
_REPLACEMENT = "Requested update requires the creation of a new physical resource; hence creating one."


class ResourceWork:
    """Does the operations of one stack operation.

    Args:
        stacks: All stacks.
        stack: The stack to work on.
        cancelled: Set when the stack operation no longer waits for its resources.
    """

    def __init__(self, stacks: Stacks, stack: Stack, cancelled: threading.Event) -> None:
        self.stacks = stacks
        self.stack = stack
        self.cancelled = cancelled

    def create(self, resource: StackResource, properties: Callable[[], dict[str, Any]], verb: str = "CREATE") -> bool:
        """Create a resource.

        Args:
            resource: Its entry in the stack; gets the physical id and attributes.
            properties: Evaluates its properties; called after the first event, so that an error in them is reported.
            verb: CREATE, or UPDATE for the new resource of a replacement.

        Returns:
            Whether it was created.
        """
        self.stack.set_resource_status(resource, f"{verb}_IN_PROGRESS", _REPLACEMENT if verb == "UPDATE" else None)

        def work(kind: ResourceType) -> None:
            resource.properties = properties()
            kind.check(resource.properties)
            kind.create(self._request(resource, {}, verb))

        return self._run(resource, work, verb)

    def update(self, resource: StackResource, properties: dict[str, Any]) -> bool:
        """Update a resource in place and say whether that succeeded; its physical id may be another one afterwards."""
        old, resource.properties = resource.properties, properties
        self.stack.set_resource_status(resource, "UPDATE_IN_PROGRESS")

        def work(kind: ResourceType) -> None:
            kind.check(properties)
            kind.update(self._request(resource, old, "UPDATE"))

        return self._run(resource, work, "UPDATE")

    def delete(self, resource: StackResource, *, stays: bool = False) -> bool:
        """Delete a resource, or leave it if it stays, and say whether that succeeded."""
        if stays:
            self.stack.set_resource_status(resource, "DELETE_SKIPPED")
            return True
        self.stack.set_resource_status(resource, "DELETE_IN_PROGRESS")

        def work(kind: ResourceType) -> None:
            if resource.physical_id is not None:
                kind.delete(self._request(resource, {}, "DELETE"))

        return self._run(resource, work, "DELETE")

    def fail(self, resource: StackResource, verb: str, reason: str) -> bool:
        """Report a resource that failed before anything was done to it."""
        self.stack.set_resource_status(resource, f"{verb}_FAILED", reason)
        return False

    def _run(self, resource: StackResource, work: Callable[[ResourceType], None], verb: str) -> bool:
        try:
            work(find_type(resource.type))
        except ResourceError as error:
            resource.physical_id = error.physical_id or resource.physical_id
            return self.fail(resource, verb, error.reason)
        except OperationCancelledError:
            return self.fail(resource, verb, f"Resource {_NOUNS[verb]} cancelled")
        except (TemplateError, ParamValidationError) as error:
            return self.fail(resource, verb, str(error))
        except ClientError as error:
            return self.fail(resource, verb, _handler_message(error))
        except Exception as error:
            _LOG.exception("%s of %s failed", verb, resource.logical_id)
            return self.fail(resource, verb, f"Internal error of the embedded AWS: {error!r}")
        self.stack.set_resource_status(resource, f"{verb}_COMPLETE")
        return True

    def _request(self, resource: StackResource, old: dict[str, Any], verb: str) -> Request:
        return Request(self.stacks.aws, self.stack, resource, verb, resource.properties, old, self.cancelled)


def _handler_message(error: ClientError) -> str:
    code = error.response["Error"].get("Code", "")
    message = error.response["Error"].get("Message", str(error))
    metadata = error.response.get("ResponseMetadata", {})
    return (
        f'Resource handler returned message: "{message} (Service: {error.operation_name}, '
        f'Status Code: {metadata.get("HTTPStatusCode")}, Request ID: {metadata.get("RequestId")})" '
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})"
    )
