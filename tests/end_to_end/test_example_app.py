"""The example app's life: deployed, deployed again, deployed with new data, destroyed."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from end_to_end.cdk_cli import Account, Cdk, Run
from synthesis import ROOT, synthesise

STACK = "PersonalizeImport"


@dataclass(frozen=True)
class Moment:
    """What there is after a command of the CLI."""

    run: Run
    status: str | None
    outputs: dict[str, str]
    jobs: list[dict[str, Any]]
    records: list[int]


def moment(account: Account, run: Run) -> Moment:
    jobs = account.jobs()
    return Moment(run, account.status(STACK), account.outputs(STACK), jobs, [account.records(job) for job in jobs])


@pytest.fixture(scope="module")
def bootstrap(cdk: Cdk) -> None:
    run = cdk("bootstrap")
    assert run.code == 0, run.output


@pytest.fixture(scope="module")
def before(account: Account) -> set[str]:
    return account.resources()


@pytest.fixture(scope="module")
def deployed(cdk: Cdk, account: Account, before: set[str]) -> Moment:
    return moment(account, cdk.deploy())


@pytest.fixture(scope="module")
def deployed_again(cdk: Cdk, account: Account, deployed: Moment) -> Moment:
    return moment(account, cdk.deploy())


@pytest.fixture(scope="module")
def deployed_with_new_items(
    cdk: Cdk, account: Account, deployed_again: Moment, tmp_path_factory: pytest.TempPathFactory
) -> Moment:
    data = tmp_path_factory.mktemp("data")
    shutil.copy(ROOT / "data" / "interactions.csv", data)
    lines = (ROOT / "data" / "items.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "items.csv").write_text("".join(lines[:101]), encoding="utf-8")
    return moment(account, cdk.deploy("--context", f"data={data}"))


@pytest.fixture(scope="module")
def destroyed(cdk: Cdk, account: Account, deployed_with_new_items: Moment) -> Moment:
    return moment(account, cdk.destroy(app=cdk.folder))


def test_first_deployment_imports_both_files(deployed: Moment) -> None:
    assert deployed.run.code == 0, deployed.run.output
    assert deployed.status == "CREATE_COMPLETE"
    assert [job["status"] for job in deployed.jobs] == ["ACTIVE", "ACTIVE"]
    assert sorted(deployed.records) == [120, 2959]


def test_first_deployment_shows_the_jobs(deployed: Moment) -> None:
    arns = {job["datasetImportJobArn"] for job in deployed.jobs}
    assert {deployed.outputs["InteractionsJobArn"], deployed.outputs["ItemsJobArn"]} == arns
    assert deployed.outputs["InteractionsJobStatus"] == deployed.outputs["ItemsJobStatus"] == "ACTIVE"
    for name, value in deployed.outputs.items():
        assert f"{STACK}.{name} = {value}" in deployed.run.output


def test_second_deployment_changes_nothing(deployed: Moment, deployed_again: Moment) -> None:
    assert deployed_again.run.code == 0, deployed_again.run.output
    assert f"{STACK} (no changes)" in deployed_again.run.output
    assert deployed_again.jobs == deployed.jobs


def test_new_data_is_imported_and_the_rest_left_alone(deployed: Moment, deployed_with_new_items: Moment) -> None:
    assert deployed_with_new_items.run.code == 0, deployed_with_new_items.run.output
    assert deployed_with_new_items.status == "UPDATE_COMPLETE"
    assert deployed_with_new_items.jobs[:2] == deployed.jobs
    [new] = deployed_with_new_items.jobs[2:]
    assert (new["status"], deployed_with_new_items.records[2]) == ("ACTIVE", 100)
    assert deployed_with_new_items.outputs["ItemsJobArn"] == new["datasetImportJobArn"]
    assert deployed_with_new_items.outputs["InteractionsJobArn"] == deployed.outputs["InteractionsJobArn"]


def test_nothing_but_the_log_is_left_after_it_is_destroyed(
    account: Account, before: set[str], destroyed: Moment
) -> None:
    assert destroyed.run.code == 0, destroyed.run.output
    assert destroyed.status is None
    assert account.resources() == before


def test_data_without_a_column_fails_before_a_job_starts(
    cdk: Cdk, account: Account, before: set[str], destroyed: Moment, tmp_path: Path
) -> None:
    run = cdk.deploy(app=synthesise(ROOT / "app.py", tmp_path, data="examples/broken"))
    assert run.code != 0
    for words in ("/interactions.csv", "lacks the column TIMESTAMP", f"{STACK}-interactions"):
        assert words in run.output
    assert account.status(STACK) == "ROLLBACK_COMPLETE"
    # The log stream that the reason names is still there to be read.
    [stream] = set(re.findall(r"log stream ([^\s)]+)", run.output))
    assert any(stream in account.log_streams(group) for group in account.log_groups())
    assert [job for job in account.jobs(f"{STACK}-Interactions") if job not in destroyed.jobs] == []
    assert account.resources() == before
