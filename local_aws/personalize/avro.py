"""Schemas of datasets: flat Avro records, as Personalize documents them.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
"""

import json

from local_aws.personalize.errors import invalid_input
from personalize_csv.schema import Schema, SchemaError, dataset_type, required_columns

_TYPES = frozenset({"float", "double", "int", "long", "string", "boolean", "null"})


def check_schema(text: str, domain: str | None, kind: str | None = None) -> Schema:
    """Check that a schema is one that a dataset can have.

    Args:
        text: The Avro schema, JSON text.
        domain: ``ECOMMERCE``, ``VIDEO_ON_DEMAND``, or None for a custom dataset group.
        kind: The type of the dataset that is to have the schema; None if there is none yet.

    Returns:
        The schema in the form that the rules for CSV files use.

    Raises:
        PersonalizeError: It can't be such a schema.
    """
    try:
        record = json.loads(text)
    except ValueError as error:
        raise invalid_input(f"The schema is not JSON: {error}.") from error
    try:
        name = dataset_type(str(record.get("name"))) if isinstance(record, dict) else ""
        schema = Schema.parse(text, name or "Users", domain)
    except SchemaError as error:
        raise invalid_input(f"The schema is not valid: {error}.") from error
    if record.get("type") != "record":
        raise invalid_input("The schema is not valid: its type is not record.")
    if kind is not None and kind != name:
        raise invalid_input(f"The schema is for {name} datasets, not for {kind}.")
    # Schemas in lower case were seen to be accepted.
    names = [field.reserved_name for field in schema.fields]
    for field in schema.fields:
        if names.count(field.reserved_name) > 1:
            raise invalid_input(f"The schema is not valid: it has field {field.name} more than once.")
        if unknown := set(field.types) - _TYPES:
            raise invalid_input(f"The schema is not valid: {field.name} has type {', '.join(sorted(unknown))}.")
    if missing := [column for column in required_columns(schema.dataset_type, schema.domain) if column not in names]:
        raise invalid_input(f"The schema is not valid: required fields are missing: {', '.join(missing)}.")
    return schema
