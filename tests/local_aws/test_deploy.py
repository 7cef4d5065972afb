import itertools
import json
from pathlib import Path

import pytest
from embedded_account import account_of_its_own, until

from local_aws import deploy
from local_aws.server import LocalAws


def test_without_the_cdk_cli_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(deploy, "CDK", tmp_path / "cdk")
    assert deploy.main([]) == 1
    assert "npm ci" in capsys.readouterr().err


def test_the_cli_sees_no_other_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    monkeypatch.setenv("CDK_ACCOUNT", "999999999999")
    with LocalAws() as aws:
        environment = deploy.cdk_environment(aws)
        assert environment["AWS_ENDPOINT_URL_S3"] == aws.endpoint
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "CDK_ACCOUNT"} & environment.keys()


@pytest.mark.parametrize(
    ("properties", "left_behind", "code", "last"),
    [
        ({}, False, 0, "Fine: CREATE_COMPLETE"),
        ({"Colour": "red"}, False, 1, "Nothing of the stack is left."),
        ({"Colour": "red"}, True, 1, "logs: stray"),
    ],
)
def test_success_is_a_complete_stack_and_failure_tells_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    properties: dict[str, str],
    left_behind: bool,
    code: int,
    last: str,
) -> None:
    def run_cdk(aws: LocalAws, command: str, *_: str) -> int:
        if command == "bootstrap":
            return 0
        resources = {
            "Groups": {"Type": "AWS::Scheduler::ScheduleGroup"},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": properties, "DependsOn": "Groups"},
        }
        client = aws.client("cloudformation")
        client.create_stack(StackName="Fine", TemplateBody=json.dumps({"Resources": resources}))
        while client.describe_stacks(StackName="Fine")["Stacks"][0]["StackStatus"].endswith("_IN_PROGRESS"):
            aws.clock.sleep(1)
        if left_behind:
            aws.client("logs").create_log_group(logGroupName="stray")
        return 1 if properties else 0

    monkeypatch.setattr(deploy, "run_cdk", run_cdk)
    monkeypatch.setattr(deploy, "CDK", Path(__file__))
    assert deploy.main([]) == code
    assert capsys.readouterr().out.splitlines()[-1].strip() == last


def test_a_job_that_fails_for_the_rollback_is_not_the_reason() -> None:
    with account_of_its_own(speed=3600) as account:
        account.role_arn = account.service_role()
        account.bucket()
        dataset = account.dataset()

        def failed(name: str) -> None:
            source = {"dataLocation": "s3://training-data/missing.csv"}
            made = account.personalize.create_dataset_import_job(
                jobName=name, datasetArn=dataset, dataSource=source, roleArn=account.role_arn
            )["datasetImportJobArn"]
            account.wait(
                lambda: account.personalize.describe_dataset_import_job(datasetImportJobArn=made)["datasetImportJob"]
            )

        failed("first")
        client = account.cloudformation
        broken = {"Type": "AWS::SNS::Topic", "Properties": {"Colour": "red"}}
        client.create_stack(StackName="Fails", TemplateBody=json.dumps({"Resources": {"Topic": broken}}))
        until(lambda: client.describe_stacks(StackName="Fails")["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE")
        failed("second")
        lines, complete = deploy.summary(account.aws, [])
    assert not complete
    told = {line.split("/")[-1]: reason.strip() for line, reason in itertools.pairwise(lines) if "records" in line}
    assert told["first"].endswith("No objects found in S3 path s3://training-data/missing.csv.")
    assert "after the rollback had begun" in told["second"]
