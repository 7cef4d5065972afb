"""crhelper's resource, without the parts of it that can't be relied on.

crhelper calls the decorated functions, turns what they return or raise into a status, and asks the methods
``_polling_init`` and ``_send`` to poll and to reply. What is replaced, here and in `PolledResource`, and why:

- Polls: crhelper makes an EventBridge rule and edits the function's permissions for each request, and leaves both
  behind when the function dies.
- Reply: crhelper takes any HTTP status for success, removes the polling before the reply is sent, and cuts the head off
  a long reason.
- Timeout: crhelper reports a failure when the function is about to time out. Here the next invocation goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from crhelper import CfnResource, log_helper

from cdk_personalize_import_handler.custom_resource.request import is_poll

# At DEBUG crhelper logs the whole event, with the signed ResponseURL.
_LOG_LEVEL, _BOTO_LEVEL = "INFO", "ERROR"


class CrhelperResource(CfnResource):
    """A resource whose requests and polls one method answers."""

    # crhelper's own, which its type stubs leave out.
    _event: dict[str, Any]
    _context: Any
    _response_url: str
    _create_func: Any

    def __init__(self) -> None:
        with _as_in_sam_local():
            super().__init__(json_logging=True, log_level=_LOG_LEVEL, boto_level=_BOTO_LEVEL, sleep_on_delete=0)
        self._sam_local = None
        for decorator in (self.create, self.update, self.delete, self.poll_create, self.poll_update, self.poll_delete):
            decorator(self._answer)

    def _answer(self, event: dict[str, Any], context: Any) -> str | None:
        """Return the PhysicalResourceId to reply with, None while there is no answer."""
        raise NotImplementedError

    def _set_timeout(self) -> None:
        """Leave an invocation that is cut off to the next one."""

    def _get_func(self) -> Any:
        kind = self._event["RequestType"].lower()
        name = f"_poll_{kind}_func" if is_poll(self._event) else f"_{kind}_func"
        # An unknown kind gets the function as well, which refuses it with a sentence.
        return getattr(self, name, self._create_func)

    def _poll_enabled(self) -> bool:
        return True


def log_under(context: Any, **ids: str) -> None:
    """Let all that is logged from now on carry these ids, and not those of a request before.

    crhelper does that for the requests that it answers.

    Args:
        context: Lambda's context.
        **ids: More ids than the invocation's own.
    """
    log_helper.setup(_LOG_LEVEL, boto_level=_BOTO_LEVEL, aws_request_id=context.aws_request_id, **ids)


@contextmanager
def _as_in_sam_local() -> Iterator[None]:
    """Let crhelper believe that it runs in SAM's local Lambda: there it makes no clients for polls of its own."""
    os.environ["AWS_SAM_LOCAL"] = "true"
    try:
        yield
    finally:
        del os.environ["AWS_SAM_LOCAL"]
