"""``personalize-import watch`` beside a deployment: on a terminal, and where there is none."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aws_cdk as cdk_lib
import pytest
from click.testing import CliRunner, Result
from constructs import Construct
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import put, sample, without_column
from end_to_end.stacks import assemble, import_into_shop
from synthesis import ROOT
from terminal import run_on_a_terminal

from local_aws.deploy import cdk_environment
from local_aws.functions.process_clock import run_on_aws_time
from local_aws.server import LocalAws
from personalize_import_cli.commands import commands

# The command itself, in a process that lives in the embedded AWS's time.
ON_AWS_TIME = f"""
import os
from {run_on_aws_time.__module__} import run_on_aws_time
run_on_aws_time(*map(float, os.environ["LOCAL_AWS_CLOCK"].split(",")))
from personalize_import_cli.entry_point import main
main()
"""
Watch = Callable[..., Result]


@pytest.fixture
def watch(aws: LocalAws, account: Account) -> Watch:
    def run(*arguments: str) -> Result:
        command = ["watch", "--every", "30", *arguments]
        return CliRunner().invoke(commands, command, env=aws.environment, obj=aws.clock)

    return run


@contextmanager
def deploying(cdk: Cdk, account: Account, assembly: Path, stack: str) -> Iterator[None]:
    """Deploy meanwhile; the stack is there already."""
    with cdk.start("deploy", "--require-approval=never", app=assembly) as process:
        while account.stack(stack) is None and process.poll() is None:
            time.sleep(0.02)
        yield
        process.communicate(timeout=120)


def on_a_terminal(aws: LocalAws, *arguments: str) -> tuple[int, str]:
    """Run the command on a terminal, and return its exit code and what it sent there."""
    environment = cdk_environment(aws) | {"LOCAL_AWS_CLOCK": aws.clock.variable, "PYTHONPATH": str(ROOT)}
    return run_on_a_terminal([sys.executable, "-c", ON_AWS_TIME, "watch", *arguments], environment)


def test_a_table_on_a_terminal_follows_a_deployment(cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path) -> None:
    class Inner(cdk_lib.NestedStack):
        def __init__(self, scope: Construct, construct_id: str) -> None:
            super().__init__(scope, construct_id)
            import_into_shop(self, "Users", "USERS", "users.csv")

    def fill(stack: cdk_lib.Stack) -> None:
        # As the CDK CLI does where it synthesises itself; without, the logical ids have to tell the names.
        stack.node.set_context("aws:cdk:enable-path-metadata", True)
        import_into_shop(stack, "Items", "ITEMS", "items/")
        Inner(stack, "Inner")

    with deploying(cdk, account, assemble(tmp_path, "Watched", fill), "Watched"):
        code, sent = on_a_terminal(aws, "Watched", "--every", "20")

    assert code == 0, sent
    assert "\x1b[" in sent
    frames = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", sent)
    for words in ("Watched/Items", "Watched/Inner/Users", "CREATE IN_PROGRESS", "no earlier one"):
        assert words in frames
    last = frames[frames.rindex("stack Watched, CREATE_COMPLETE") :]
    assert last.count("ACTIVE") == 3
    assert "took " in last
    assert "2 imports, all ACTIVE." in last
    for job in account.jobs("Watched"):
        assert job["jobName"][:20] in last


def test_a_failed_job_is_told_with_personalize_s_reason(
    cdk: Cdk, aws: LocalAws, account: Account, watch: Watch, tmp_path: Path
) -> None:
    put(aws, "watched/items.csv", without_column(sample("items"), "CATEGORY"))
    assembly = assemble(
        tmp_path,
        "Failing",
        lambda stack: import_into_shop(stack, "Items", "ITEMS", "watched/items.csv", preflight=False),
    )
    with deploying(cdk, account, assembly, "Failing"):
        result = watch("Failing")
    assert result.exit_code == 1, result.output
    assert "Items: CREATE FAILED" in result.output
    assert "Input CSV is missing the following columns:[CATEGORY]." in result.output
    assert "1 of 1 import failed: Items." in result.output
    # Afterwards, with the resource gone, the same.
    later = watch("Failing")
    assert later.exit_code == 1
    assert "missing the following columns" in later.output


def test_an_import_that_never_had_a_job_is_told_with_the_preflight_s_sentence(
    cdk: Cdk, aws: LocalAws, account: Account, watch: Watch, tmp_path: Path
) -> None:
    put(aws, "watched/items.csv", without_column(sample("items"), "CATEGORY"))
    assembly = assemble(
        tmp_path, "Refused", lambda stack: import_into_shop(stack, "Items", "ITEMS", "watched/items.csv")
    )
    with deploying(cdk, account, assembly, "Refused"):
        result = watch("Refused")
    assert result.exit_code == 1, result.output
    assert "Items: CREATE_FAILED" in result.output
    assert "lacks the column CATEGORY" in result.output


def test_who_waits_for_the_quota_is_told_behind_whom(
    cdk: Cdk, aws: LocalAws, account: Account, watch: Watch, tmp_path: Path
) -> None:
    put(aws, "watched/users.csv", sample("users"), import_seconds=600)

    def fill(stack: cdk_lib.Stack) -> None:
        for number in range(6):
            import_into_shop(stack, f"Import{number}", "USERS", "watched/users.csv")

    with deploying(cdk, account, assemble(tmp_path, "Six", fill), "Six"):
        result = watch("Six")
    assert result.exit_code == 0, result.output
    [line] = {line.split(" ", 1)[1] for line in result.output.splitlines() if "waits for the quota" in line}
    waiting, _, behind = line.partition("waits for the quota of 5 running jobs, behind ")
    everyone = {f"Import{number}" for number in range(6)}
    assert {waiting.partition(":")[0]} | set(behind.partition(";")[0].split(", ")) == everyone
    assert "6 imports, all ACTIVE." in result.output


def test_earlier_jobs_of_the_dataset_tell_when_the_end_is_expected(
    cdk: Cdk, aws: LocalAws, account: Account, watch: Watch, tmp_path: Path
) -> None:
    personalize = aws.client("personalize")
    assembly = assemble(tmp_path, "Once", lambda stack: import_into_shop(stack, "Users", "USERS", "users.csv"))
    assert cdk.deploy(app=assembly).code == 0
    [job] = account.jobs("Once")
    made = personalize.describe_dataset_import_job(datasetImportJobArn=job["datasetImportJobArn"])["datasetImportJob"]
    again = {key: made[key] for key in ("datasetArn", "roleArn", "dataSource")}
    personalize.create_dataset_import_job(jobName="by-hand", **again)
    dataset = made["datasetArn"]
    result = watch("--dataset", dataset)
    assert result.exit_code == 0, result.output
    assert re.search(r"by-hand: CREATE \w+, job by-hand, end expected at [\d:]+ \(\d+ earlier took ", result.output)
    assert "The import is ACTIVE." in result.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Nowhere"], "there is no stack Nowhere"),
        (["CDKToolkit"], "stack CDKToolkit is CREATE_COMPLETE and has no DatasetImportJob"),
        (["--dataset", "arn:aws:personalize:us-east-1:123456789012:dataset/none/ITEMS"], "there is no dataset arn:"),
        (["--dataset", "arn:aws:personalize:us-east-1:123456789012:dataset/shop/ACTIONS"], "has no import job"),
        ([], "Give a STACK or --dataset ARN"),
    ],
)
def test_nothing_of_that_name(watch: Watch, arguments: list[str], words: str) -> None:
    result = watch(*arguments)
    assert result.exit_code == 2
    assert words in result.output
