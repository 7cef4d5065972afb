"""Every example, deployed into one account and destroyed."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk.cx_api import CloudAssembly
from end_to_end.cdk_cli import Account, Cdk, Run
from synthesis import ROOT, synthesise_together

from local_aws import personalize
from local_aws.server import LocalAws

SCRIPTS = sorted((ROOT / "examples").glob("*.py"))
STACKS = {
    "DatasetTypes": [60, 120, 2959],
    "EncryptedImport": [60],
    "EncryptedStorage": [],
    "ExistingShop": [],
    "ExistingStack": [120],
    "Import": [120],
    "LocalFiles": [120],
    "LongImport": [2959],
    "NightlyFull": [120],
    "OnUpload": [120],
    "Production-Recommendations": [120, 2959],
    "Production-Storage": [],
    "QuickStart": [2],
    "SolutionWithData": [2959],
    "Test-Recommendations": [120, 2959],
    "Test-Storage": [],
}
"""How many records each stack, with those nested in it, imports."""


@pytest.fixture(scope="module")
def assembly(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise_together(SCRIPTS, tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def before(account: Account) -> set[str]:
    return account.resources()


@pytest.fixture(scope="module")
def deployed(cdk: Cdk, aws: LocalAws, assembly: Path, before: set[str]) -> Run:
    personalize.backend(aws).import_seconds = 120.0
    # All at once they are more than the quota allows.
    personalize.backend(aws).dataset_group_quota = 20
    return cdk.deploy("**", "--concurrency=4", app=assembly)


@pytest.fixture(scope="module")
def jobs(account: Account, deployed: Run) -> dict[str, list[dict[str, Any]]]:
    assert deployed.code == 0, deployed.output
    nested = [stack for stack in account.stacks() if "NestedStack" in stack]
    return {
        stack: [
            job
            for name in [stack, *(found for found in nested if found.startswith(f"{stack}-"))]
            for job in account.jobs_of(name)
        ]
        for stack in STACKS
    }


def test_every_example_is_deployed(account: Account, assembly: Path, jobs: dict[str, list[dict[str, Any]]]) -> None:
    artifacts = CloudAssembly(str(assembly)).stacks_recursively
    assert {artifact.stack_name for artifact in artifacts} == set(STACKS)
    assert {account.status(stack) for stack in STACKS} == {"CREATE_COMPLETE"}


@pytest.mark.parametrize(("stack", "records"), STACKS.items())
def test_its_data_is_imported(
    account: Account, jobs: dict[str, list[dict[str, Any]]], stack: str, records: list[int]
) -> None:
    assert [job["status"] for job in jobs[stack]] == ["ACTIVE"] * len(records)
    assert sorted(account.records(job) for job in jobs[stack]) == records


def test_the_solution_waited_for_its_data(aws: LocalAws, jobs: dict[str, list[dict[str, Any]]]) -> None:
    solutions = aws.client("personalize").list_solutions()["solutions"]
    [solution] = [each for each in solutions if each["name"] == "for-you"]
    [job] = jobs["SolutionWithData"]
    assert solution["creationDateTime"] >= job["lastUpdatedDateTime"]


def test_the_existing_stack_knows_its_job(aws: LocalAws, jobs: dict[str, list[dict[str, Any]]]) -> None:
    [job] = jobs["ExistingStack"]
    parameter = aws.client("ssm").get_parameter(Name="/existing-stack/last-import")["Parameter"]
    assert parameter["Value"] == job["datasetImportJobArn"]
    tags = aws.client("personalize").list_tags_for_resource(resourceArn=job["datasetImportJobArn"])["tags"]
    assert tags == [{"tagKey": "team", "tagValue": "shop"}]


def test_nothing_but_buckets_and_logs_outlives_them(
    cdk: Cdk, account: Account, assembly: Path, before: set[str], jobs: dict[str, list[dict[str, Any]]]
) -> None:
    run = cdk.destroy("**", "--concurrency=4", app=assembly)
    assert run.code == 0, run.output
    # The CDK keeps buckets by default; the log of a function is kept by this library.
    assert {name.split()[0] for name in account.resources() - before} == {"bucket"}
    assert account.log_groups()
