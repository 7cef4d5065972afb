"""Imports that fail: what the CLI says, and what is left afterwards."""

from pathlib import Path

import pytest
from end_to_end.cdk_cli import Account, Cdk, copy_of_example
from end_to_end.shop import put, sample, without_column
from end_to_end.stacks import assemble, import_into_shop

from local_aws import personalize
from local_aws.server import LocalAws


@pytest.fixture(scope="module", autouse=True)
def broken_items(aws: LocalAws, account: Account) -> None:
    put(aws, "broken/items.csv", without_column(without_column(sample("items"), "DESCRIPTION"), "CATEGORY"))


def test_the_service_s_reason_is_printed_and_nothing_is_left(cdk: Cdk, account: Account, tmp_path: Path) -> None:
    before = account.resources()
    run = cdk.deploy(
        app=assemble(
            tmp_path,
            "FailedImport",
            lambda stack: import_into_shop(stack, "Items", "ITEMS", "broken/items.csv", preflight=False),
        )
    )
    assert run.code != 0
    [job] = account.jobs("FailedImport")
    assert job["status"] == "CREATE FAILED"
    assert "Input CSV is missing the following columns:[CATEGORY]." in job["failureReason"]
    assert job["failureReason"] in run.output
    assert account.status("FailedImport") == "ROLLBACK_COMPLETE"
    assert account.resources() == before


def test_preflight_says_so_before_a_job_starts(cdk: Cdk, account: Account, tmp_path: Path) -> None:
    run = cdk.deploy(
        app=assemble(tmp_path, "Preflight", lambda stack: import_into_shop(stack, "Items", "ITEMS", "broken/items.csv"))
    )
    assert run.code != 0
    assert "s3://shop-data/broken/items.csv lacks the column CATEGORY" in run.output
    assert "schema shop-items" in run.output
    assert account.jobs("Preflight") == []
    assert account.status("Preflight") == "ROLLBACK_COMPLETE"


def test_a_broken_local_file_never_leaves_the_machine(cdk: Cdk, account: Account, tmp_path: Path) -> None:
    example = copy_of_example("local_files.py", tmp_path)
    (tmp_path / "data" / "items.csv").write_bytes(without_column(sample("users"), "MEMBERSHIP"))
    run = cdk("synth", "--quiet", app=example, folder=tmp_path)
    assert run.code != 0
    for words in ("items.csv", "lacks the columns ITEM_ID", "schema local-files"):
        assert words in run.output
    assert account.status("LocalFiles") is None


def test_an_update_that_fails_leaves_the_old_data_in_place(
    cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path
) -> None:
    def stack_importing(key: str) -> Path:
        folder = tmp_path / key.replace("/", "-")
        return assemble(
            folder, "Updated", lambda stack: import_into_shop(stack, "Items", "ITEMS", key, preflight=False)
        )

    assert cdk.deploy(app=stack_importing("items.csv")).code == 0
    [first] = account.jobs("Updated")
    [dataset] = (
        each for each in personalize.backend(aws).resources.values() if each.request.get("datasetType") == "ITEMS"
    )
    assert len(dataset.records) == 120

    run = cdk.deploy(app=stack_importing("broken/items.csv"))

    assert run.code != 0
    assert "missing the following columns:[CATEGORY]" in run.output
    assert account.status("Updated") == "UPDATE_ROLLBACK_COMPLETE"
    assert [job["status"] for job in account.jobs("Updated")] == ["ACTIVE", "CREATE FAILED"]
    [resource] = account.import_resources("Updated")
    assert resource["PhysicalResourceId"] == first["datasetImportJobArn"]
    assert len(dataset.records) == 120
    assert aws.client("scheduler").list_schedules()["Schedules"] == []
