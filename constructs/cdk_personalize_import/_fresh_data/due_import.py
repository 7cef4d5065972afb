"""The request for an import between deployments, as schedules and rules hand it to the function."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import jsii

from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._import_mode import ImportMode

# What only CloudFormation's own requests need: whom to ask, whom to wait for.
_OF_DEPLOYMENTS = {"ServiceToken", "AddsTo"}


def due_import(
    made: MadeImport, request_type: str, request_id: str, due: dict[str, str], import_mode: ImportMode | None = None
) -> dict[str, Any]:
    """Return the request, with tokens.

    Args:
        made: The import.
        request_type: ``Import`` to start it when it can be, ``Upload`` to let a quiet period pass before.
        request_id: What tells the request from others of the import; the job's name is made from it.
        due: What asked for the import, and when.
        import_mode: The import mode. Default: the import's own, as a deployment has left it when the function starts.
    """
    mode = import_mode or made.import_mode
    properties = {name: value for name, value in made.properties.items() if name not in _OF_DEPLOYMENTS}
    request: dict[str, Any] = {
        "RequestType": request_type,
        "RequestId": request_id,
        "StackId": cdk.Aws.STACK_ID,
        "LogicalResourceId": made.logical_id,
        "ResourceProperties": {
            **properties,
            "Tags": made.tags.token,
            "ImportMode": mode.value,
            "Timeout": str(made.timeout),
            "WaitForCompletion": "true",
            "SendEvents": cdk.Lazy.uncached_any(_SendsEvents(made)),
        },
        "Due": due | ({"ImportMode": mode.value} if import_mode else {}),
    }
    if mode == ImportMode.FULL:
        request["Followers"] = cdk.Lazy.uncached_any(_Followers(made), omit_empty_array=True)
    return request


@jsii.implements(cdk.IAnyProducer)
class _SendsEvents:
    """Whether somebody listens, which may be known after the schedule is made."""

    def __init__(self, made: MadeImport) -> None:
        self._made = made

    def produce(self, context: cdk.IResolveContext) -> str | None:  # noqa: ARG002
        return "true" if self._made.sends_events else None


@jsii.implements(cdk.IAnyProducer)
class _Followers:
    """The requests of the imports that add to a FULL one, some of which may be made after its schedules."""

    def __init__(self, made: MadeImport) -> None:
        self._made = made

    def produce(self, context: cdk.IResolveContext) -> list[Any]:
        stack = cdk.Stack.of(context.scope)
        return [
            stack.resolve(due_import(follower, "Import", "", {"Cause": "schedule", "At": ""}))
            for follower in self._made.all_followers()
        ]
