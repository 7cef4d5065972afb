"""Dataset import jobs: what starts them, what they read, how they end."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import INTERACTIONS, Account, account_of_its_own, bucket_statement, interactions, policy

from local_aws import personalize
from local_aws.personalize import PersonalizeBackend
from personalize_csv import limits

BUCKET = "training-data"
CSV = "USER_ID,AGE\nu1,30\nu2,40\n"
NO_ACCESS = "Insufficient privileges for accessing data in Amazon S3."


@pytest.fixture(scope="module")
def started() -> Iterator[Account]:
    with account_of_its_own(speed=3600) as account:
        account.bucket()
        account.role_arn = account.service_role()
        yield account


@pytest.fixture
def account(started: Account) -> Account:
    personalize.backend(started.aws).reset()
    started.aws.calls.clear()
    return started


@pytest.fixture
def backend(account: Account) -> PersonalizeBackend:
    return personalize.backend(account.aws)


def put(account: Account, key: str, text: str = CSV, **options: Any) -> str:
    account.s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode(), **options)
    return f"s3://{BUCKET}/{key}"


def start(account: Account, dataset: str, location: str, name: str = "job", **more: Any) -> str:
    request = {"jobName": name, "datasetArn": dataset, "dataSource": {"dataLocation": location}}
    answer = account.personalize.create_dataset_import_job(**{**request, "roleArn": account.role_arn, **more})
    return str(answer["datasetImportJobArn"])


def describe(account: Account, arn: str) -> Any:
    return account.personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]


def end(account: Account, arn: str) -> Any:
    return account.wait(lambda: describe(account, arn))


def failure(account: Account, dataset: str, location: str, name: str = "job", **more: Any) -> str:
    job = end(account, start(account, dataset, location, name, **more))
    assert job["status"] == "CREATE FAILED"
    return str(job["failureReason"])


def refusal(account: Account, *args: Any, **more: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        start(account, *args, **more)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_job_reads_its_file_in_six_minutes(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset()
    arn = start(account, dataset, put(account, "users.csv"))
    job = end(account, arn)

    assert arn == "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/job"
    assert (job["status"], job["importMode"]) == ("ACTIVE", "FULL")
    assert (job["lastUpdatedDateTime"] - job["creationDateTime"]).total_seconds() == pytest.approx(360)
    assert backend.records_imported(arn) == 2
    assert backend.resources[dataset].records[("u1",)] == {"USER_ID": "u1", "AGE": "30"}


def test_a_folder_is_every_object_directly_in_it(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset()
    for key in ("folder/", "folder/a.csv", "folder/b.csv", "folder/sub/c.csv", "folder.csv", "folder2/d.csv"):
        put(account, key, "" if key.endswith("/") else f"USER_ID,AGE\n{key},1\n")

    arn = start(account, dataset, f"s3://{BUCKET}/folder/")
    end(account, arn)

    assert set(backend.resources[dataset].records) == {("folder/a.csv",), ("folder/b.csv",)}
    assert backend.records_imported(arn) == 2
    assert "folder" not in failure(account, dataset, f"s3://{BUCKET}/folder", "slash")[:50]


def test_a_deleted_object_of_a_bucket_with_versions_is_not_read(account: Account, backend: PersonalizeBackend) -> None:
    account.bucket("versions")
    account.s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    for key in ("kept.csv", "deleted.csv"):
        account.s3.put_object(Bucket="versions", Key=key, Body=f"USER_ID,AGE\n{key},1\n".encode())
    account.s3.delete_object(Bucket="versions", Key="deleted.csv")
    role, dataset = account.service_role("versions-role", "versions"), account.dataset()

    end(account, start(account, dataset, "s3://versions/", roleArn=role))

    assert set(backend.resources[dataset].records) == {("kept.csv",)}


def test_full_replaces_and_incremental_adds_and_overwrites(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset()
    first, second = put(account, "first.csv"), put(account, "second.csv", "USER_ID,AGE\nu2,41\nu3,50\n")

    end(account, start(account, dataset, first, "full"))
    end(account, start(account, dataset, second, "incremental", importMode="INCREMENTAL"))
    ages = {key[0]: record["AGE"] for key, record in backend.resources[dataset].records.items()}
    assert ages == {"u1": "30", "u2": "41", "u3": "50"}

    end(account, start(account, dataset, second, "full-again"))
    assert set(backend.resources[dataset].records) == {("u2",), ("u3",)}


def test_identical_interactions_are_kept_once(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset("Interactions", INTERACTIONS)
    text = interactions(1000)

    arn = start(account, dataset, put(account, "double.csv", text + text.split("\n", 1)[1]))

    assert end(account, arn)["status"] == "ACTIVE"
    assert backend.records_imported(arn) == 2000
    assert len(backend.resources[dataset].records) == 1000


def test_values_in_quotation_marks(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset("Items", ["ITEM_ID,string", "TITLE,string"])

    end(account, start(account, dataset, put(account, "items.csv", 'ITEM_ID,TITLE\ni1,"a, \\"b\\" c"\n')))

    assert backend.resources[dataset].records[("i1",)]["TITLE"] == 'a, "b" c'


def test_files_of_a_folder_must_have_the_same_columns(account: Account) -> None:
    dataset = account.dataset()
    put(account, "mixed/a.csv")
    put(account, "mixed/b.csv", "USER_ID,AGE,SIZE\nu3,50,1\n")

    found = failure(account, dataset, f"s3://{BUCKET}/mixed/")

    assert f"s3://{BUCKET}/mixed/b.csv has other columns than s3://{BUCKET}/mixed/a.csv (SIZE)" in found


def test_more_data_than_any_account_may_import_fails_the_job(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FULL_QUOTA", 10)
    monkeypatch.setitem(limits.FULL_CEILING, "Users", 10)

    assert "expected at most" in failure(account, account.dataset(), put(account, "large.csv"))


def test_objects_that_are_no_csv_files_by_their_names(account: Account, backend: PersonalizeBackend) -> None:
    dataset = account.dataset()
    for key, text in (("a.csv", CSV), ("part-1", "USER_ID,AGE\nu3,50\n"), ("_SUCCESS", ""), ("README.md", "# Users\n")):
        put(account, f"export/{key}", text)
    put(account, "notes/README.md", "# Users\n")

    end(account, start(account, dataset, f"s3://{BUCKET}/export/"))

    assert set(backend.resources[dataset].records) == {("u1",), ("u2",), ("u3",)}
    assert "Input CSV is missing" in failure(account, dataset, f"s3://{BUCKET}/notes/", "notes")


@pytest.mark.parametrize(("mark", "line_end"), [("", "\n"), ("\ufeff", "\r\n"), ("\r", "\r")])
def test_only_what_ends_the_first_line_ends_lines(
    account: Account, backend: PersonalizeBackend, mark: str, line_end: str
) -> None:
    dataset = account.dataset("Items", ["ITEM_ID,string", "TITLE,string"])
    titles = {"i1": "next\u0085line", "i2": "line\u2028separator", "i3": "form\x0cfeed"}
    lines = ["ITEM_ID,TITLE", *(f"{item},{title}" for item, title in titles.items()), " ", ""]

    arn = start(account, dataset, put(account, "items.csv", mark + line_end.join(lines)))
    end(account, arn)

    assert {key[0]: record["TITLE"] for key, record in backend.resources[dataset].records.items()} == titles
    assert backend.records_imported(arn) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("USER_ID\nu1\n", "Input CSV is missing the following columns:[AGE]."),
        ("NAME,YEAR\nu1,1\n", "Input CSV is missing the following columns:[USER_ID, AGE]."),
        ("USER_ID,AGE\nu1,old\n", "column AGE, has 'old'"),
        (f"USER_ID,AGE\n{'u' * 257},1\n", "Length cannot be more than 256 characters for USER_ID."),
        ("USER_ID,AGE\nu1,\n", "column AGE, has no value"),
        ("", "is empty"),
    ],
)
def test_broken_data_fails_the_job(account: Account, backend: PersonalizeBackend, text: str, reason: str) -> None:
    dataset = account.dataset()

    found = failure(account, dataset, put(account, "broken.csv", text))

    assert found.startswith("Failed to create a data import job for Users dataset. ")
    assert reason in found
    assert backend.resources[dataset].records == {}


def test_fewer_than_a_thousand_interactions_fail_the_job(account: Account) -> None:
    dataset = account.dataset("Interactions", INTERACTIONS)

    assert "999" in failure(account, dataset, put(account, "few.csv", interactions(999)))
    put(account, "many/a.csv", interactions(500))
    put(account, "many/b.csv", interactions(500, 500))
    assert end(account, start(account, dataset, f"s3://{BUCKET}/many/", "many"))["status"] == "ACTIVE"


def test_nothing_at_the_location_fails_the_job(account: Account) -> None:
    dataset = account.dataset()

    for number, location in enumerate(("nothing.csv", "nothing/")):
        assert "No objects found" in failure(account, dataset, f"s3://{BUCKET}/{location}", f"job-{number}")
    assert NO_ACCESS in failure(account, dataset, "s3://no-such-bucket/key", "bucket")


def test_role_and_bucket_policy_must_both_allow_reading(account: Account) -> None:
    dataset, location = account.dataset(), put(account, "users.csv")
    poor = account.role("poor", "personalize", ["s3:ListBucket"], [f"arn:aws:s3:::{BUCKET}"])

    assert NO_ACCESS in failure(account, dataset, location, "role", roleArn=poor)
    denied = [(call.action, call.allowed) for call in account.aws.calls if call.role_arn == poor]
    assert denied == [("s3:ListBucket", True), ("s3:GetObject", False)]

    account.s3.delete_bucket_policy(Bucket=BUCKET)
    try:
        assert NO_ACCESS in failure(account, dataset, location, "no-policy")
        deny = {"Effect": "Deny", "Principal": {"AWS": account.role_arn}, "Action": "s3:*", "Resource": "*"}
        account.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(bucket_statement(BUCKET), deny))
        assert NO_ACCESS in failure(account, dataset, location, "deny")
    finally:
        account.s3.put_bucket_policy(Bucket=BUCKET, Policy=policy(bucket_statement(BUCKET)))


def test_a_customers_key_must_let_the_service_and_its_role_in(account: Account) -> None:
    account.bucket("encrypted")
    role = account.service_role("encrypted-role", "encrypted")
    key = account.kms.create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = [{"ApplyServerSideEncryptionByDefault": default}]
    account.s3.put_bucket_encryption(Bucket="encrypted", ServerSideEncryptionConfiguration={"Rules": rules})
    account.s3.put_object(Bucket="encrypted", Key="users.csv", Body=CSV.encode())
    dataset = account.dataset()

    assert NO_ACCESS in failure(account, dataset, "s3://encrypted/users.csv", "key", roleArn=role)

    principals = {"Service": "personalize.amazonaws.com", "AWS": role}
    allow = {"Effect": "Allow", "Principal": principals, "Action": ["kms:Decrypt"], "Resource": "*"}
    account.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(allow))
    assert (
        end(account, start(account, dataset, "s3://encrypted/users.csv", "key-2", roleArn=role))["status"] == "ACTIVE"
    )


def test_a_role_that_the_service_cannot_assume_is_refused(account: Account) -> None:
    dataset, location = account.dataset(), put(account, "users.csv")
    other = account.role("for-lambda", "lambda", ["s3:*"])
    elsewhere = account.role("elsewhere", "personalize", trust_condition={"StringEquals": {"aws:SourceAccount": "1"}})

    for role in (other, elsewhere, "arn:aws:iam::123456789012:role/missing"):
        assert refusal(account, dataset, location, roleArn=role)[0] == "InvalidInputException"
    with pytest.raises(ClientError, match="roleArn"):
        account.personalize.create_dataset_import_job(
            jobName="job", datasetArn=dataset, dataSource={"dataLocation": location}
        )


def test_only_five_jobs_may_be_open(account: Account, backend: PersonalizeBackend) -> None:
    backend.import_seconds = 1e6
    dataset, location = account.dataset(), put(account, "users.csv")
    jobs = [start(account, dataset, location, f"job-{number}") for number in range(5)]

    assert {describe(account, job)["status"] for job in jobs} <= {"CREATE PENDING", "CREATE IN_PROGRESS"}
    assert refusal(account, dataset, location, "one-more") == (
        "LimitExceededException",
        "More than 5 resources with PENDING or IN_PROGRESS status.",
    )


def test_a_name_is_taken_for_ever(account: Account) -> None:
    dataset = account.dataset()
    failure(account, dataset, f"s3://{BUCKET}/nothing")

    assert refusal(account, dataset, f"s3://{BUCKET}/nothing")[0] == "ResourceAlreadyExistsException"


def test_a_dataset_must_exist_and_be_active(account: Account) -> None:
    dataset = account.dataset()
    location = put(account, "users.csv")
    account.personalize.delete_dataset(datasetArn=dataset)

    assert refusal(account, dataset, location)[0] in ("ResourceInUseException", "ResourceNotFoundException")
    assert refusal(account, dataset + "2", location)[0] == "ResourceNotFoundException"


def test_incremental_needs_a_full_import_of_this_very_dataset(account: Account) -> None:
    dataset, location = account.dataset(), put(account, "users.csv")
    incremental = {"importMode": "INCREMENTAL"}

    assert refusal(account, dataset, location, "first", **incremental)[0] == "InvalidInputException"
    failure(account, dataset, f"s3://{BUCKET}/nothing", "failed")
    assert refusal(account, dataset, location, "second", **incremental)[0] == "InvalidInputException"
    end(account, start(account, dataset, location, "full"))
    assert end(account, start(account, dataset, location, "third", **incremental))["status"] == "ACTIVE"


@pytest.mark.parametrize("location", ["https://bucket/key", "s3:///key"])
def test_a_location_outside_of_s3_is_refused(account: Account, location: str) -> None:
    assert refusal(account, account.dataset(), location) == ("InvalidInputException", "Invalid Data location.")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "-job"},
        {"name": "j" * 64},
        {"location": "s3://b/" + "k" * 250},
        {"importMode": "ALL"},
        {"roleArn": "role"},
        {"tags": [{"tagKey": "a!", "tagValue": ""}]},
    ],
)
def test_requests_that_break_the_model_are_refused(account: Account, change: dict[str, Any]) -> None:
    request = {"dataset": account.dataset(), "location": f"s3://{BUCKET}/key", "name": "job", **change}

    kind, message = refusal(account, request.pop("dataset"), request.pop("location"), request.pop("name"), **request)

    assert kind == "InvalidInputException"
    assert message.startswith("1 validation error detected: Value ")


def test_a_dataset_is_not_deleted_under_a_running_job(account: Account, backend: PersonalizeBackend) -> None:
    backend.import_seconds = 3600.0
    dataset = account.dataset()
    arn = start(account, dataset, put(account, "users.csv"))

    with pytest.raises(ClientError) as refused:
        account.personalize.delete_dataset(datasetArn=dataset)

    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"
    end(account, arn)
    account.personalize.delete_dataset(datasetArn=dataset)
    deleted = backend.resources.get(dataset)
    assert deleted is None or deleted.status.startswith("DELETE")


def test_jobs_are_listed_by_dataset_in_pages_and_in_either_order(account: Account, backend: PersonalizeBackend) -> None:
    backend.import_seconds = 30.0
    users, items = account.dataset(), account.dataset("Items", ["ITEM_ID,string"])
    location = put(account, "users.csv")
    for number in range(5):
        end(account, start(account, users, location, f"users-{number}"))
    start(account, items, put(account, "items.csv", "ITEM_ID\ni1\n"), "items", tags=[{"tagKey": "a", "tagValue": "b"}])

    def names(**request: Any) -> list[str]:
        pages = account.personalize.get_paginator("list_dataset_import_jobs").paginate(**request)
        return [job["jobName"] for page in pages for job in page["datasetImportJobs"]]

    newest_first = [f"users-{number}" for number in (4, 3, 2, 1, 0)]
    assert names(datasetArn=users) == names(datasetArn=users, maxResults=2) == newest_first
    assert names() == ["items", *newest_first]
    backend.newest_first = False
    assert names(datasetArn=users, maxResults=2) == newest_first[::-1]
    assert names(datasetArn=users + "2") == []
    (summary,) = account.personalize.list_dataset_import_jobs(datasetArn=items)["datasetImportJobs"]
    assert "datasetArn" not in summary
    assert "tags" not in describe(account, summary["datasetImportJobArn"])


def test_a_page_has_at_most_a_hundred_jobs(account: Account) -> None:
    with pytest.raises(ClientError, match=r"maxResults.*less than or equal to 100") as refused:
        account.personalize.list_dataset_import_jobs(maxResults=101)
    assert refused.value.response["Error"]["Code"] == "InvalidInputException"


def test_an_object_can_say_how_long_its_import_takes(account: Account) -> None:
    dataset = account.dataset()
    location = put(account, "slow.csv", Metadata={"local-aws-import-seconds": "1200"})

    job = end(account, start(account, dataset, location))

    assert (job["lastUpdatedDateTime"] - job["creationDateTime"]).total_seconds() == pytest.approx(1200)


def test_an_object_can_say_why_its_import_fails(account: Account) -> None:
    location = put(account, "bad.csv", Metadata={"local-aws-failure-reason": "Internal error."})

    assert failure(account, account.dataset(), location).endswith("dataset. Internal error.")


def test_times_move_with_each_status(account: Account) -> None:
    arn = start(account, account.dataset(), put(account, "users.csv"))
    seen: dict[str, float] = {}
    deadline = time.monotonic() + 5
    while "ACTIVE" not in seen and time.monotonic() < deadline:
        job = describe(account, arn)
        since = (job["lastUpdatedDateTime"] - job["creationDateTime"]).total_seconds()
        seen[job["status"]] = since

    assert seen["ACTIVE"] == pytest.approx(360)
    assert seen.get("CREATE IN_PROGRESS", 30) == pytest.approx(30)
    assert seen.get("CREATE PENDING", 0) == 0
