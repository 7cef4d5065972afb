"""Deploys what an app has synthesised as the CDK CLI does, by boto3: the assets, then the stacks."""

import io
import json
import time
import zipfile
from collections.abc import Mapping
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
    """Deploys the stacks of one app into an embedded AWS.

    Args:
        aws: The embedded AWS.
        assembly: What the app has synthesised. Its assets are published at once.
    """

    def __init__(self, aws: LocalAws, assembly: cx_api.CloudAssembly) -> None:
        self._aws = aws
        self._client = aws.client("cloudformation")
        self._templates = {stack.stack_name: stack.template for stack in assembly.stacks}
        self._publish(Path(assembly.directory))

    def create(self, *stacks: str, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
        """Create stacks at the same time, and return the status of each.

        Args:
            *stacks: Names of the stacks.
            parameters: Values of the parameters that they have.
        """
        for name in stacks:
            declared = self._templates[name].get("Parameters", {})
            self._client.create_stack(
                StackName=name,
                TemplateBody=json.dumps(self._templates[name]),
                Capabilities=["CAPABILITY_NAMED_IAM"],
                Parameters=[
                    {"ParameterKey": parameter, "ParameterValue": value}
                    for parameter, value in (parameters or {}).items()
                    if parameter in declared
                ],
            )
        return {name: self._settled(name) for name in stacks}

    def delete(self, *stacks: str) -> dict[str, str]:
        """Delete stacks at the same time, and return the status of each."""
        ids = {name: self._describe(name)["StackId"] for name in stacks}
        for stack_id in ids.values():
            self._client.delete_stack(StackName=stack_id)
        return {name: self._settled(stack_id) for name, stack_id in ids.items()}

    def failures(self, *stacks: str) -> list[str]:
        """Return why resources of stacks failed."""
        events = [
            event for name in stacks for event in self._client.describe_stack_events(StackName=name)["StackEvents"]
        ]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]

    def _settled(self, stack: str) -> str:
        deadline = time.monotonic() + 100
        while (status := self._describe(stack)["StackStatus"]).endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, self.failures(stack)
            time.sleep(0.05)
        return str(status)

    def _describe(self, stack: str) -> dict[str, Any]:
        found: dict[str, Any] = self._client.describe_stacks(StackName=stack)["Stacks"][0]
        return found

    def _publish(self, folder: Path) -> None:
        s3 = self._aws.client("s3")
        known = {found["Name"] for found in s3.list_buckets()["Buckets"]}
        for manifest in folder.glob("*.assets.json"):
            for asset in json.loads(manifest.read_text(encoding="utf-8"))["files"].values():
                for place in asset["destinations"].values():
                    bucket, key = (self._known(place[name]) for name in ("bucketName", "objectKey"))
                    if bucket not in known:
                        known.add(bucket)
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


def make_reported_roles(aws: LocalAws, assembly: cx_api.CloudAssembly, known: Mapping[str, str] | None = None) -> None:
    """Make the roles that an app brings, as the CDK's report says.

    Args:
        aws: The embedded AWS.
        assembly: What the app has synthesised.
        known: What placeholders of the report stand for, beside those of account and region.
    """
    text = Path(assembly.directory, "iam-policy-report.json").read_text(encoding="utf-8")
    places = {"PARTITION": "aws", "REGION": aws.region, "ACCOUNT": aws.account, "AWS::URLSuffix": "amazonaws.com"}
    for name, value in (places | dict(known or {})).items():
        text = text.replace(f"({name})", value)
    client = aws.client("iam")
    for role in json.loads(text)["roles"]:
        trust = {"Version": "2012-10-17", "Statement": role["assumeRolePolicy"]}
        client.create_role(RoleName=role["roleName"], AssumeRolePolicyDocument=json.dumps(trust))
        policy = {"Version": "2012-10-17", "Statement": role["identityPolicyStatements"]}
        client.put_role_policy(RoleName=role["roleName"], PolicyName="Reported", PolicyDocument=json.dumps(policy))
