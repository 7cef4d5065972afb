"""Every example, deployed beside a shop that exists already, and destroyed."""

from pathlib import Path
from typing import Any

import pytest
from end_to_end.cdk_cli import Account, Cdk, Run
from end_to_end.shop import open_encrypted_bucket, put, sample
from synthesis import ROOT, synthesise_together

from local_aws import personalize
from local_aws.server import LocalAws

SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
STACKS = {
    "EncryptedBucket": [60],
    "FiveDatasetTypes": [8, 60, 120, 200, 2959],
    "LocalFiles": [120],
    "LongImport": [2959],
    "Shop": [120],
    "Smallest": [2959],
    "SolutionWithData": [2959],
}
"""How many records each stack imports."""


@pytest.fixture(scope="module")
def key_arn(aws: LocalAws, account: Account) -> str:
    return open_encrypted_bucket(aws)


@pytest.fixture(scope="module")
def assembly(key_arn: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples")
    return synthesise_together(SCRIPTS, folder, bucket="encrypted-shop-data", key_arn=key_arn)


@pytest.fixture(scope="module")
def before(account: Account, key_arn: str) -> set[str]:
    return account.resources()


@pytest.fixture(scope="module")
def deployed(cdk: Cdk, aws: LocalAws, account: Account, assembly: Path, before: set[str]) -> Run:
    personalize.backend(aws).import_seconds = 120.0
    put(aws, "history/interactions.csv", sample("interactions"))
    return cdk.deploy("--all", "--concurrency=4", app=assembly)


@pytest.fixture(scope="module")
def jobs(account: Account, deployed: Run) -> dict[str, list[dict[str, Any]]]:
    assert deployed.code == 0, deployed.output
    return {stack: account.jobs_of(stack) for stack in STACKS}


def test_every_example_is_deployed(account: Account, assembly: Path, jobs: dict[str, list[dict[str, Any]]]) -> None:
    templates = {path.name.removesuffix(".template.json") for path in assembly.glob("*.template.json")}
    assert templates == set(STACKS)
    assert {account.status(stack) for stack in STACKS} == {"CREATE_COMPLETE"}


@pytest.mark.parametrize(("stack", "records"), STACKS.items())
def test_its_data_is_imported(
    account: Account, jobs: dict[str, list[dict[str, Any]]], stack: str, records: list[int]
) -> None:
    assert [job["status"] for job in jobs[stack]] == ["ACTIVE"] * len(records)
    assert sorted(account.records(job) for job in jobs[stack]) == records


def test_the_solution_waited_for_its_data(aws: LocalAws, jobs: dict[str, list[dict[str, Any]]]) -> None:
    [solution] = aws.client("personalize").list_solutions()["solutions"]
    [job] = jobs["SolutionWithData"]
    assert solution["creationDateTime"] >= job["lastUpdatedDateTime"]


def test_the_existing_stack_knows_its_job(aws: LocalAws, jobs: dict[str, list[dict[str, Any]]]) -> None:
    [job] = jobs["Shop"]
    parameter = aws.client("ssm").get_parameter(Name="/shop/last-import")["Parameter"]
    assert parameter["Value"] == job["datasetImportJobArn"]
    tags = aws.client("personalize").list_tags_for_resource(resourceArn=job["datasetImportJobArn"])["tags"]
    assert tags == [{"tagKey": "team", "tagValue": "shop"}]


def test_nothing_but_the_shop_s_own_bucket_outlives_them(
    cdk: Cdk, account: Account, assembly: Path, before: set[str], jobs: dict[str, list[dict[str, Any]]]
) -> None:
    run = cdk.destroy("--all", "--concurrency=4", app=assembly)
    assert run.code == 0, run.output
    left = account.resources() - before
    assert {name.split("-")[0] for name in left} == {"bucket shop"}
