"""What the data is for: a dataset's type, domain and schema, from options or from Personalize."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from personalize_csv import DATASET_TYPES, Schema, SchemaError
from personalize_import_cli.aws import AwsError, is_code, meaning

TYPES = tuple(name.lower().replace("_", "-") for name in DATASET_TYPES)
DOMAINS = ("ecommerce", "video-on-demand")


def schema_of_file(path: Path, dataset_type: str, domain: str | None) -> Schema:
    """Read the schema of a dataset from a file.

    Args:
        path: An Avro schema, JSON, as CreateSchema takes it.
        dataset_type: One of `TYPES`.
        domain: One of `DOMAINS`, None for a custom dataset group.

    Raises:
        UsageError: The file is no schema.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return Schema.parse(text, _api_name(dataset_type), _api_name(domain) if domain else None, str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"the schema {path} can't be read: {error}.") from error
    except SchemaError as error:
        raise click.UsageError(f"{path}: {error}.") from error


def schema_of_dataset(personalize: Any, dataset_arn: str) -> Schema:
    """Ask Personalize for the schema of a dataset.

    Raises:
        AwsError: There is no such dataset, or Personalize doesn't tell.
    """
    try:
        dataset = personalize.describe_dataset(datasetArn=dataset_arn)["dataset"]
        schema = personalize.describe_schema(schemaArn=dataset["schemaArn"])["schema"]
    except Exception as error:
        if is_code(error, "ResourceNotFoundException", "InvalidInputException"):
            raise AwsError(f"there is no dataset {dataset_arn}") from error
        raise meaning(error) from error
    try:
        return Schema.parse(schema["schema"], dataset["datasetType"], schema.get("domain"), schema["name"])
    except SchemaError as error:
        raise AwsError(f"{schema['schemaArn']}: {error}") from error


def _api_name(option: str) -> str:
    return option.upper().replace("-", "_")
