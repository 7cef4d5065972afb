"""An import of three hours, three times as long as CloudFormation waits for a resource."""

from pathlib import Path

import aws_cdk as cdk_lib
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import put, sample
from end_to_end.stacks import assemble, import_into_shop

from local_aws.server import LocalAws

SPEED = 300.0


def test_three_hours(cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path) -> None:
    put(aws, "long/users.csv", sample("users"), import_seconds=3 * 3600)

    def fill(stack: cdk_lib.Stack) -> None:
        job = import_into_shop(
            stack,
            "Users",
            "USERS",
            "long/users.csv",
            timeout=cdk_lib.Duration.hours(4),
            poll_interval=cdk_lib.Duration.minutes(10),
        )
        cdk_lib.CfnOutput(stack, "Status", value=job.status)

    run = cdk.deploy(app=assemble(tmp_path, "Long", fill))

    assert run.code == 0, run.output
    [job] = account.jobs("Long")
    assert job["status"] == "ACTIVE"
    assert (job["lastUpdatedDateTime"] - job["creationDateTime"]).total_seconds() >= 3 * 3600
    links = account.import_resources("Long")
    assert len(links) == 5
    assert {link["PhysicalResourceId"] for link in links} == {job["datasetImportJobArn"]}
    assert account.outputs("Long") == {"Status": "ACTIVE"}
    assert aws.client("scheduler").list_schedules()["Schedules"] == []
