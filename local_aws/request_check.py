r"""Check a request against the service's own model, as the service does before it looks at anything else.

botocore checks types, required members and minimum lengths before it sends a request. Maximum lengths, ranges,
patterns and enums reach the service, which refuses them. The wording follows what AWS services answer. Patterns are
written for Java, whose ``\p{...}`` classes `re` lacks and `regex` has.
"""

import functools
import operator
from collections.abc import Iterator
from typing import Any

import botocore.session
import regex
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from moto.core.responses import BaseResponse

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list, tuple),
    "string": (str,),
    "character": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
}
_BOUNDS = (("min", operator.lt, "greater"), ("max", operator.gt, "less"))


@functools.cache
def service_model(service: str) -> ServiceModel:
    """Return botocore's model of a service.

    Args:
        service: The service's name in boto3, for example ``personalize``.
    """
    return botocore.session.get_session().get_service_model(service)


def check(service: str, operation: str, params: dict[str, Any]) -> str:
    """Check a request's parameters against the model of an operation.

    Args:
        service: The service's name in boto3, for example ``personalize``.
        operation: The operation's name, for example ``CreateDatasetImportJob``.
        params: The request's members, under their names in the model.

    Returns:
        The service's message, with a sentence for each constraint that is broken, in the order of the model; empty if
        the request is valid.
    """
    shape = service_model(service).operation_model(operation).input_shape
    broken = [] if shape is None else list(_check(shape, params, ""))
    errors = "error" if len(broken) == 1 else "errors"
    return f"{len(broken)} validation {errors} detected: {'; '.join(broken)}" if broken else ""


def received(response: BaseResponse) -> dict[str, Any]:
    """Return the parameters of a request that moto received, under their names in the model.

    Args:
        response: moto's handler of the request.
    """
    response.parse_parameters(response.normalized_request)
    return dict(response.params)


def _check(shape: Shape, value: Any, path: str) -> Iterator[str]:
    expected = _TYPES.get(shape.type_name)
    if expected and (not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected)):
        yield _broken(shape, value, path, f"Member must be of type {shape.type_name}")
    elif isinstance(shape, StructureShape):
        yield from _check_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _check_bounds(shape, value, len(value), path, "length")
        for number, item in enumerate(value, 1):
            yield from _check(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape):
        yield from _check_bounds(shape, value, len(value), path, "length")
        for key, item in value.items():
            yield from _check(shape.key, key, f"{path}.key")
            yield from _check(shape.value, item, f"{path}.{key}.member")
    elif shape.type_name == "string":
        yield from _check_string(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _check_bounds(shape, value, value, path, "value")


def _check_structure(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        member_path = f"{path}.{_lower_first(name)}" if path else _lower_first(name)
        if value.get(name) is not None:
            yield from _check(member, value[name], member_path)
        elif name in shape.required_members:
            yield f"Value null at '{member_path}' failed to satisfy constraint: Member must not be null"


def _check_string(shape: Shape, value: str, path: str) -> Iterator[str]:
    yield from _check_bounds(shape, value, len(value), path, "length")
    # The names of enums are patterns too; the one sentence about the enum says it all.
    if shape.metadata.get("enum"):
        if value not in shape.metadata["enum"]:
            allowed = ", ".join(shape.metadata["enum"])
            yield _broken(shape, value, path, f"Member must satisfy enum value set: [{allowed}]")
    elif "pattern" in shape.metadata and not regex.fullmatch(shape.metadata["pattern"], value):
        pattern = shape.metadata["pattern"]
        yield _broken(shape, value, path, f"Member must satisfy regular expression pattern: {pattern}")


def _check_bounds(shape: Shape, value: Any, size: float, path: str, what: str) -> Iterator[str]:
    for bound, is_broken, words in _BOUNDS:
        if bound in shape.metadata and is_broken(size, shape.metadata[bound]):
            yield _broken(
                shape, value, path, f"Member must have {what} {words} than or equal to {shape.metadata[bound]}"
            )


def _broken(shape: Shape, value: Any, path: str, constraint: str) -> str:
    shown = "Value" if shape.metadata.get("sensitive") else f"Value '{value}'"
    return f"{shown} at '{path}' failed to satisfy constraint: {constraint}"


def _lower_first(name: str) -> str:
    return name[0].lower() + name[1:]
