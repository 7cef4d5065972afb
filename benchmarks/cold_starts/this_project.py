"""This project's function until it has replied, or has left the reply to a poll."""

import os
import sys
from types import SimpleNamespace

os.environ["AWS_LAMBDA_FUNCTION_NAME"] = "imports"

# As in Lambda, the function's package is what is imported first.
import cdk_personalize_import_handler  # noqa: F401, I001
import urllib3
from no_network import Context, answer_calls, event  # type: ignore[import-not-found]

answer_calls()
replies: list[bytes] = []


def put(*_: object, body: bytes, **__: object) -> SimpleNamespace:
    """Accept a reply."""
    replies.append(body)
    return SimpleNamespace(status=200)


urllib3.PoolManager.request = put  # type: ignore[assignment,method-assign]

from cdk_personalize_import_handler.function import handler  # noqa: E402

request_type, wait_for_completion, preflight = sys.argv[1:4]
properties = {"WaitForCompletion": wait_for_completion, "Preflight": preflight, "JobName": ""}
handler(event(request_type, **properties), Context())
if wait_for_completion == "false" and b'"SUCCESS"' not in replies[0]:
    sys.exit(replies[0].decode())
