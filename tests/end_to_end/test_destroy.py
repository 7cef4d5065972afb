"""Stacks that are destroyed while their import runs, which Personalize can't stop."""

import time
from pathlib import Path

import aws_cdk as cdk_lib
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import BUCKET, put, sample
from end_to_end.stacks import assemble
from synthesis import ROOT

from cdk_personalize_import import DatasetImportJob, DataSource
from local_aws.server import LocalAws

IMPORT_SECONDS = 1500.0


@pytest.fixture
def slow_items(aws: LocalAws, account: Account) -> None:
    put(aws, "slow/items.csv", sample("items"), import_seconds=IMPORT_SECONDS)


def dataset_and_import(folder: Path, name: str, *, wait: bool) -> Path:
    """A stack with its own dataset: Personalize refuses to delete it as long as the import runs."""

    def fill(stack: cdk_lib.Stack) -> None:
        group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name=name)
        text = (ROOT / "data" / "schemas" / "items.json").read_text(encoding="utf-8")
        schema = personalize.CfnSchema(stack, "Schema", name=name, schema=text)
        dataset = personalize.CfnDataset(
            stack,
            "Dataset",
            name=name,
            dataset_type="Items",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=schema.attr_schema_arn,
        )
        DatasetImportJob(
            stack,
            "Items",
            dataset_arn=dataset.attr_dataset_arn,
            data_source=DataSource.from_bucket(s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET), "slow/items.csv"),
            wait_for_completion=wait,
        )

    return assemble(folder, name, fill)


@pytest.mark.usefixtures("slow_items")
def test_after_a_deployment_that_did_not_wait(cdk: Cdk, account: Account, tmp_path: Path) -> None:
    before = account.resources()
    assembly = dataset_and_import(tmp_path, "Hasty", wait=False)
    assert cdk.deploy(app=assembly).code == 0
    [job] = account.jobs("Hasty")
    assert job["status"].startswith("CREATE ")

    run = cdk.destroy(app=assembly)

    assert run.code == 0, run.output
    assert account.status("Hasty") is None
    assert [job["status"] for job in account.jobs("Hasty")] == ["ACTIVE"]
    assert account.resources() == before


@pytest.mark.usefixtures("slow_items")
def test_during_the_deployment(cdk: Cdk, account: Account, tmp_path: Path) -> None:
    before = account.resources()
    assembly = dataset_and_import(tmp_path, "Aborted", wait=True)
    with cdk.start("deploy", "--require-approval=never", app=assembly) as deployment:
        while not account.jobs("Aborted") and deployment.poll() is None:
            time.sleep(0.05)
        deployment.kill()
    [job] = account.jobs("Aborted")
    assert job["status"] != "ACTIVE"

    run = cdk.destroy(app=assembly)

    assert run.code == 0, run.output
    assert account.status("Aborted") is None
    assert [job["status"] for job in account.jobs("Aborted")] == ["ACTIVE"]
    assert account.resources() == before
