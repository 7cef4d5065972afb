"""Personalize's datasets and lists, as its API reference and guide document them.

https://docs.aws.amazon.com/personalize/latest/dg/API_Operations_Amazon_Personalize.html
"""

import re
from typing import Any

import pytest
from contract.account import Account, refusal
from contract.personalize import Personalize

UNKNOWN = "arn:aws:personalize:us-east-1:123456789012:{}/contract-unknown"


@pytest.mark.parametrize(
    ("operation", "member", "kind"),
    [
        ("describe_dataset_import_job", "datasetImportJobArn", "dataset-import-job"),
        ("describe_dataset", "datasetArn", "dataset"),
        ("describe_dataset_group", "datasetGroupArn", "dataset-group"),
        ("describe_schema", "schemaArn", "schema"),
        ("delete_schema", "schemaArn", "schema"),
        ("delete_dataset", "datasetArn", "dataset"),
    ],
)
def test_what_is_not_there_is_not_found(personalize: Personalize, operation: str, member: str, kind: str) -> None:
    arn = re.sub("us-east-1:[0-9]+", ":".join(personalize.group.split(":")[3:5]), UNKNOWN.format(kind))
    code, message = refusal(getattr(personalize.client, operation), **{member: arn})
    assert (code, bool(message)) == ("ResourceNotFoundException", True)


def test_lists_refuse_a_token_that_they_did_not_give(personalize: Personalize) -> None:
    code, _ = refusal(personalize.client.list_dataset_import_jobs, nextToken="not-a-token")
    assert code == "InvalidNextTokenException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"jobName": "a name with spaces"},
        {"jobName": "x" * 64},
        {"dataSource": {"dataLocation": "bucket/key.csv"}},
        {"importMode": "SOMETIMES"},
        {"roleArn": "not-a-role"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_the_reference_excludes_is_refused(personalize: Personalize, wrong: dict[str, Any]) -> None:
    request = {
        "jobName": "contract",
        "datasetArn": personalize.dataset("Interactions"),
        "dataSource": {"dataLocation": "s3://bucket/key.csv"},
        "roleArn": personalize.role,
    }
    code, _ = refusal(personalize.client.create_dataset_import_job, **(request | wrong))
    assert code in ("InvalidInputException", "ValidationException")


def test_a_schema_keeps_its_text_and_its_name(personalize: Personalize) -> None:
    personalize.dataset("Interactions")
    name = f"{personalize.account.name}-Interactions"
    pages = personalize.client.get_paginator("list_schemas").paginate()
    (listed,) = (schema for page in pages for schema in page["schemas"] if schema["name"] == name)
    schema = personalize.client.describe_schema(schemaArn=listed["schemaArn"])["schema"]
    assert '"TIMESTAMP"' in schema["schema"]
    again = {"name": name, "schema": schema["schema"]}
    assert refusal(personalize.client.create_schema, **again)[0] == "ResourceAlreadyExistsException"
    assert refusal(personalize.client.create_schema, name=f"{name}-2", schema="{")[0] == "InvalidInputException"
    assert refusal(personalize.client.delete_schema, schemaArn=listed["schemaArn"])[0] == "ResourceInUseException"


def test_a_dataset_is_described_listed_and_tagged(personalize: Personalize, account: Account) -> None:
    arn = personalize.dataset("Interactions")
    dataset = personalize.client.describe_dataset(datasetArn=arn)["dataset"]
    assert (dataset["datasetArn"], dataset["datasetGroupArn"]) == (arn, personalize.group)
    assert dataset["datasetType"].upper() == "INTERACTIONS"
    assert arn.endswith(f":dataset/{account.name}/INTERACTIONS")
    listed = personalize.client.list_datasets(datasetGroupArn=personalize.group)["datasets"]
    assert arn in [each["datasetArn"] for each in listed]
    tags = personalize.client.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == account.tags("tagKey", "tagValue")


def test_a_group_with_datasets_is_not_deleted(personalize: Personalize) -> None:
    personalize.dataset("Interactions")
    code, _ = refusal(personalize.client.delete_dataset_group, datasetGroupArn=personalize.group)
    assert code == "ResourceInUseException"
