"""What the function needs so that it answers at all, whatever an Aspect or an escape hatch has changed about it.

A function that doesn't answer leaves its stack waiting for an hour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk import aws_lambda as lambda_

from cdk_personalize_import._template.last_look import FinalResources, Look

HANDLER = "cdk_personalize_import_handler.function.handler"
"""The function's handler."""

_OLDEST_PYTHON = 11
# A look takes some seconds, and none begins when less than ten are left.
_LEAST_SECONDS = 30


def final_function(function: lambda_.Function, variables: Mapping[str, str]) -> Look:
    """Return a look at the function in the template.

    Args:
        function: The function.
        variables: The environment that it needs.
    """

    def look(resources: FinalResources) -> list[str]:
        properties = resources.properties(function)
        found = [] if properties is None else [*_wrong(properties, variables)]
        return [f"{function.node.path} {wrong}, or the deployment waits in vain for its answer" for wrong in found]

    return look


def _wrong(properties: Mapping[str, Any], variables: Mapping[str, str]) -> Iterator[str]:
    runtime, timeout = properties.get("Runtime"), properties.get("Timeout", 3)
    if isinstance(runtime, str):
        python = re.fullmatch(r"python3\.(\d+)", runtime)
        if python is None or int(python[1]) < _OLDEST_PYTHON:
            yield f"must run on Python 3.{_OLDEST_PYTHON} or newer, not on {runtime}"
    if properties.get("Handler") != HANDLER:
        yield f"must have the handler {HANDLER}, not {properties.get('Handler')}"
    if isinstance(timeout, int | float) and timeout < _LEAST_SECONDS:
        yield f"must have {_LEAST_SECONDS} seconds at the least, not {timeout:g}"
    if properties.get("ReservedConcurrentExecutions") == 0:
        yield "must be allowed to run, not have 0 reserved concurrent executions"
    given = properties.get("Environment", {}).get("Variables", {})
    missing = sorted(name for name in variables if name not in given)
    if missing:
        yield f"must keep {', '.join(missing)} in its environment"
