"""The function behind every custom resource of the comparison: it tells what it is asked and answers as it is told.

Its properties say how it answers: ``Id`` is the physical id, ``FailOn`` names request types that fail, ``Data`` is what
``Fn::GetAtt`` finds. It needs the standard library only, so that it runs on every implementation.
"""

import json
import os
import urllib.request
from typing import Any


def handler(event: dict[str, Any], _context: object) -> None:
    """Record the request, then reply to CloudFormation."""
    send("POST", os.environ["RECORDER"], event)
    properties = event["ResourceProperties"]
    failed = event["RequestType"] in properties.get("FailOn", [])
    reply = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    reply["PhysicalResourceId"] = properties.get("Id") or event.get("PhysicalResourceId") or "unnamed"
    if event["RequestType"] == "Delete":
        reply["PhysicalResourceId"] = event["PhysicalResourceId"]
    reply |= {"Status": "FAILED", "Reason": "as told"} if failed else {"Status": "SUCCESS"}
    reply["Data"] = properties.get("Data", {})
    send("PUT", event["ResponseURL"], reply)


def send(method: str, url: str, body: dict[str, Any]) -> None:
    """Send JSON, without a content type, which would not fit the signature of the reply's address."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": ""}, method=method)
    urllib.request.urlopen(request, timeout=30).close()
