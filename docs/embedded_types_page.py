"""Makes docs/pages/reference/embedded-resource-types.md: the resource types that the embedded AWS has."""

from __future__ import annotations

from local_aws.cloudformation.resources import known_types
from local_aws.server import LocalAws

_INTRODUCTION = """# Resource types of the embedded AWS

<!-- Made by `make docs` from the types that the embedded AWS registers. For changes: docs/embedded_types_page.py. -->

Templates may use these types, and every `Custom::` type whose function is in Python. Any other type is refused when a
stack is created, before anything is made.

"""


def page() -> str:
    """Return the page."""
    with LocalAws():
        types = known_types()
    by_service: dict[str, list[str]] = {}
    for name in types:
        service, _, kind = name.rpartition("::")
        by_service.setdefault(service, []).append(f"`{kind}`")
    rows = [f"| `{service}` | {', '.join(kinds)} |" for service, kinds in by_service.items()]
    return _INTRODUCTION + "\n".join(["| service | types |", "|---|---|", *rows]) + "\n"
