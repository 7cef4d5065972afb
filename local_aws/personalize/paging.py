"""Pages of the List operations: at most 100 results each, and an opaque token for the next one."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from local_aws.personalize.exceptions import InvalidNextTokenException
from local_aws.personalize.resources import Resource

_MAX_RESULTS = 100


def page(resources: Sequence[Resource], result_key: str, request: dict[str, Any]) -> dict[str, Any]:
    """Return one page of a list.

    The token names the last resource of the page, so that a resource that is created between two pages neither hides
    nor repeats another one.

    Args:
        resources: The whole list, in order.
        result_key: The response's member for the results.
        request: The request; ``maxResults`` (1 to 100, default 100) and ``nextToken`` count.

    Raises:
        InvalidNextTokenException: The token is none that this list gave.
    """
    first = 0
    if token := request.get("nextToken"):
        first = _position(resources, _decoded(token, result_key)) + 1
    last = first + int(request.get("maxResults") or _MAX_RESULTS)
    result: dict[str, Any] = {result_key: [resource.summary() for resource in resources[first:last]]}
    if last < len(resources):
        result["nextToken"] = base64.urlsafe_b64encode(f"{result_key} {resources[last - 1].arn}".encode()).decode()
    return result


def _decoded(token: str, result_key: str) -> str:
    try:
        key, _, arn = base64.urlsafe_b64decode(token.encode()).decode().partition(" ")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidNextTokenException from error
    if key != result_key:
        raise InvalidNextTokenException
    return arn


def _position(resources: Sequence[Resource], arn: str) -> int:
    for position, resource in enumerate(resources):
        if resource.arn == arn:
            return position
    raise InvalidNextTokenException
