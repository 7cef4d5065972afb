"""The preflight against real S3 clients (moto) and a made Personalize; no test waits."""

import gzip
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from cdk_personalize_import_handler.dataset_import import preflight
from cdk_personalize_import_handler.dataset_import.preflight import BUDGET, MAX_ERRORS, MAX_FILES, Verdict
from cdk_personalize_import_handler.dataset_import.source_files import MAX_START

DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset/shop/INTERACTIONS"
SCHEMA = "arn:aws:personalize:us-east-1:123456789012:schema/interactions-v1"
HEADER = "USER_ID,ITEM_ID,TIMESTAMP\n"
ROWS = "".join(f"u{number},i{number},1596238243\n" for number in range(1000))
AVRO = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
    }
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.now += seconds


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


class Personalize:
    """What the preflight asks of Personalize."""

    def __init__(self) -> None:
        self.dataset: dict[str, Any] = {"datasetType": "INTERACTIONS", "schemaArn": SCHEMA, "status": "ACTIVE"}
        self.schema: dict[str, Any] = {"name": "interactions-v1", "schema": AVRO}
        self.jobs: dict[str, Any] = {"datasetImportJobs": []}
        self.refuse: dict[str, Exception] = {}

    def describe_dataset(self, *, datasetArn: str) -> dict[str, Any]:  # noqa: N803
        assert datasetArn == DATASET
        return self._answer("describe_dataset", {"dataset": self.dataset})

    def describe_schema(self, *, schemaArn: str) -> dict[str, Any]:  # noqa: N803
        assert schemaArn == SCHEMA
        return self._answer("describe_schema", {"schema": self.schema})

    def list_dataset_import_jobs(self, *, datasetArn: str, maxResults: int) -> dict[str, Any]:  # noqa: N803
        assert (datasetArn, maxResults) == (DATASET, 100)
        return self._answer("list_dataset_import_jobs", self.jobs)

    def _answer(self, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        if operation in self.refuse:
            raise self.refuse[operation]
        return answer


class Bucket:
    """A bucket in moto, its client, and what was read."""

    def __init__(self) -> None:
        self.client = boto3.client("s3", region_name="us-east-1")
        self.client.create_bucket(Bucket="shop")
        self.read: list[tuple[str, str]] = []
        self.client.meta.events.register("provide-client-params.s3.GetObject", self._note)

    def empty(self) -> None:
        for item in self.client.list_objects_v2(Bucket="shop").get("Contents", []):
            self.client.delete_object(Bucket="shop", Key=item["Key"])
        self.read.clear()

    def put(self, key: str, body: str | bytes) -> None:
        self.client.put_object(Bucket="shop", Key=key, Body=body.encode() if isinstance(body, str) else body)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        self.read.append((params["Key"], params["Range"]))


@pytest.fixture(scope="module")
def shop() -> Iterator[Bucket]:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    with mock.patch.dict(os.environ, keys), mock_aws():
        yield Bucket()


@pytest.fixture
def bucket(shop: Bucket) -> Bucket:
    shop.empty()
    return shop


@pytest.fixture
def personalize() -> Personalize:
    return Personalize()


def check(personalize: Any, s3: Any, location: str, mode: str = "FULL", clock: Any = None) -> Verdict:
    request = SimpleNamespace(dataset_arn=DATASET, data_location=location, import_mode=mode)
    return preflight.check(request, personalize, s3, clock or Clock())


def test_right_file(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("x.csv", HEADER + ROWS)
    assert check(personalize, bucket.client, "s3://shop/x.csv") == Verdict([], [])
    assert bucket.read == [("x.csv", f"bytes=0-{MAX_START - 1}")]


@pytest.mark.parametrize("location", ["s3://shop/data/", "s3://shop", "s3://shop/"])
def test_right_folder(bucket: Bucket, personalize: Personalize, location: str) -> None:
    folder = "data/" if "data" in location else ""
    bucket.put(f"{folder}a.csv", HEADER + ROWS)
    bucket.put(f"{folder}b.csv", HEADER + "u,i,5\n")
    if folder:
        bucket.put(folder, "")
    assert check(personalize, bucket.client, location) == Verdict([], [])


@pytest.mark.parametrize(
    ("files", "location", "expected"),
    [
        ({}, "s3://shop/x.csv", "s3://shop/x.csv does not exist"),
        ({"x.csv.bak": "x"}, "s3://shop/x.csv", "s3://shop/x.csv does not exist"),
        ({}, "s3://none/x.csv", "s3://none/x.csv does not exist"),
        ({}, "s3://shop/data/", "s3://shop/data/ has no objects"),
        ({"data/": ""}, "s3://shop/data/", "s3://shop/data/ is a folder without files"),
        ({"x.csv": gzip.compress(HEADER.encode())}, "s3://shop/x.csv", "s3://shop/x.csv is compressed with gzip"),
        ({"x.csv": ""}, "s3://shop/x.csv", "s3://shop/x.csv is empty"),
        (
            {"x.csv": HEADER.replace("ITEM_ID", "ITEM") + ROWS},
            "s3://shop/x.csv",
            "s3://shop/x.csv lacks the column ITEM_ID",
        ),
        (
            {"x.csv": HEADER + "u,,5\n" * 1000},
            "s3://shop/x.csv",
            "s3://shop/x.csv line 2, column ITEM_ID, has no value",
        ),
        (
            {"x.csv": HEADER + ROWS.replace("1596238243", "1596238243000")},
            "s3://shop/x.csv",
            "s3://shop/x.csv line 2, column TIMESTAMP, has '9999999999999', which looks like milliseconds",
        ),
        ({"x.csv": HEADER + "u,i,5\n" * 999}, "s3://shop/x.csv", "s3://shop/x.csv has 999 interactions"),
        (
            {"d/a.csv": HEADER + "u,i,5\n" * 600, "d/b.csv": HEADER + "u,i,5\n" * 399},
            "s3://shop/d/",
            "s3://shop/d/ has 999 interactions",
        ),
        (
            {"d/a.csv": HEADER + ROWS, "d/b.csv": "USER_ID,ITEM_ID,TIMESTAMP,X\nu,i,5,x\n"},
            "s3://shop/d/",
            "s3://shop/d/b.csv has other columns than s3://shop/d/a.csv (X)",
        ),
    ],
)
def test_what_is_certain_to_fail(
    bucket: Bucket, personalize: Personalize, files: dict[str, str | bytes], location: str, expected: str
) -> None:
    for key, body in files.items():
        bucket.put(key, body)
    [error] = check(personalize, bucket.client, location).errors
    assert error.startswith(expected)
    assert "; expected " in error


def test_a_missing_column_names_file_column_and_schema(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("x.csv", "USER_ID,ITEM,TIMESTAMP\n")
    error = check(personalize, bucket.client, "s3://shop/x.csv").errors[0]
    assert error == (
        "s3://shop/x.csv lacks the column ITEM_ID in its header (USER_ID, ITEM, TIMESTAMP); "
        "expected every required column of schema interactions-v1"
    )


SECRETS = ("someone@example.com", "4111-1111-1111-1111", "Élodie")


@pytest.mark.parametrize(
    "content",
    [
        f"{SECRETS[0]},{SECRETS[1]},{SECRETS[2]}\n" * 1200,
        HEADER + f"{SECRETS[0]},{SECRETS[1]},{SECRETS[2]}\n" * 1200,
        HEADER + f'"{SECRETS[0]}\n",{SECRETS[1]},1596238243\n' + f"{SECRETS[0]},,{SECRETS[2]},{SECRETS[1]}\n" * 1200,
        HEADER.replace("ITEM_ID", SECRETS[0]) + ROWS,
        HEADER.lower().replace("\n", f",{SECRETS[1]},{SECRETS[2]}\n") + ROWS,
    ],
)
def test_the_data_is_told_nowhere(personalize: Personalize, content: str) -> None:
    verdict = check(personalize, S3({"x.csv": len(content.encode())}, content.encode()), "s3://shop/x.csv")
    told = " ".join([*verdict.errors, *verdict.warnings])
    assert told
    for secret in SECRETS:
        assert secret not in told
        assert secret.split("@")[0].split("-")[0] not in told


def test_an_error_of_the_preflight_itself_does_not_tell_the_data(personalize: Personalize) -> None:
    s3 = S3({"x.csv": 50}, HEADER.encode())
    s3.refuse["x.csv"] = ValueError(SECRETS[0])
    with mock.patch("personalize_csv.check_import", side_effect=ValueError(SECRETS[1])):
        warnings = check(personalize, s3, "s3://shop/x.csv").warnings
    assert warnings == ["the preflight stopped (ValueError)"]
    [warning, *_] = check(personalize, s3, "s3://shop/x.csv").warnings
    assert warning == "s3://shop/x.csv could not be looked at (ValueError)"


@pytest.mark.parametrize(
    ("jobs", "is_first"),
    [
        ({"datasetImportJobs": []}, True),
        ({"datasetImportJobs": [{"status": "CREATE FAILED"}]}, True),
        ({"datasetImportJobs": [{"status": "ACTIVE"}]}, False),
        ({"datasetImportJobs": [{"status": "CREATE IN_PROGRESS"}]}, False),
        ({"datasetImportJobs": [], "nextToken": "more"}, False),
    ],
)
def test_incremental_needs_an_earlier_import(
    bucket: Bucket, personalize: Personalize, jobs: dict[str, Any], is_first: bool
) -> None:
    bucket.put("x.csv", HEADER + ROWS)
    personalize.jobs = jobs
    errors = check(personalize, bucket.client, "s3://shop/x.csv", "INCREMENTAL").errors
    assert len(errors) == is_first
    if is_first:
        assert errors[0].startswith(f"{DATASET} has no earlier import")
    assert check(personalize, bucket.client, "s3://shop/x.csv").errors == []


@pytest.mark.parametrize("failing", ["describe_dataset", "describe_schema", "list_dataset_import_jobs"])
@pytest.mark.parametrize(
    "error",
    [refused("AccessDeniedException"), refused("ThrottlingException"), EndpointConnectionError(endpoint_url="x")],
)
def test_what_personalize_does_not_tell_is_a_warning(
    bucket: Bucket, personalize: Personalize, failing: str, error: Exception
) -> None:
    bucket.put("x.csv", HEADER + ROWS)
    personalize.jobs = {"datasetImportJobs": [{"status": "ACTIVE"}]}
    personalize.refuse[failing] = error
    verdict = check(personalize, bucket.client, "s3://shop/x.csv", "INCREMENTAL")
    assert verdict.errors == []
    told = str(error) if isinstance(error, ClientError) else type(error).__name__
    assert [told in warning for warning in verdict.warnings] == [True]


def test_without_a_schema_the_files_are_looked_at_all_the_same(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("x.csv", gzip.compress(b"x"))
    personalize.refuse["describe_dataset"] = refused("AccessDeniedException")
    assert check(personalize, bucket.client, "s3://shop/x.csv").errors[0].startswith("s3://shop/x.csv is compressed")


@pytest.mark.parametrize("schema", ["", "no JSON", "[]", '{"fields": [{"name": "A"}]}'])
def test_a_schema_that_cannot_be_read_is_a_warning(bucket: Bucket, personalize: Personalize, schema: str) -> None:
    bucket.put("x.csv", "A,B\n1,2\n")
    personalize.schema = {"schema": schema}
    verdict = check(personalize, bucket.client, "s3://shop/x.csv")
    assert verdict.errors == []
    assert SCHEMA in verdict.warnings[0]


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE FAILED", "DELETE IN_PROGRESS"])
def test_a_dataset_that_is_not_active_is_a_warning(bucket: Bucket, personalize: Personalize, status: str) -> None:
    bucket.put("x.csv", HEADER + ROWS)
    personalize.dataset["status"] = status
    assert check(personalize, bucket.client, "s3://shop/x.csv") == Verdict([], [f"the dataset {DATASET} is {status}"])


def test_data_is_not_compared_with_a_schema_that_is_being_replaced(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("x.csv", HEADER.replace("ITEM_ID", "NEW") + ROWS)
    personalize.dataset["latestDatasetUpdate"] = {"schemaArn": SCHEMA + "2", "status": "CREATE IN_PROGRESS"}
    verdict = check(personalize, bucket.client, "s3://shop/x.csv")
    assert verdict.errors == []
    assert "is being replaced" in verdict.warnings[0]
    personalize.dataset["latestDatasetUpdate"] = {"schemaArn": SCHEMA, "status": "ACTIVE"}
    assert len(check(personalize, bucket.client, "s3://shop/x.csv").errors) == 1


@pytest.mark.parametrize("location", ["https://shop.s3.amazonaws.com/x.csv", "s3://", "x"])
def test_a_location_of_another_kind_is_a_warning(personalize: Personalize, location: str) -> None:
    verdict = check(personalize, None, location)
    assert verdict == Verdict([], [f"{location} is no s3:// location and is not looked at"])


class S3:
    """Objects of any size that exist in name, with one content, and what was asked for."""

    def __init__(self, objects: dict[str, int], content: bytes = b"", page: int = 1000) -> None:
        self._objects = sorted(objects.items())
        self._content = content
        self._page = page
        self.read: list[str] = []
        self.bytes = 0
        self.refuse: dict[str, Exception] = {}

    def list_objects_v2(self, **arguments: Any) -> dict[str, Any]:
        if "list" in self.refuse:
            raise self.refuse["list"]
        start = int(arguments.get("ContinuationToken", 0))
        found = [item for item in self._objects if item[0].startswith(arguments["Prefix"])]
        end = start + min(self._page, arguments.get("MaxKeys", self._page))
        answer: dict[str, Any] = {"Contents": [{"Key": key, "Size": size} for key, size in found[start:end]]}
        if end < len(found):
            answer |= {"IsTruncated": True, "NextContinuationToken": str(end)}
        return answer

    def get_object(self, **arguments: Any) -> dict[str, Any]:
        self.read.append(arguments["Key"])
        if arguments["Key"] in self.refuse:
            raise self.refuse[arguments["Key"]]
        first, last = arguments["Range"].removeprefix("bytes=").split("-")
        content = self._content[int(first) : int(last) + 1]
        self.bytes += len(content)
        return {"Body": SimpleNamespace(read=lambda most: content[:most]), "ContentRange": f"bytes 0-1/{10 * 2**30}"}


def test_a_huge_object_is_read_once_and_little(personalize: Personalize) -> None:
    s3 = S3({"x.csv": 10 * 2**30}, (HEADER + ROWS * 30).encode())
    assert check(personalize, s3, "s3://shop/x.csv") == Verdict([], [])
    assert s3.read == ["x.csv"]
    assert s3.bytes == MAX_START


def test_a_size_over_the_limit(personalize: Personalize) -> None:
    s3 = S3({f"d/{number}.csv": 200 * 2**30 for number in range(6)}, (HEADER + ROWS * 30).encode())
    [error] = check(personalize, s3, "s3://shop/d/").errors
    assert error.startswith("s3://shop/d/ has 1200 GB; expected at most 1024 GB in an import of Interactions")


def test_a_sample_of_many_files(personalize: Personalize) -> None:
    names = [f"d/{number:04}.csv" for number in range(2500)]
    s3 = S3(dict.fromkeys(names, 10**9), (HEADER + ROWS * 30).encode())
    # 2,500 GB are too many; what counts here is what is read.
    check(personalize, s3, "s3://shop/d/")
    assert len(s3.read) == MAX_FILES
    assert {names[0], names[-1]} <= set(s3.read)
    assert s3.bytes <= MAX_FILES * MAX_START
    first_time, s3.read = sorted(s3.read), []
    check(personalize, s3, "s3://shop/d/")
    assert sorted(s3.read) == first_time


def test_more_objects_than_are_listed_are_no_error(personalize: Personalize) -> None:
    s3 = S3({f"d/{number}.txt": 5 for number in range(40)}, HEADER.encode(), page=2)
    verdict = check(personalize, s3, "s3://shop/d/")
    assert verdict.errors == []
    assert any("has more than 20 objects" in warning for warning in verdict.warnings)


def test_objects_that_may_not_be_read_are_warnings(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("d/a.csv", HEADER + ROWS)
    bucket.put("d/b.csv.gz", gzip.compress(b"x"))
    bucket.put("d/sub/c.csv", "X\n")
    verdict = check(personalize, bucket.client, "s3://shop/d/")
    assert verdict.errors == []
    assert any("d/b.csv.gz is compressed with gzip" in warning for warning in verdict.warnings)
    assert any("sub-folders" in warning for warning in verdict.warnings)


def test_files_that_cannot_be_read_are_warnings(personalize: Personalize) -> None:
    s3 = S3({"d/a.csv": 10**9, "d/b.csv": 10**9}, (HEADER + "u,i,x\n" * 9).encode())
    s3.refuse["d/a.csv"] = refused("AccessDenied")
    verdict = check(personalize, s3, "s3://shop/d/")
    assert [error.partition(" ")[0] for error in verdict.errors] == ["s3://shop/d/b.csv"]
    assert [warning.partition(" ")[0] for warning in verdict.warnings] == ["s3://shop/d/a.csv"]


def test_a_bucket_that_cannot_be_listed_is_a_warning(personalize: Personalize) -> None:
    s3 = S3({"x.csv": 5})
    s3.refuse["list"] = refused("AccessDenied")
    verdict = check(personalize, s3, "s3://shop/x.csv")
    assert (verdict.errors, len(verdict.warnings)) == ([], 1)
    assert verdict.warnings[0].startswith("the objects of s3://shop/x.csv could not be looked at")


def test_the_same_mistake_in_many_files_is_one_error(personalize: Personalize) -> None:
    s3 = S3({f"d/{number:02}.csv": 10**9 for number in range(20)}, b"USER_ID,ITEM,TIMESTAMP\n1,2,3\n")
    [error] = check(personalize, s3, "s3://shop/d/").errors
    assert error.startswith("s3://shop/d/00.csv lacks the column ITEM_ID")
    assert error.endswith(", and the same in 19 other files")


def test_errors_are_few_enough_for_a_reply(personalize: Personalize) -> None:
    fields = [{"name": f"A{number}", "type": "long"} for number in range(30)]
    personalize.schema["schema"] = json.dumps({"fields": fields})
    content = ",".join(field["name"] for field in fields) + "\n" + ",".join(["x"] * 30) + "\n"
    assert (
        len(check(personalize, S3({"x.csv": len(content)}, content.encode()), "s3://shop/x.csv").errors) == MAX_ERRORS
    )


@pytest.mark.parametrize("blocked", ["describe_dataset", "list_objects_v2", "get_object"])
def test_what_takes_longer_than_the_budget_is_a_warning(personalize: Personalize, blocked: str) -> None:
    clock, released = Clock(), threading.Event()
    clock.time = mock.Mock(side_effect=itertools.chain([0.0], itertools.repeat(BUDGET - 0.2)))  # type: ignore[method-assign]
    s3 = S3({"x.csv": 10**9}, (HEADER + ROWS).encode())

    def block(**_: Any) -> None:
        released.wait()

    setattr(personalize if blocked == "describe_dataset" else s3, blocked, block)
    try:
        verdict = check(personalize, s3, "s3://shop/x.csv", clock=clock)
    finally:
        released.set()
    assert verdict.errors == []
    assert any("could not be looked at within 5 seconds" in warning for warning in verdict.warnings)


def test_listing_stops_at_half_the_budget(personalize: Personalize) -> None:
    clock = Clock()
    s3 = S3({f"d/{number}.csv": 10**6 for number in range(40)}, (HEADER + ROWS * 30).encode(), page=2)
    list_page = s3.list_objects_v2

    def slowly(**arguments: Any) -> dict[str, Any]:
        clock.now += 1
        return list_page(**arguments)

    with mock.patch.object(s3, "list_objects_v2", slowly):
        verdict = check(personalize, s3, "s3://shop/d/", clock=clock)
    assert len(s3.read) == 6
    assert any("has more than 6 objects" in warning for warning in verdict.warnings)


@pytest.mark.parametrize("answer", [None, {}, {"dataset": {}}, {"dataset": {"schemaArn": None, "datasetType": 5}}])
def test_never_raises(answer: Any) -> None:
    strange = mock.Mock()
    strange.describe_dataset.return_value = answer
    strange.list_objects_v2.return_value = answer
    assert check(strange, strange, "s3://shop/x.csv", "INCREMENTAL").warnings


def test_never_raises_whatever_breaks(bucket: Bucket, personalize: Personalize) -> None:
    bucket.put("x.csv", HEADER + ROWS)
    with mock.patch("personalize_csv.check_import", side_effect=ZeroDivisionError("oh")):
        verdict = check(personalize, bucket.client, "s3://shop/x.csv")
    assert verdict == Verdict([], ["the preflight stopped (ZeroDivisionError)"])


def test_importing_it_costs_a_poll_next_to_nothing() -> None:
    root = Path(__file__).parents[3]
    code = (
        "import sys, botocore.exceptions; before = set(sys.modules); "
        "import cdk_personalize_import_handler.dataset_import.preflight; "
        "new = set(sys.modules) - before; "
        "assert not new & {'concurrent.futures', 'csv', 'personalize_csv'}, new"
    )
    path = os.pathsep.join([str(root / "lambda"), str(root / "constructs"), *sys.path])
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": path})
