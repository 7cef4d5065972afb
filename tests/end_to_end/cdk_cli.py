"""Runs the real CDK CLI against the embedded AWS, and reads back what came of it."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.iam.models import iam_backends
from synthesis import ROOT

from local_aws import personalize
from local_aws.deploy import CDK, cdk_environment
from local_aws.server import LocalAws


@dataclass(frozen=True)
class Run:
    """A command of the CLI that has ended.

    Attributes:
        code: Its exit code.
        output: What it printed, with white space and line breaks as single spaces.
    """

    code: int
    output: str


class Cdk:
    """The CDK CLI, as a user of this machine would run it.

    Args:
        aws: The embedded AWS.
        folder: A folder for the cloud assemblies of apps that the CLI itself synthesises; each replaces the last.
    """

    def __init__(self, aws: LocalAws, folder: Path) -> None:
        self._aws = aws
        self.folder = folder

    def __call__(self, *arguments: str, app: Path | None = None, folder: Path = ROOT) -> Run:
        """Run a command.

        Args:
            *arguments: The command and its options.
            app: A cloud assembly or a script; by default what cdk.json in the folder says.
            folder: The folder to run in.
        """
        with self.start(*arguments, app=app, folder=folder) as process:
            output, _ = process.communicate(timeout=120)
            return Run(process.returncode, " ".join(output.split()))

    def text(self, *arguments: str) -> str:
        """Run a command that only prints a document, and return that as it is."""
        return subprocess.check_output([str(CDK), *arguments], env=cdk_environment(self._aws), text=True)

    def start(self, *arguments: str, app: Path | None = None, folder: Path = ROOT) -> "subprocess.Popen[str]":
        """Start a command and don't wait for its end."""
        command = [str(CDK), *arguments]
        if app is None or app.suffix == ".py":
            command += ["--output", str(self.folder)]
        if app is not None:
            command += ["--app", f"{sys.executable} {app}" if app.suffix == ".py" else str(app)]
        environment = cdk_environment(self._aws) | {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def deploy(self, *arguments: str, app: Path | None = None) -> Run:
        """Deploy without questions."""
        return self("deploy", "--require-approval=never", "--progress=events", *arguments, app=app)

    def destroy(self, *arguments: str, app: Path | None = None) -> Run:
        """Destroy without questions."""
        return self("destroy", "--force", *arguments, app=app)


class Account:
    """What there is in the embedded AWS.

    Args:
        aws: The embedded AWS.
    """

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws

    def stacks(self) -> list[str]:
        """Return the names of all stacks that aren't deleted."""
        return [stack["StackName"] for stack in self._aws.client("cloudformation").describe_stacks()["Stacks"]]

    def stack(self, name: str) -> dict[str, Any] | None:
        """Return the description of a stack that isn't deleted."""
        stacks = self._aws.client("cloudformation").describe_stacks()["Stacks"]
        return next((stack for stack in stacks if stack["StackName"] == name), None)

    def status(self, name: str) -> str | None:
        """Return the status of a stack, None if there is none."""
        stack = self.stack(name)
        return stack["StackStatus"] if stack else None

    def outputs(self, name: str) -> dict[str, str]:
        """Return the outputs of a stack."""
        stack = self.stack(name)
        return {output["OutputKey"]: output["OutputValue"] for output in (stack or {}).get("Outputs", [])}

    def jobs(self, prefix: str = "") -> list[dict[str, Any]]:
        """Return the import jobs whose names begin with a prefix, oldest first."""
        found = self._aws.client("personalize").list_dataset_import_jobs()["datasetImportJobs"]
        return sorted(
            (job for job in found if job["jobName"].startswith(prefix)), key=lambda job: job["creationDateTime"]
        )

    def jobs_of(self, stack: str) -> list[dict[str, Any]]:
        """Return the import jobs that the resources of a stack stand for now, oldest first."""
        arns = {resource["PhysicalResourceId"] for resource in self.import_resources(stack)}
        return [job for job in self.jobs() if job["datasetImportJobArn"] in arns]

    def records(self, job: dict[str, Any]) -> int:
        """Return how many records a job read."""
        return personalize.backend(self._aws).records_imported(job["datasetImportJobArn"])

    def import_resources(self, stack: str) -> list[dict[str, Any]]:
        """Return the import's resources of a stack, in the order of their logical ids."""
        found = self._aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        imports = (each for each in found if each["ResourceType"] == "Custom::PersonalizeDatasetImportJob")
        return sorted(imports, key=lambda each: str(each["LogicalResourceId"]))

    def log_groups(self) -> list[str]:
        """Return the names of the log groups, which stay when their stacks are deleted."""
        return [group["logGroupName"] for group in self._aws.client("logs").describe_log_groups()["logGroups"]]

    def log_streams(self, group: str) -> list[str]:
        """Return the names of the streams of a log group."""
        streams = self._aws.client("logs").describe_log_streams(logGroupName=group)["logStreams"]
        return [stream["logStreamName"] for stream in streams]

    def resources(self) -> set[str]:
        """Return the names of everything there is of the kinds that a stack with imports makes, and takes away."""
        client = self._aws.client
        roles = iam_backends[self._aws.account]["aws"].roles.values()
        groups = [group["Name"] for group in client("scheduler").list_schedule_groups()["ScheduleGroups"]]
        schedules = client("scheduler").list_schedules()["Schedules"]
        datasets = client("personalize")
        topics = client("sns").list_topics()["Topics"]
        alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
        return {
            *(f"rule {rule['Name']}" for rule in client("events").list_rules()["Rules"]),
            *(f"alarm {alarm['AlarmName']}" for alarm in alarms),
            *(f"queue {url}" for url in client("sqs").list_queues().get("QueueUrls", [])),
            *(f"topic {topic['TopicArn']}" for topic in topics),
            *(f"role {role.path}{role.name}" for role in roles),
            *(f"function {function['FunctionName']}" for function in client("lambda").list_functions()["Functions"]),
            *(f"bucket {bucket['Name']}" for bucket in client("s3").list_buckets()["Buckets"]),
            *(f"schedule group {name}" for name in groups),
            *(f"schedule {schedule['Name']}" for schedule in schedules),
            *(f"schema {schema['name']}" for schema in datasets.list_schemas()["schemas"]),
            *(f"dataset group {group['name']}" for group in datasets.list_dataset_groups()["datasetGroups"]),
            *(f"dataset {dataset['datasetArn']}" for dataset in datasets.list_datasets()["datasets"]),
        }


def copy_of_example(name: str, folder: Path) -> Path:
    """Copy an example and the data beside it, so that a test can change them."""
    (folder / "examples").mkdir()
    shutil.copytree(ROOT / "data", folder / "data")
    return Path(shutil.copy(ROOT / "examples" / name, folder / "examples"))
