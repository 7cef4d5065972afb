"""Which events the function answers: requests of CloudFormation, and their polls, for resources of its own stack.

Whoever may invoke the function can send it anything. A reply goes to whatever address an event names, so that must be
one that encrypts, as the addresses of CloudFormation are. What an event asks for is done with the rights of the
function, so it must be for the stack that gave them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

_TEXTS = ("ResponseURL", "StackId", "RequestId", "LogicalResourceId", "RequestType")
_OBJECTS = ("ResourceProperties", "OldResourceProperties", "Poll")


def why_not_answered(event: object) -> str:
    """Return why an event gets no answer, empty where it gets one. Nothing of the event is in the text.

    Args:
        event: Whatever the function was invoked with.
    """
    if not isinstance(event, Mapping):
        return "it is no object"
    missing = [name for name in _TEXTS if not event.get(name) or not isinstance(event[name], str)]
    if missing:
        return f"it has no {', '.join(missing)}"
    wrong = [name for name in _OBJECTS if not isinstance(event.get(name) or {}, Mapping)]
    if wrong:
        return f"{', '.join(wrong)} is no object"
    if not _encrypts(event["ResponseURL"]):
        return "its ResponseURL is not https"
    if event["StackId"] != os.environ.get("STACK_ID", event["StackId"]):
        return "it is of another stack"
    return ""


def _encrypts(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)
