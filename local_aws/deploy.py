"""Deploy the app in the current folder into an embedded AWS: ``python -m local_aws.deploy [CDK arguments]``.

Runs the real CDK CLI, bootstrap and deploy, with its live progress, and then says what is there. Exits with 0 only if
every stack is complete.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from local_aws import personalize
from local_aws.server import LocalAws

CDK = Path(__file__).resolve().parents[1] / "node_modules" / ".bin" / "cdk"
"""The pinned CDK CLI."""

_DAY = 24 * 3600.0
_TOOLKIT = "CDKToolkit"
_STACK = "AWS::CloudFormation::Stack"
_COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_LISTS = (
    ("s3", "list_buckets", "Buckets[].Name"),
    ("iam", "list_roles", "Roles[].Arn"),
    ("lambda", "list_functions", "Functions[].FunctionArn"),
    ("logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("scheduler", "list_schedule_groups", "ScheduleGroups[].Arn"),
    ("scheduler", "list_schedules", "Schedules[].Arn"),
    ("personalize", "list_dataset_groups", "datasetGroups[].datasetGroupArn"),
    ("personalize", "list_datasets", "datasets[].datasetArn"),
    ("personalize", "list_schemas", "schemas[].schemaArn"),
)
"""Where a stack's resources are listed, and their names (JMESPath)."""


def main(arguments: Sequence[str]) -> int:
    """Bootstrap, deploy and summarise.

    Args:
        arguments: Further arguments of ``cdk deploy``, such as ``-c data=examples/broken``. ``--days 3`` lets three
            days go by after it.

    Returns:
        The process's exit code.
    """
    if not CDK.exists():
        sys.stderr.write(f"The CDK CLI isn't installed: {CDK} doesn't exist. Install it with: npm ci\n")
        return 1
    options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--days", type=float, default=0.0)
    own, others = options.parse_known_args(arguments)
    with LocalAws() as aws:
        if code := run_cdk(aws, "bootstrap", f"aws://{aws.account}/{aws.region}"):
            return code
        before = set(_inventory(aws))
        code = run_cdk(aws, "deploy", "**", "--require-approval", "never", "--progress", "events", *others)
        aws.timers.pass_time(own.days * _DAY)
        left = sorted(set(_inventory(aws)) - before)
        lines, complete = summary(aws, left)
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
        return 0 if code == 0 and complete else 1


def run_cdk(aws: LocalAws, *arguments: str) -> int:
    """Run the CDK CLI against an embedded AWS and return its exit code.

    Args:
        aws: The embedded AWS.
        *arguments: The CLI's arguments.
    """
    return subprocess.run([str(CDK), *arguments], env=cdk_environment(aws), check=False).returncode


def cdk_environment(aws: LocalAws) -> dict[str, str]:
    """Return the environment for the CDK CLI: this process's Python and Node.js, and no other AWS."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return inherited | aws.environment | {"PATH": path}


def summary(aws: LocalAws, left: list[str]) -> tuple[list[str], bool]:
    """Return what a deployment led to, line by line, and whether every stack is complete.

    Args:
        aws: The embedded AWS.
        left: Names of what the deployment left behind.
    """
    stacks = [
        stack for stack in aws.client("cloudformation").describe_stacks()["Stacks"] if stack["StackName"] != _TOOLKIT
    ]
    lines = [f"{stack['StackName']}: {stack['StackStatus']}" for stack in stacks] or ["No stack was deployed."]
    lines += [f"  {line}" for line in _jobs(aws, _rollback(aws, stacks))]
    complete = bool(stacks) and all(stack["StackStatus"] in _COMPLETE for stack in stacks)
    if not complete and not any(stack["StackStatus"].startswith("UPDATE") for stack in stacks):
        if left:
            lines += ["Left behind:", *(f"  {name}" for name in left)]
        else:
            lines.append("Nothing of the stack is left.")
    return lines, complete


def _rollback(aws: LocalAws, stacks: list[dict[str, Any]]) -> datetime | None:
    """When the first of the stacks began to roll back; what fails afterwards isn't the reason."""
    pages = aws.client("cloudformation").get_paginator("describe_stack_events")
    begun = f"StackEvents[?ResourceType=='{_STACK}' && ends_with(ResourceStatus, 'ROLLBACK_IN_PROGRESS')].Timestamp"
    return min(
        (time for stack in stacks for time in pages.paginate(StackName=stack["StackId"]).search(begun)), default=None
    )


def _jobs(aws: LocalAws, rollback: datetime | None) -> Iterator[str]:
    client, backend = aws.client("personalize"), personalize.backend(aws)
    for job in client.get_paginator("list_dataset_import_jobs").paginate().search("datasetImportJobs[]"):
        arn = job["datasetImportJobArn"]
        yield f"{job['status']:<13} {backend.records_imported(arn):>9,} records  {arn}"
        if "failureReason" not in job:
            continue
        if rollback is not None and job["lastUpdatedDateTime"] > rollback:
            yield "  It ended after the rollback had begun, which deletes what it reads; it isn't the reason."
        else:
            yield f"  {job['failureReason']}"


def _inventory(aws: LocalAws) -> Iterator[str]:
    """Name everything in the account that a stack's rollback should delete."""
    for service, operation, names in _LISTS:
        pages = aws.client(service).get_paginator(operation).paginate()
        yield from (f"{service}: {name}" for name in pages.search(names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
