"""An import when new data has been uploaded."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct, IValidation

from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._fresh_data.due_import import due_import
from cdk_personalize_import._fresh_data.made_import import MadeImport
from cdk_personalize_import._template import nag

# https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
_MAX_INPUT = 8192
# The CDK's id of its own function for buckets' notifications, one in each stack.
_NOTIFICATIONS = "BucketNotificationsHandler"


def add_upload(
    scope: Construct, construct_id: str, made: MadeImport, data: BucketData, quiet_seconds: int, suffix: str | None
) -> None:
    """Add a rule that tells the function about each new object under the data source's key.

    See https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
    """
    made.import_between_deployments()
    _have_events_sent(scope, data.bucket)
    # The time of the upload: the event's own, which a repeated delivery has as well.
    due = {"Cause": "upload", "At": events.EventField.from_path("$.time"), "QuietPeriod": str(quiet_seconds)}
    request = due_import(made, "Upload", events.EventField.from_path("$.id"), due)
    rule = events.Rule(
        scope,
        construct_id,
        description=f"Tells of new data for {scope.node.path}",
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [data.bucket.bucket_name]}, "object": {"key": [_keys(data.key, suffix)]}},
        ),
    )
    rule.add_target(targets.LambdaFunction(made.provider.function, event=events.RuleTargetInput.from_object(request)))
    rule.node.add_validation(_ShortInput(scope, request))
    rule.node.add_dependency(*made.links)


def _keys(key: str, suffix: str | None) -> Any:
    if not key.endswith("/"):
        # Of a token nobody knows whether it will be a folder.
        return {"prefix": key} if cdk.Token.is_unresolved(key) else key
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    return {"prefix": key} if suffix is None else {"wildcard": f"{_literal(key)}*{_literal(suffix)}"}


def _literal(text: str) -> str:
    return re.sub(r"([*\\])", r"\\\1", text)


def _have_events_sent(scope: Construct, bucket: s3.IBucket) -> None:
    if isinstance(bucket, s3.Bucket):
        bucket.enable_event_bridge_notification()
        for child in cdk.Stack.of(bucket).node.children:
            role = child.node.try_find_child("Role") if child.node.id.startswith(_NOTIFICATIONS) else None
            if role is not None:
                nag.acknowledge_function(role, "The CDK makes the function that switches a bucket's events on")
        return
    cdk.Annotations.of(scope).add_warning_v2(
        "cdk-personalize-import:eventBridgeNotification",
        f"uploads to bucket {bucket.node.path} are only noticed when it sends its events to EventBridge, which can't "
        "be switched on from here; switch it on in the bucket's properties, or with enable_event_bridge_notification() "
        "where the bucket is made",
    )


@jsii.implements(IValidation)
class _ShortInput:
    """Tags can make the request longer than a rule can hand on."""

    def __init__(self, scope: Construct, request: dict[str, Any]) -> None:
        self._scope = scope
        self._request = request

    def validate(self) -> list[str]:
        length = len(json.dumps(cdk.Stack.of(self._scope).resolve(self._request), separators=(",", ":")))
        if length <= _MAX_INPUT:
            return []
        return [
            f"what import_on_upload() hands to the function must have at most {_MAX_INPUT} characters, got {length}; "
            "give the job fewer or shorter tags"
        ]
