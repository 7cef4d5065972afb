"""Resource properties turned into a request of the service's API, with the types that its model asks for.

Templates may hold ``"128"`` where the API takes a number, and CloudFormation says ``PolicyDocument`` where an API says
``policyDocument``; the model settles both.
"""

from typing import Any

from local_aws.cloudformation.intrinsics import text
from local_aws.cloudformation.resources.base import ResourceError, document

_TRUE_FALSE = {"true": True, "false": False}


def api_input(client: Any, operation: str, properties: Any) -> dict[str, Any]:
    """Return ``properties`` as parameters of an operation.

    Args:
        client: The service's boto3 client.
        operation: The operation's name in the service model, such as ``CreateFunction``.
        properties: Properties of the resource.

    Raises:
        ResourceError: If a property isn't in the API's model, or can't be converted to its type.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    converted: dict[str, Any] = shaped(properties, shape)
    return converted


def shaped(value: Any, shape: Any, path: str = "#") -> Any:
    """Return ``value`` with the member names and scalar types of a shape of the service model."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise ResourceError(f"Properties validation failed: {path}: expected type: JSONObject, found: {value!r}")
        members = {name.lower(): name for name in shape.members}
        result = {}
        for name, item in value.items():
            member = name if name in shape.members else members.get(name.lower())
            if member is None:
                raise ResourceError(f"Properties validation failed: {path}: extraneous key [{name}] is not permitted")
            result[member] = shaped(item, shape.members[member], f"{path}/{name}")
        return result
    if kind == "list":
        if not isinstance(value, list):
            raise ResourceError(f"Properties validation failed: {path}: expected type: JSONArray, found: {value!r}")
        return [shaped(item, shape.member, f"{path}/{index}") for index, item in enumerate(value)]
    if kind == "map":
        return {key: shaped(item, shape.value, f"{path}/{key}") for key, item in value.items()}
    return _scalar(value, kind, path)


def _scalar(value: Any, kind: str, path: str) -> Any:
    try:
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
        if kind == "boolean" and not isinstance(value, bool):
            return _TRUE_FALSE[str(value).lower()]
    except (ValueError, TypeError, KeyError) as error:
        raise ResourceError(f"Properties validation failed: {path}: expected type: {kind}, found: {value!r}") from error
    if kind == "string":
        return document(value) if isinstance(value, dict | list) else text(value)
    return value
