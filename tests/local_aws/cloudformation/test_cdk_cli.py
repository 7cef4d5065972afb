"""The real CDK CLI against the engine, with cloud assemblies written by hand."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_aws.deploy import CDK, cdk_environment
from local_aws.server import LocalAws

pytestmark = pytest.mark.skipif(not CDK.exists(), reason="the CDK CLI isn't installed")


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    with LocalAws(speed=600) as running:
        yield running


def cdk(aws: LocalAws, folder: Path, resources: dict[str, Any], *arguments: str) -> tuple[int, str]:
    """Run a command on a stack of these resources and return its exit code and output, on one line."""
    stack = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://123456789012/us-east-1",
        "properties": {"templateFile": "Small.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {"Small": stack}}))
    (folder / "Small.template.json").write_text(json.dumps({"Resources": resources}))
    command = [str(CDK), *arguments, "--app", str(folder)]
    done = subprocess.run(command, env=cdk_environment(aws), capture_output=True, text=True, check=False, timeout=100)
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_deploy_fail_diff_and_destroy(
    aws: LocalAws, tmp_path: Path, stacks: Any, parameter: Any, custom: Any, function: Any
) -> None:
    function.answer = lambda event: (
        {"Status": "FAILED", "Reason": "column ITEM_ID is missing"}
        if event["ResourceProperties"]["N"] == "2" and event["RequestType"] != "Delete"
        else {}
    )
    deploy = ("deploy", "--require-approval=never", "--progress=events")

    code, output = cdk(aws, tmp_path, {"A": parameter(), "Thing": custom(N=1)}, *deploy)
    assert code == 0, output
    assert "CREATE_COMPLETE | Custom::Thing | Thing" in output

    code, output = cdk(aws, tmp_path, {"A": parameter(), "Thing": custom(N=2)}, "diff")
    assert code == 0, output
    assert "[~] Custom::Thing Thing" in output

    code, output = cdk(aws, tmp_path, {"A": parameter(), "Thing": custom(N=2)}, *deploy)
    assert code == 1
    assert "Message returned: column ITEM_ID is missing" in output
    assert "UPDATE_ROLLBACK_COMPLET" in output

    code, output = cdk(aws, tmp_path, {"A": parameter()}, "destroy", "--force")
    assert code == 0, output
    assert "Failed resources" not in output
    assert stacks.client.describe_stacks()["Stacks"] == []


def test_a_failure_is_shown_with_the_log_of_its_function(aws: LocalAws, tmp_path: Path) -> None:
    source = """
import json, urllib.request
def handler(event, context):
    print("what the log tells")
    echoed = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    status = "SUCCESS" if event["RequestType"] == "Delete" else "FAILED"
    reply = echoed | {"Status": status, "Reason": "no", "PhysicalResourceId": "thing"}
    put = urllib.request.Request(event["ResponseURL"], data=json.dumps(reply).encode(), method="PUT")
    urllib.request.urlopen(put)
"""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    logs = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    function = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": source},
        "Timeout": 900,
    }
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Statement": [trust]}, "ManagedPolicyArns": [logs]},
        },
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Thing": {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}},
    }
    code, output = cdk(aws, tmp_path, resources, "deploy", "--require-approval=never", "--progress=events")
    assert code == 1
    assert "Logs from /aws/lambda/" in output
    assert "what the log tells" in output.split("Logs from")[1]
