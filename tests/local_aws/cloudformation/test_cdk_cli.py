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
