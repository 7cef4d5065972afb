"""What synthesis can know of the dataset of an import.

It is asked once, since each question is a call to the CDK's own process.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import._template.arns import Arns, is_token, target
from personalize_csv import DATASET_TYPES, Schema, SchemaError


class NoDatasetError(Exception):
    """An ARN is that of something else; the text says of what."""


@dataclass(frozen=True)
class KnownDataset:
    """What is known of a dataset.

    Attributes:
        arn: Its ARN, as it was given.
        policy_arn: Its ARN for the function's policy, without a reference to the dataset where the ARN can be told. A
            reference would make every import of the stack wait for every dataset of the stack, and close a circle as
            soon as one of them waits for an import.
        schema_arn: The ARN of its schema for the function's policy, None when it can't be told.
        dataset_type: Its type, None when the app doesn't tell.
        schema: Its schema, None when the app doesn't make it, or makes one that Personalize would refuse.
        made: The dataset itself, None when the app doesn't make it.
        stack: The stack of a dataset that the app makes.
    """

    arn: str
    policy_arn: str
    schema_arn: str | None
    dataset_type: str | None
    schema: Schema | None
    made: personalize.CfnDataset | None = None
    stack: cdk.Stack | None = None

    @property
    def key(self) -> object:
        """What tells datasets of an app apart."""
        return self.made or self.arn

    @classmethod
    def of(cls, arn: str) -> KnownDataset:
        """Find out what there is to know.

        Args:
            arn: ARN of the dataset.

        Raises:
            NoDatasetError: It is the ARN of something else of the app.
        """
        made = target(arn)
        for kind in (personalize.CfnDatasetGroup, personalize.CfnSchema):
            if isinstance(made, kind):
                raise NoDatasetError(f"the ARN of {made.node.path}, an aws_personalize.{kind.__name__}")
        if not isinstance(made, personalize.CfnDataset):
            end = re.search(r"/([A-Z_]+)$", arn)
            return cls(arn, arn, None, _known_type(end[1]) if end else None, None)
        properties = made._cfn_properties
        group, schema = target(properties["datasetGroupArn"]), target(properties["schemaArn"])
        dataset_type, stack = properties["datasetType"], cdk.Stack.of(made)
        policy_arn = _arn(stack, group, dataset_type) if isinstance(group, personalize.CfnDatasetGroup) else None
        known_type = _known_type(dataset_type)
        known_schema, schema_arn = None, None
        if isinstance(schema, personalize.CfnSchema):
            by_type = _schemas.setdefault(schema, {})
            if known_type not in by_type:
                by_type[known_type] = _schema(schema, known_type)
            schema_arn, known_schema = by_type[known_type]
        return cls(arn, policy_arn or arn, schema_arn, known_type, known_schema, made, stack)


def _arn(stack: cdk.Stack, group: personalize.CfnDatasetGroup, dataset_type: str) -> str | None:
    name = group.name
    if is_token(name) or is_token(dataset_type):
        return None
    return Arns.of(stack).personalize(f"dataset/{name}/{dataset_type.upper()}")


# Many datasets can have one schema.
_schemas: WeakKeyDictionary[personalize.CfnSchema, dict[str | None, tuple[str | None, Schema | None]]]
_schemas = WeakKeyDictionary()


def _schema(schema: personalize.CfnSchema, dataset_type: str | None) -> tuple[str | None, Schema | None]:
    """Return the ARN of a schema for the function's policy, and the schema."""
    name = schema.name
    arn = None if is_token(name) else Arns.of(cdk.Stack.of(schema)).personalize(f"schema/{name}")
    return arn, _parsed(schema, dataset_type, name)


def _parsed(schema: personalize.CfnSchema, dataset_type: str | None, name: str) -> Schema | None:
    text = schema.schema
    if dataset_type is None or is_token(text):
        return None
    try:
        return Schema.parse(text, dataset_type, schema.domain, name)
    except SchemaError:
        # Personalize says so when it makes the schema.
        return None


def _known_type(name: str) -> str | None:
    return next((known for known in DATASET_TYPES if known.lower() == name.lower()), None)
