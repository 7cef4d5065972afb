from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, Shape, StructureShape

from local_aws.request_check import check, service_model

ARN = "arn:aws:personalize:us-east-1:123456789012:dataset/group/USERS"
ROLE = "arn:aws:iam::123456789012:role/path/name"
JOB = {"jobName": "job", "datasetArn": ARN, "dataSource": {"dataLocation": "s3://bucket/key"}, "roleArn": ROLE}

# A text for each pattern of the models that are walked.
EXAMPLES = {
    r"(s3|http|https)://.+": "s3://bucket/key",
    r"[A-Za-z_][A-Za-z\d_]*": "A_1",
    r"\p{ASCII}{0,1500}": "token",
    r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$": "Größe 1",
    r"^[A-Za-z_]+$": "Users",
    r"^[a-zA-Z0-9][a-zA-Z0-9\-_]*": "name-1",
    r"arn:([a-z\d-]+):iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+": ROLE,
    r"arn:([a-z\d-]+):personalize:.*:.*:.+": ARN,
    r"arn:aws.*:kms:.*:[0-9]{12}:key/.*": "arn:aws:kms:us-east-1:123456789012:key/k",
    r"rate\(\d+ days?\)": "rate(2 days)",
    r"(?=[/\.\-_A-Za-z0-9]+)((?!aws\.).*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)": "source",
    r"[0-9a-zA-Z-_.]+": "name_1.0",
    r"[A-Za-z0-9\-_]*": "name",
    r"[^/]+": "name",
    r"[a-zA-Z0-9-_]+": "token",
    r"arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@\/-]+": ROLE,
    r"arn:aws[a-z-]*:kms:[a-z0-9\-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*": "arn:aws:kms:us-east-1:123456789012:key/k",
    r"arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+": (
        "arn:aws:scheduler:us-east-1:123456789012:schedule-group/g"
    ),
    r"arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule\/[0-9a-zA-Z-_.]+\/[0-9a-zA-Z-_.]+": (
        "arn:aws:scheduler:us-east-1:123456789012:schedule/g/s"
    ),
    r"arn:aws[a-z-]*:sqs:[a-z0-9\-]+:\d{12}:[a-zA-Z0-9\-_]+": "arn:aws:sqs:us-east-1:123456789012:queue",
}
OPERATIONS = [
    (service, operation)
    for service in ("personalize", "scheduler")
    for operation in service_model(service).operation_names
]


def valid(shape: Shape) -> Any:
    """A valid value with every member of every structure."""
    if isinstance(shape, StructureShape):
        return {name: valid(member) for name, member in shape.members.items()}
    if isinstance(shape, ListShape):
        return [valid(shape.member) for _ in range(max(1, shape.metadata.get("min", 1)))]
    if shape.type_name == "map":
        return {valid(shape.key): valid(shape.value)}
    if shape.type_name == "string":
        if shape.metadata.get("enum"):
            return shape.metadata["enum"][0]
        text = EXAMPLES[shape.metadata["pattern"]] if "pattern" in shape.metadata else "text"
        return text.ljust(shape.metadata.get("min", 0), "x")
    if shape.type_name == "timestamp":
        return 0.0
    return {"boolean": True}.get(shape.type_name, shape.metadata.get("min", 1))


