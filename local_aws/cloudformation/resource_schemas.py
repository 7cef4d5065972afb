"""What CloudFormation says about its resource types: the schemas of its registry, as cfn-lint brings them along.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_REGION = "us-east-1"


@dataclass(frozen=True)
class ResourceSchema:
    """A resource type.

    Attributes:
        properties: The names of all its properties, those that only Fn::GetAtt returns included.
        required: Those that must be given.
        create_only: Those whose change needs a new resource.
        identifier: The one that is the physical id; empty if it is made of several.
        closed: Whether it has no properties but these.
        deletes_first: Whether a replacement deletes the old resource before it creates the new one.
    """

    properties: frozenset[str]
    required: frozenset[str]
    create_only: frozenset[str]
    identifier: str
    closed: bool
    deletes_first: bool


@cache
def schema_of(type_name: str) -> ResourceSchema | None:
    """Return the schema of a resource type; None if AWS has no such type."""
    file = _files().get(type_name)
    if file is None:
        return None
    found = json.loads((_folder() / "resources" / f"{file}.json").read_bytes())
    identifiers = _names(found, "primaryIdentifier")
    return ResourceSchema(
        properties=frozenset(found["properties"]),
        required=frozenset(found.get("required", ())),
        create_only=_names(found, "createOnlyProperties", "conditionalCreateOnlyProperties"),
        identifier=next(iter(identifiers)) if len(identifiers) == 1 else "",
        closed="patternProperties" not in found,
        deletes_first=found.get("replacementStrategy") == "delete_then_create",
    )


def _names(found: dict[str, Any], *lists: str) -> frozenset[str]:
    """The names of properties that are listed as a whole, without their members."""
    pointers = [pointer.split("/")[2:] for name in lists for pointer in found.get(name, ())]
    return frozenset(pointer[0] for pointer in pointers if len(pointer) == 1)


@cache
def _files() -> dict[str, str]:
    files: dict[str, str] = json.loads((_folder() / "providers" / f"{_REGION}.json").read_bytes())
    return files


@cache
def _folder() -> Path:
    # Found, not imported: the import takes seconds.
    package = importlib.util.find_spec("cfnlint")
    assert package is not None, "cfn-lint is missing"
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "data" / "schemas"
