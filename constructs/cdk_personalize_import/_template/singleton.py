"""Constructs that a scope has once: made by the first who needs one, found by all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from constructs import Construct, IConstruct

_T = TypeVar("_T", bound=Construct)


def singleton(scope: IConstruct, construct_id: str, kind: type[_T], make: Callable[[], _T]) -> _T:
    """Return a scope's child, and make it where there is none.

    Args:
        scope: The scope.
        construct_id: Id of the child.
        kind: The child's class.
        make: Makes the child.
    """
    # Looking up a child in the CDK's own process takes two calls, for each import.
    children = _known.setdefault(scope, {})
    child = children.get(construct_id) or scope.node.try_find_child(construct_id)
    if not isinstance(child, kind):
        child = make()
    children[construct_id] = child
    return child


_known: WeakKeyDictionary[IConstruct, dict[str, IConstruct]] = WeakKeyDictionary()
