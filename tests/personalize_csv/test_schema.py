import json
import subprocess
import sys
from typing import Any

import pytest

from personalize_csv import Schema, SchemaError
from personalize_csv.schema import Field, dataset_type


def parse(*fields: Any, kind: str = "USERS") -> Schema:
    return Schema.parse(json.dumps({"type": "record", "name": "Users", "fields": list(fields)}), kind)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("INTERACTIONS", "Interactions"),
        ("users", "Users"),
        ("Items", "Items"),
        ("ACTIONS", "Actions"),
        ("ACTION_INTERACTIONS", "Action_Interactions"),
        ("ActionInteractions", "Action_Interactions"),
    ],
)
def test_dataset_type(name: str, known: str) -> None:
    assert dataset_type(name) == known


def test_unknown_dataset_type() -> None:
    with pytest.raises(SchemaError, match="unknown dataset type 'Things', expected one of Interactions, Users"):
        dataset_type("Things")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"name": "A", "type": "long"}, Field("A", ("long",))),
        ({"name": "A", "type": ["null", "string"]}, Field("A", ("string",), nullable=True)),
        ({"name": "A", "type": {"type": "long", "logicalType": "x"}}, Field("A", ("long",))),
        ({"name": "A", "type": "string", "categorical": True}, Field("A", ("string",), categorical=True)),
        ({"name": "A", "type": ["string", "null"], "textual": "true"}, Field("A", ("string",), True, textual=True)),
        ({"name": "A", "type": "int", "default": 0}, Field("A", ("int",), has_default=True)),
    ],
)
def test_field(field: dict[str, Any], expected: Field) -> None:
    assert parse(field).fields == (expected,)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '"x"', '{"fields": []}', '{"fields": [{"type": "long"}]}', '{"fields": [{"name": "A"}]}']
)
def test_what_is_no_schema(text: str) -> None:
    with pytest.raises(SchemaError):
        Schema.parse(text, "USERS")


def test_required_fields() -> None:
    schema = parse(
        {"name": "USER_ID", "type": ["null", "string"]},
        {"name": "AGE", "type": "int"},
        {"name": "CITY", "type": ["null", "string"]},
        {"name": "RANK", "type": "int", "default": 1},
    )
    assert [field.name for field in schema.fields if schema.is_required(field)] == ["USER_ID", "AGE"]


def test_the_package_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import personalize_csv; "
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}; "
        "sys.exit(str(new - set(sys.stdlib_module_names) - {'personalize_csv'}) if "
        "new - set(sys.stdlib_module_names) - {'personalize_csv'} else 0)"
    )
    source_root = __file__.rpartition("/tests/")[0] + "/constructs"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, env={"PYTHONPATH": source_root})
