"""``personalize-import check`` on data in S3, and on the schema of a dataset, in the embedded AWS."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from embedded_account import INTERACTIONS, Account, account_of_its_own, avro, interactions

from personalize_import_cli.commands import commands

Check = Callable[..., Result]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with account_of_its_own() as account:
        account.bucket()
        yield account


@pytest.fixture(scope="module")
def dataset(account: Account) -> str:
    return account.dataset("Interactions", INTERACTIONS)


@pytest.fixture
def check(account: Account) -> Check:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(commands, ["check", *arguments], env=account.aws.environment)

    return run


def put(account: Account, key: str, content: str) -> str:
    account.s3.put_object(Bucket="training-data", Key=key, Body=content.encode())
    return f"s3://training-data/{key}"


def test_a_folder_of_a_bucket_for_a_dataset(account: Account, check: Check, dataset: str) -> None:
    put(account, "good/part-1.csv", interactions(800))
    put(account, "good/part-2.csv", interactions(800, first=800))
    result = check("s3://training-data/good/", "--dataset", dataset, "--strict")
    assert result.exit_code == 0, result.output
    assert "s3://training-data/good/: nothing is wrong (2 files with 1,600 records)" in result.output


def test_only_the_start_of_an_object_is_read_unless_all_is_asked_for(
    account: Account, check: Check, dataset: str
) -> None:
    location = put(account, "large.csv", interactions(20_000) + f"u,{'i' * 300},1700000000\n")
    result = check(location, "--dataset", dataset)
    assert result.exit_code == 0, result.output
    assert re.search(r"nothing is wrong \(looked at the start of 1 file with [\d,]+ records\)", result.output)
    result = check(location, "--dataset", dataset, "--whole")
    assert result.exit_code == 1
    assert f"{location}:20002 column ITEM_ID" in result.output


def test_at_most_twenty_objects_are_read(account: Account, check: Check, dataset: str) -> None:
    for number in range(25):
        put(account, f"many/{number:02}.csv", interactions(60, first=60 * number))
    result = check("s3://training-data/many/", "--dataset", dataset)
    assert result.exit_code == 0, result.output
    assert "looked at the start of 20 files with 1,200 records" in result.output
    assert "25 files with 1,500 records" in check("s3://training-data/many/", "--dataset", dataset, "--whole").output


def test_a_schema_file_for_an_object(account: Account, check: Check, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(avro("Interactions", INTERACTIONS), encoding="utf-8")
    location = put(account, "lacking.csv", "USER_ID,TIMESTAMP\nu,1700000000\n")
    result = check(location, "--schema", str(schema), "--type", "Interactions")
    assert result.exit_code == 1
    assert "lacks the column ITEM_ID" in result.output


@pytest.mark.parametrize("key", ["nothing/", "nothing.csv"])
def test_a_location_without_objects(check: Check, dataset: str, key: str) -> None:
    result = check(f"s3://training-data/{key}", "--dataset", dataset)
    assert result.exit_code == 1
    assert "error no-files" in result.output


def test_an_empty_object(account: Account, check: Check, dataset: str) -> None:
    result = check(put(account, "empty.csv", ""), "--dataset", dataset)
    assert result.exit_code == 1
    assert "error no-header" in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["s3://no-such-bucket-here/a.csv"], "NoSuchBucket"),
        (["s3:///a.csv"], "is not of the form s3://bucket/prefix/"),
        (["s3://training-data/good/", "--fix", "out"], "copy the data from S3 first"),
    ],
)
def test_what_cannot_be_read(check: Check, dataset: str, arguments: list[str], words: str) -> None:
    result = check(*arguments, "--dataset", dataset)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
        (
            {"AWS_REGION": None, "AWS_DEFAULT_REGION": None},
            "You must specify a region. Give --region, or set AWS_REGION.",
        ),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "Unable to locate credentials"),
        ({"AWS_ENDPOINT_URL": "http://localhost:1"}, "Could not connect to the endpoint URL"),
    ],
)
def test_an_account_that_cannot_be_asked(
    account: Account, dataset: str, tmp_path: Path, changed: dict[str, str | None], words: str
) -> None:
    files = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials")}
    environment = {**account.aws.environment, **files, **changed}
    result = CliRunner().invoke(commands, ["check", "s3://training-data/a.csv", "--dataset", dataset], env=environment)
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_dataset_that_is_not_there(check: Check, dataset: str) -> None:
    result = check("s3://training-data/good/", "--dataset", dataset.replace("INTERACTIONS", "ITEMS"))
    assert result.exit_code == 2
    assert "there is no dataset" in result.output
