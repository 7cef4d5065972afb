"""The Avro schema of a dataset: its fields and which of them a file must have.

Pages: how-it-works-dataset-schema (formatting requirements, data types), and the page of each dataset type
(interactions-datasets, users-datasets, items-datasets, actions-datasets, action-interactions-datasets).

The pages write every name in capitals. Imports with schemas and files in lower case were seen to succeed, so capitals
make no difference to which name is meant.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

DATASET_TYPES = ("Interactions", "Users", "Items", "Actions", "Action_Interactions")
ID_COLUMNS = frozenset({"USER_ID", "ITEM_ID", "ACTION_ID"})

_REQUIRED = {
    "Interactions": ("USER_ID", "ITEM_ID", "TIMESTAMP"),
    "Users": ("USER_ID",),
    "Items": ("ITEM_ID",),
    "Actions": ("ACTION_ID",),
    "Action_Interactions": ("USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE"),
}
# Pages interactions-datasets and items-datasets, "VIDEO_ON_DEMAND / ECOMMERCE domain requirements".
_REQUIRED_IN_DOMAIN = {
    ("Interactions", "ECOMMERCE"): ("EVENT_TYPE",),
    ("Interactions", "VIDEO_ON_DEMAND"): ("EVENT_TYPE",),
    ("Items", "ECOMMERCE"): ("PRICE", "CATEGORY_L1"),
    ("Items", "VIDEO_ON_DEMAND"): ("GENRES", "CREATION_TIMESTAMP"),
}
# The columns that hold Unix epoch seconds. That of an action's expiration has two names in the documentation.
SECONDS = frozenset({"TIMESTAMP", "CREATION_TIMESTAMP", "EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"})
RESERVED = (
    ID_COLUMNS
    | SECONDS
    | {"EVENT_TYPE", "EVENT_VALUE", "IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE", "REPEAT_FREQUENCY"}
    | {name for names in _REQUIRED_IN_DOMAIN.values() for name in names}
)
"""The names that have a meaning of their own, in some dataset type or domain."""


class SchemaError(ValueError):
    """The text is not an Avro schema of the form that Personalize documents."""


def dataset_type(name: str) -> str:
    """Return the dataset type as the API writes it, whatever the capitals of `name`.

    Raises:
        SchemaError: `name` is none of the five dataset types.
    """
    wanted = name.replace("_", "").lower()
    for known in DATASET_TYPES:
        if known.replace("_", "").lower() == wanted:
            return known
    raise SchemaError(f"unknown dataset type {name!r}, expected one of {', '.join(DATASET_TYPES)}")


def required_columns(dataset_type: str, domain: str | None) -> tuple[str, ...]:
    """Return the columns that every file of a dataset type has, one of `DATASET_TYPES`, in a domain or in none."""
    return _REQUIRED[dataset_type] + _REQUIRED_IN_DOMAIN.get((dataset_type, domain or ""), ())


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of a schema.

    Attributes:
        name: name of the column.
        types: Avro types of the field's union without `null`, for example `("string",)`; types that Personalize does
            not document are kept as they are and not checked.
        nullable: whether the union has `null`, so that a cell may be empty.
        has_default: whether the field has an Avro default; the documentation is silent on those.
        categorical: whether the field is marked categorical.
        textual: whether the field is marked textual.
    """

    name: str
    types: tuple[str, ...]
    nullable: bool = False
    has_default: bool = False
    categorical: bool = False
    textual: bool = False

    @property
    def reserved_name(self) -> str:
        """The name as the documentation writes it, which tells whether the field has a meaning of its own."""
        return self.name.upper()

    @property
    def needs_value(self) -> bool:
        """Whether each record must have a value: the field has neither null nor a default."""
        return not self.nullable and not self.has_default


@dataclasses.dataclass(frozen=True)
class Schema:
    """The schema of a dataset.

    Attributes:
        dataset_type: one of `DATASET_TYPES`.
        fields: the fields, in the schema's order.
        domain: `ECOMMERCE`, `VIDEO_ON_DEMAND`, or None in a custom dataset group.
        name: name or ARN for messages; empty when the caller gave none.
    """

    dataset_type: str
    fields: tuple[Field, ...]
    domain: str | None = None
    name: str = ""

    @classmethod
    def parse(cls, schema_json: str, dataset_type: str, domain: str | None = None, name: str = "") -> Schema:
        """Read an Avro schema as DescribeSchema returns it.

        Args:
            schema_json: the Avro schema, JSON text.
            dataset_type: type of the dataset in any capitals, for example `INTERACTIONS`.
            domain: domain of the schema; None for a custom dataset group.
            name: name or ARN of the schema, for messages.

        Raises:
            SchemaError: the text is not a flat Avro record, or the dataset type is unknown.
        """
        known_type = _dataset_type(dataset_type)
        try:
            record = json.loads(schema_json)
        except ValueError as error:
            raise SchemaError(f"the schema is not JSON: {error}") from error
        fields = record.get("fields") if isinstance(record, dict) else None
        if not isinstance(fields, list) or not fields:
            raise SchemaError("the schema is not an Avro record with fields")
        return cls(known_type, tuple(_field(field) for field in fields), domain or None, name)

    @property
    def label(self) -> str:
        """The schema in a message: its name, else its dataset type."""
        return f"schema {self.name}" if self.name else f"the {self.dataset_type} schema"

    def is_required(self, field: Field) -> bool:
        """Whether a file must have the field's column.

        A field that does not allow null is required, and so is a field that its dataset type or domain requires.
        """
        return field.needs_value or field.reserved_name in required_columns(self.dataset_type, self.domain)


# The classmethod's argument of the same name hides the function.
_dataset_type = dataset_type


def _field(value: Any) -> Field:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        raise SchemaError("a field of the schema has no name")
    union = value.get("type")
    types = [_type_name(member) for member in (union if isinstance(union, list) else [union])]
    return Field(
        name=value["name"],
        types=tuple(name for name in types if name != "null"),
        nullable="null" in types,
        has_default="default" in value,
        categorical=_is_true(value.get("categorical")),
        textual=_is_true(value.get("textual")),
    )


def _type_name(member: Any) -> str:
    # Avro also writes a primitive type as {"type": "long"}.
    if isinstance(member, dict):
        member = member.get("type")
    if not isinstance(member, str):
        raise SchemaError("a field of the schema has no type")
    return member


def _is_true(value: Any) -> bool:
    return value is True or value == "true"
