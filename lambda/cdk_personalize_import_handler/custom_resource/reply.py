"""The reply that CloudFormation waits for.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from cdk_personalize_import_handler.custom_resource.clock import Clock

logger = logging.getLogger(__name__)

MAX_BODY = 4096
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_TRUNCATED = " [...]"

Put = Callable[[str, bytes], int]


def reply_body(fields: Mapping[str, Any], reason: str, details: str) -> bytes:
    """Return the reply as JSON, within CloudFormation's limit for any text.

    Args:
        fields: The reply's members but for the reason.
        reason: Why the request failed; its end is cut off where the reply would be too long.
        details: What stands behind the reason uncut.
    """

    def body(text: str) -> bytes:
        return json.dumps({**fields, "Reason": text + details}).encode("ascii")

    whole = body(reason)
    if len(whole) <= MAX_BODY:
        return whole
    room = MAX_BODY - len(body(_TRUNCATED))
    return body(_head(reason, room) + _TRUNCATED)


def _head(text: str, room: int) -> str:
    """Return as much of the text's beginning as takes so many bytes in JSON, at the most."""
    sizes = itertools.accumulate(len(json.dumps(character)) - len('""') for character in text)
    return text[: sum(1 for _ in itertools.takewhile(lambda size: size <= room, sizes))]


def deliver(put: Put, url: str, body: bytes, clock: Clock) -> bool:
    """Send the reply, several times if need be, and return whether it was accepted.

    The URL is signed, so neither it nor an error's text, which may quote it, is logged.
    """
    for pause in (*_PAUSES, None):
        try:
            status = put(url, body)
        except Exception as error:  # whatever goes wrong with one attempt, the next one is still made
            logger.warning("the reply could not be sent (%s)", type(error).__name__)
        else:
            if 200 <= status < 300:
                return True
            logger.warning("the reply was refused with HTTP status %d", status)
        if pause is not None:
            clock.sleep(pause)
    return False


def put_over_https(url: str, body: bytes) -> int:
    """PUT a body to a pre-signed URL and return the HTTP status.

    Raises:
        OSError: The connection failed.
    """
    import urllib3  # botocore has loaded it by now; Lambda's images have version 1.26 or 2

    try:
        # The URL is signed for an empty content type.
        response = urllib3.PoolManager().request(
            "PUT", url, body=body, headers={"Content-Type": ""}, retries=False, timeout=urllib3.Timeout(10)
        )
    except urllib3.exceptions.HTTPError as error:
        raise OSError(type(error).__name__) from None
    return int(response.status)
