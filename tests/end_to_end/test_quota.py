"""Twelve imports in one stack, while Personalize runs five at a time."""

from pathlib import Path

import aws_cdk as cdk_lib
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import put, sample
from end_to_end.stacks import assemble, import_into_shop

from local_aws.server import LocalAws

SPEED = 60.0
IMPORT_SECONDS = 180.0


def test_twelve_imports_wait_for_each_other(cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path) -> None:
    for dataset_type in ("users", "items", "actions"):
        put(aws, f"quota/{dataset_type}.csv", sample(dataset_type), import_seconds=IMPORT_SECONDS)

    def fill(stack: cdk_lib.Stack) -> None:
        for number in range(12):
            dataset_type = ("users", "items", "actions")[number % 3]
            import_into_shop(stack, f"Import{number}", dataset_type.upper(), f"quota/{dataset_type}.csv")

    run = cdk.deploy(app=assemble(tmp_path, "Twelve", fill))

    assert run.code == 0, run.output
    assert account.status("Twelve") == "CREATE_COMPLETE"
    jobs = account.jobs("Twelve")
    assert [job["status"] for job in jobs] == ["ACTIVE"] * 12
    moments = [(job["creationDateTime"], 1) for job in jobs] + [(job["lastUpdatedDateTime"], -1) for job in jobs]
    running = most = 0
    for _, change in sorted(moments):
        running += change
        most = max(most, running)
    assert most == 5
    assert aws.client("scheduler").list_schedules()["Schedules"] == []
