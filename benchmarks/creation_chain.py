"""How many resources CloudFormation makes one after the other, at most, in a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def longest_chain(resources: Mapping[str, Any]) -> int:
    """Return the number of resources in the longest chain in which each needs the one before.

    Args:
        resources: The resources of a template, without a circle.
    """
    lengths: dict[str, int] = {}

    def length(name: str) -> int:
        if name not in lengths:
            needed = set(_needed(resources[name])) & resources.keys()
            lengths[name] = 1 + max((length(other) for other in needed), default=0)
        return lengths[name]

    return max(length(name) for name in resources)


def _needed(resource: Mapping[str, Any]) -> Iterator[str]:
    depends_on = resource.get("DependsOn", [])
    yield from [depends_on] if isinstance(depends_on, str) else depends_on
    yield from _references(resource.get("Properties", {}))


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)
