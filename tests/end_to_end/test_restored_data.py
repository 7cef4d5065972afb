"""Data that a deployment would lose: in a dataset that is replaced, and after a rollback that comes late."""

import json
from pathlib import Path

import aws_cdk as cdk_lib
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import BUCKET, put, sample
from end_to_end.stacks import assemble, import_into_shop
from synthesis import ROOT

from cdk_personalize_import import DatasetImportJob, DataSource
from local_aws.server import LocalAws

SCHEMA = (ROOT / "data" / "schemas" / "items.json").read_text(encoding="utf-8")


def items(stack: cdk_lib.Stack, schema: str, name: str) -> None:
    """Fill a stack with a dataset of one of two schemas, and an import into it."""
    fields = json.loads(SCHEMA)
    fields["fields"][-1]["categorical"] = not fields["fields"][-1].get("categorical", False)
    schemas = {
        "v1": personalize.CfnSchema(stack, "SchemaV1", name="replaced-v1", schema=SCHEMA),
        "v2": personalize.CfnSchema(stack, "SchemaV2", name="replaced-v2", schema=json.dumps(fields)),
    }
    group = personalize.CfnDatasetGroup(stack, "Group", name="replaced")
    dataset = personalize.CfnDataset(
        stack,
        "Dataset",
        name=name,
        dataset_type="Items",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schemas[schema].attr_schema_arn,
    )
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET)
    DatasetImportJob(stack, "Items", dataset=dataset, data_source=DataSource.from_bucket(bucket, "items.csv"))


def test_a_dataset_that_is_replaced_is_filled_again(cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path) -> None:
    for number, (schema, name) in enumerate((("v1", "items"), ("v2", "items"), ("v2", "all-items"))):

        def fill(stack: cdk_lib.Stack, schema: str = schema, name: str = name) -> None:
            items(stack, schema, name)

        run = cdk.deploy(app=assemble(tmp_path / str(number), "Replaced", fill))
        assert run.code == 0, run.output

    first, second, third = account.jobs("Replaced")
    [summary] = (
        one for one in aws.client("personalize").list_datasets()["datasets"] if "/replaced/" in one["datasetArn"]
    )
    dataset = aws.client("personalize").describe_dataset(datasetArn=summary["datasetArn"])["dataset"]
    assert first["status"] == second["status"] == third["status"] == "ACTIVE"
    assert dataset["name"] == "all-items"
    assert third["creationDateTime"] > dataset["creationDateTime"] > second["creationDateTime"]
    [resource] = account.import_resources("Replaced")
    assert resource["PhysicalResourceId"] == third["datasetImportJobArn"]


def test_a_rollback_that_comes_late_is_done_in_the_background(
    cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path
) -> None:
    put(aws, "late/old.csv", sample("users"), import_seconds=3 * 60)
    put(aws, "late/new.csv", sample("users"), import_seconds=25 * 60)
    for key in ("late/old.csv", "late/new.csv"):

        def fill(stack: cdk_lib.Stack, key: str = key) -> None:
            import_into_shop(stack, "Users", "USERS", key, timeout=cdk_lib.Duration.minutes(10))

        run = cdk.deploy(app=assemble(tmp_path / Path(key).stem, "Late", fill))

    assert run.code != 0
    assert account.status("Late") == "UPDATE_ROLLBACK_COMPLETE"
    schedules = aws.client("scheduler")
    while schedules.list_schedules()["Schedules"]:
        aws.clock.sleep(30)
    locations = [
        aws.client("personalize").describe_dataset_import_job(datasetImportJobArn=job["datasetImportJobArn"])[
            "datasetImportJob"
        ]["dataSource"]["dataLocation"]
        for job in account.jobs("Late")
    ]
    assert locations == [f"s3://{BUCKET}/late/{name}.csv" for name in ("old", "new", "old")]
    assert account.jobs("Late")[-1]["status"] == "ACTIVE"
