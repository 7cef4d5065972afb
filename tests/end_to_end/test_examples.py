"""Every example, deployed into one account and destroyed."""

import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from aws_cdk.cx_api import CloudAssembly
from embedded_account import until
from end_to_end.cdk_cli import Account, Cdk, Run
from end_to_end.shop import put, sample
from moto.core.base_backend import BackendDict
from synthesis import ROOT, synthesise_together

from local_aws import personalize, turn
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
    "TrainAfterImport": [2959],
    "WithDashboard": [120],
}
"""How many records each stack, with those nested in it, imports."""


@pytest.fixture(scope="module")
def assembly(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesise_together(SCRIPTS, tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module", autouse=True)
def out_of_turn() -> Iterator[set[str]]:
    """Which lines of the embedded AWS take a back end of moto's while others may change it."""
    found, own = set[str](), BackendDict.__getitem__

    def get(backends: BackendDict[Any], account_id: str) -> Any:
        caller = sys._getframe(1)
        if caller.f_globals["__name__"].startswith("local_aws") and not turn.is_taken():
            found.add(f"{caller.f_code.co_filename}:{caller.f_lineno}")
        return own(backends, account_id)

    with mock.patch.object(BackendDict, "__getitem__", get):
        yield found


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


@pytest.fixture(scope="module")
def a_day_later(aws: LocalAws, account: Account, jobs: dict[str, list[dict[str, Any]]]) -> None:
    buckets = [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    [bucket] = [name for name in buckets if name.startswith("onupload")]
    for key in ("items/new.csv", "items/_SUCCESS.csv"):
        put(aws, key, sample("items"), bucket=bucket)
    now = aws.clock.now()
    # Schedules are on the hour: half an hour after one, what it asked for has ended.
    aws.timers.pass_time(((now + timedelta(hours=25)).replace(minute=30) - now).total_seconds())
    until(lambda: all(job["status"] == "ACTIVE" for job in account.jobs()), seconds=60)


@pytest.mark.usefixtures("a_day_later")
@pytest.mark.parametrize(
    ("stack", "count"), {"NightlyFull": 2, "OnUpload": 2, "TrainAfterImport": 2, "WithDashboard": 5}.items()
)
def test_imports_go_on_between_deployments(account: Account, stack: str, count: int) -> None:
    # Within these 25 hours each time of day comes once, and may come twice.
    assert count <= len(account.jobs(stack)) <= count + 1


@pytest.mark.usefixtures("a_day_later")
def test_a_solution_is_trained_after_an_import(aws: LocalAws, account: Account) -> None:
    client = aws.client("personalize")
    [solution] = [each for each in client.list_solutions()["solutions"] if each["name"] == "train-after-import"]
    versions = client.list_solution_versions(solutionArn=solution["solutionArn"])["solutionVersions"]
    assert {version["status"] for version in versions} == {"ACTIVE"}
    # The first import was over before there was a rule.
    assert 1 <= len(versions) <= len(account.jobs("TrainAfterImport"))


@pytest.mark.usefixtures("a_day_later")
def test_the_dashboard_has_data(aws: LocalAws) -> None:
    client = aws.client("cloudwatch")
    body = json.loads(client.get_dashboard(DashboardName="with-dashboard")["DashboardBody"])
    metrics = [metric for widget in body["widgets"] for metric in widget["properties"]["metrics"]]
    assert [metric[1] for metric in metrics] == ["Succeeded", "Failed", "Duration", "Waited"]
    namespace, name, *dimensions = metrics[0][:-1]
    now = aws.clock.now()
    found = client.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in zip(*[iter(dimensions)] * 2, strict=True)],
        StartTime=now - timedelta(days=2),
        EndTime=now,
        Period=21600,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert len(found) >= 4


def test_nothing_but_buckets_and_logs_outlives_them(
    cdk: Cdk, account: Account, assembly: Path, before: set[str], jobs: dict[str, list[dict[str, Any]]]
) -> None:
    run = cdk.destroy("**", "--concurrency=4", app=assembly)
    assert run.code == 0, run.output
    # The CDK keeps buckets by default; the log of a function is kept by this library.
    assert {name.split()[0] for name in account.resources() - before} == {"bucket"}
    assert account.log_groups()


def test_nobody_used_moto_out_of_turn(out_of_turn: set[str]) -> None:
    # The tests' own look at what is in a dataset.
    assert {line for line in out_of_turn if "/local_aws/personalize/__init__.py:" not in line} == set()
