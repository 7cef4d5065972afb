"""A function that tells what it sees of its runtime, and that ends in the ways in which functions end."""

import logging
import os
import sys
from pathlib import Path
from typing import Any

print("imported")  # noqa: T201


def handler(event: dict[str, Any], context: Any) -> Any:
    return globals()[event["do"]](event, context)


def context(event: dict[str, Any], context: Any) -> dict[str, Any]:
    seen = {name: getattr(context, name) for name in sorted(vars(context)) if not name.startswith("_")}
    seen["identity"] = vars_of_slots(context.identity)
    left = context.get_remaining_time_in_millis()
    return seen | {"left": [type(left).__name__, 50_000 < left <= 60_000]}


def vars_of_slots(found: Any) -> Any:
    return {name: getattr(found, name) for name in ("cognito_identity_id", "cognito_identity_pool_id")}


def logs(event: dict[str, Any], context: Any) -> None:
    print("printed\nin two lines")  # noqa: T201
    logging.getLogger("mine").info("not logged at the level that Lambda begins with")
    logging.getLogger("mine").warning("one record\nof two lines")
    context.log("past the logger\n")


def environment(event: dict[str, Any], context: Any) -> list[Any]:
    return [
        sys.path[0] == str(Path.cwd()),
        *sorted(name for name in sys.modules if name in ("boto3", "moto", "pytest")),
    ]


def fail(event: dict[str, Any], context: Any) -> None:
    raise ValueError("no good")


def unserialisable(event: dict[str, Any], context: Any) -> Any:
    return object()


def leave(event: dict[str, Any], context: Any) -> None:
    sys.exit(3)


def die(event: dict[str, Any], context: Any) -> None:
    os._exit(4)