def broken(shape: Shape, path: str = "") -> Iterator[tuple[Any, str]]:
    """Values in which one constraint is broken, and a part of what must be said of each."""
    metadata = shape.metadata
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            member_path = f"{path}.{name[0].lower()}{name[1:]}".lstrip(".")
            others = {other: valid(shape.members[other]) for other in shape.members if other != name}
            if name in shape.required_members:
                yield others, f"at '{member_path}' failed to satisfy constraint: Member must not be null"
            for value, text in broken(member, member_path):
                yield {**others, name: value}, text
        return
    if shape.type_name not in ("timestamp", "blob"):
        yield object(), f"at '{path}' failed to satisfy constraint: Member must be of type {shape.type_name}"
    if isinstance(shape, ListShape):
        for value, text in broken(shape.member, f"{path}.1.member"):
            yield [value, *[valid(shape.member)] * (metadata.get("min", 1) - 1)], text
        if metadata.get("min"):
            yield [], f"at '{path}' failed to satisfy constraint: Member must have length greater"
        if "max" in metadata:
            value = [valid(shape.member)] * (metadata["max"] + 1)
            yield value, f"at '{path}' failed to satisfy constraint: Member must have length less"
    elif shape.type_name == "string":
        if metadata.get("min"):
            yield "", f"at '{path}' failed to satisfy constraint: Member must have length greater"
        if "max" in metadata:
            text = "x" * (metadata["max"] + 1)
            yield text, f"at '{path}' failed to satisfy constraint: Member must have length less"
        if metadata.get("enum"):
            yield "no such value", f"at '{path}' failed to satisfy constraint: Member must satisfy enum value set"
        elif "pattern" in metadata and metadata["pattern"] != r"\p{ASCII}{0,1500}":
            yield "\n/§", f"at '{path}' failed to satisfy constraint: Member must satisfy regular expression"
    elif shape.type_name in ("integer", "long", "float", "double"):
        if "min" in metadata:
            value = metadata["min"] - 1
            yield value, f"at '{path}' failed to satisfy constraint: Member must have value greater"
        if "max" in metadata:
            value = metadata["max"] + 1
            yield value, f"at '{path}' failed to satisfy constraint: Member must have value less"


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_every_constraint_of_every_operation_is_checked(service: str, operation: str) -> None:
    shape = service_model(service).operation_model(operation).input_shape
    if shape is None:
        return

    assert check(service, operation, valid(shape)) == ""
    for value, text in broken(shape):
        assert text in check(service, operation, value)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"jobName": "-job"},
            "1 validation error detected: Value '-job' at 'jobName' failed to satisfy constraint: Member must satisfy "
            r"regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\-_]*",
        ),
        (
            {"jobName": "j" * 64},
            f"1 validation error detected: Value '{'j' * 64}' at 'jobName' failed to satisfy constraint: Member must "
            "have length less than or equal to 63",
        ),
        (
            {"jobName": None, "importMode": "ALL"},
            "2 validation errors detected: Value null at 'jobName' failed to satisfy constraint: Member must not be "
            "null; Value 'ALL' at 'importMode' failed to satisfy constraint: Member must satisfy enum value set: "
            "[FULL, INCREMENTAL]",
        ),
        (
            {"dataSource": {"dataLocation": "s3://b/" + "k" * 250}},
            f"1 validation error detected: Value 's3://b/{'k' * 250}' at 'dataSource.dataLocation' failed to satisfy "
            "constraint: Member must have length less than or equal to 256",
        ),
    ],
)
def test_message_reads_as_the_service_writes_it(change: dict[str, Any], expected: str) -> None:
    assert check("personalize", "CreateDatasetImportJob", {**JOB, **change}) == expected


def test_value_of_a_sensitive_member_is_not_repeated() -> None:
    tags = [{"tagKey": "secret!", "tagValue": "v"}]

    found = check("personalize", "CreateDatasetImportJob", {**JOB, "tags": tags})

    assert "1 validation error detected: Value at 'tags.1.member.tagKey' failed to satisfy constraint" in found
    assert "secret" not in found


def test_true_is_no_number() -> None:
    assert check("personalize", "ListDatasetImportJobs", {"maxResults": True})


def tagged(value: str) -> str:
    tags = [{"tagKey": "key", "tagValue": value}]
    return check("personalize", "CreateDatasetImportJob", {**JOB, "tags": tags})


@pytest.mark.parametrize("text", ["", "Größe", "日本語", "a b", "²"])
def test_java_classes_of_characters_are_understood(text: str) -> None:
    assert tagged(text) == ""


@pytest.mark.parametrize("text", ["a!", "a\tb", "€"])
def test_java_classes_of_characters_exclude_others(text: str) -> None:
    assert tagged(text)
