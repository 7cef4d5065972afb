"""Deploys what an app has synthesised as the CDK CLI does, by boto3: the assets, then the stacks in their order."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import cx_api

from local_aws.server import LocalAws


def app(**properties: Any) -> cdk.App:
    """Return an app whose stacks need no bootstrap stack but its bucket."""
    return cdk.App(
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False), **properties
    )


class Deployment:
    """Deploys into one embedded AWS.

    Args:
        aws: The embedded AWS.
    """

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._client = aws.client("cloudformation")

    def deploy(
        self,
        assembly: cx_api.CloudAssembly,
        *,
        parameters: Mapping[str, str] | None = None,
        between: Mapping[str, Callable[[], object]] | None = None,
    ) -> dict[str, str]:
        """Deploy all stacks and return the status of each.

        Args:
            assembly: The cloud assembly.
            parameters: Values of the parameters that the stacks have.
            between: What to do after a stack, by the stack's name.
        """
        self._publish(Path(assembly.directory))
        statuses = {}
        for stack in assembly.stacks:
            statuses[stack.stack_name] = self._create(stack, parameters or {})
            if between and stack.stack_name in between:
                between[stack.stack_name]()
        return statuses

    def delete(self, assembly: cx_api.CloudAssembly) -> dict[str, str]:
        """Delete all stacks, the last one first, and return the status of each."""
        statuses = {}
        for stack in reversed(assembly.stacks):
            stack_id = self._describe(stack.stack_name)["StackId"]
            self._client.delete_stack(StackName=stack_id)
            statuses[stack.stack_name] = self._settled(stack_id)
        return statuses

    def failures(self, stack: str) -> list[str]:
        """Return why resources of a stack failed."""
        events = self._client.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]

    def _create(self, stack: cx_api.CloudFormationStackArtifact, parameters: Mapping[str, str]) -> str:
        declared = stack.template.get("Parameters", {})
        self._client.create_stack(
            StackName=stack.stack_name,
            TemplateBody=json.dumps(stack.template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
                if name in declared
            ],
        )
        return self._settled(stack.stack_name)

    def _settled(self, stack: str) -> str:
        deadline = time.monotonic() + 60
        while (status := self._describe(stack)["StackStatus"]).endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, self.failures(stack)
            time.sleep(0.05)
        return str(status)

    def _describe(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.describe_stacks(StackName=stack)["Stacks"][0]
        return found

    def _publish(self, folder: Path) -> None:
        s3 = self._aws.client("s3")
        for manifest in folder.glob("*.assets.json"):
            for asset in json.loads(manifest.read_text(encoding="utf-8"))["files"].values():
                for place in asset["destinations"].values():
                    bucket, key = (self._known(place[name]) for name in ("bucketName", "objectKey"))
                    if bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}:
                        s3.create_bucket(Bucket=bucket)
                    s3.put_object(Bucket=bucket, Key=key, Body=_content(folder / asset["source"]["path"]))

    def _known(self, text: str) -> str:
        known = {"AccountId": self._aws.account, "Region": self._aws.region, "Partition": "aws"}
        for name, value in known.items():
            text = text.replace(f"${{AWS::{name}}}", value)
        return text


def _content(path: Path) -> bytes:
    if path.is_file():
        return path.read_bytes()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for file in path.rglob("*"):
            zipped.write(file, file.relative_to(path))
    return archive.getvalue()
