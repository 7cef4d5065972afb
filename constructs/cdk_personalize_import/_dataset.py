"""What synthesis can know of the dataset of an import: its ARN without a reference to it, its schema."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import IConstruct

from cdk_personalize_import._template.arns import is_token


def known_dataset(dataset_arn: str) -> personalize.CfnDataset | None:
    """Return the dataset with that ARN, None when the app doesn't make it."""
    target = _target(dataset_arn)
    return target if isinstance(target, personalize.CfnDataset) else None


def known_schema(dataset: personalize.CfnDataset) -> personalize.CfnSchema | None:
    """Return the schema of a dataset, None when the app doesn't make it."""
    target = _target(dataset.schema_arn)
    return target if isinstance(target, personalize.CfnSchema) else None


def _arn_without_reference(dataset: personalize.CfnDataset) -> str | None:
    """Return the ARN that a dataset will have, None when it can't be told.

    The function's policy names the datasets in this way where it can. A reference would make every import of the
    stack wait for every dataset of the stack, and close a circle as soon as one of them waits for an import.
    """
    group = _target(dataset.dataset_group_arn)
    if not isinstance(group, personalize.CfnDatasetGroup):
        return None
    parts = (group.name, dataset.dataset_type)
    if any(not isinstance(part, str) or cdk.Token.is_unresolved(part) for part in parts):
        return None
    return cdk.Stack.of(dataset).format_arn(
        service="personalize", resource="dataset", resource_name=f"{group.name}/{str(dataset.dataset_type).upper()}"
    )


def _schema_arn_without_reference(schema: personalize.CfnSchema) -> str | None:
    """Return the ARN that a schema will have, None when it can't be told."""
    if cdk.Token.is_unresolved(schema.name):
        return None
    return cdk.Stack.of(schema).format_arn(service="personalize", resource="schema", resource_name=schema.name)


def _target(arn: str) -> IConstruct | None:
    if not is_token(arn):
        return None
    fragments = cdk.Tokenization.reverse_string(arn)
    token = fragments.first_token
    if fragments.length != 1 or token is None or not cdk.Reference.is_reference(token):
        return None
    assert isinstance(token, cdk.Reference)
    return token.target


def arn_for_policy(dataset_arn: str) -> str:
    """Return a dataset's ARN for a policy: without a reference where that can be told, else as it is."""
    dataset = known_dataset(dataset_arn)
    return (dataset and _arn_without_reference(dataset)) or dataset_arn


def schema_arn_for_policy(dataset_arn: str) -> str | None:
    """Return the ARN of a dataset's schema for a policy, None when it can't be told."""
    dataset = known_dataset(dataset_arn)
    schema = known_schema(dataset) if dataset else None
    return _schema_arn_without_reference(schema) if schema else None
