"""What tests of the embedded AWS put into its account: roles, buckets, functions, datasets."""

import contextlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from local_aws.server import LocalAws

INTERACTIONS = ("USER_ID,string", "ITEM_ID,string", "TIMESTAMP,long")
USERS = ("USER_ID,string", "AGE,int")


class Account:
    """The account of an embedded AWS."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.role_arn = ""

    def __getattr__(self, service: str) -> Any:
        return self.aws.client("lambda" if service == "lambda_" else service)

    def role(
        self,
        name: str,
        service: str,
        actions: Sequence[str] = (),
        resources: Sequence[str] = ("*",),
        trust_condition: dict[str, Any] | None = None,
    ) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        if trust_condition:
            trust["Condition"] = trust_condition
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        if actions:
            self.allow(name, actions, resources)
        return arn

    def allow(
        self, role: str, actions: Sequence[str], resources: Sequence[str] = ("*",), effect: str = "Allow"
    ) -> None:
        document = policy({"Effect": effect, "Action": list(actions), "Resource": list(resources)})
        self.iam.put_role_policy(RoleName=role, PolicyName=f"policy-{effect}-{len(document)}", PolicyDocument=document)

    def bucket(self, name: str = "training-data", *, readable: bool = True) -> str:
        self.s3.create_bucket(Bucket=name)
        if readable:
            self.s3.put_bucket_policy(Bucket=name, Policy=policy(bucket_statement(name)))
        return name

    def function(self, code: str, role: str | None = None, name: str = "function", **configuration: Any) -> str:
        role = role or self.role(f"{name}-role", "lambda", ["logs:*"])
        arn: str = self.lambda_.create_function(
            **{
                "FunctionName": name,
                "Role": role,
                "Runtime": "python3.13",
                "Handler": "code.handler",
                "Code": {"ZipFile": zipped({"code.py": code})},
                "Timeout": 60,
                **configuration,
            }
        )["FunctionArn"]
        return arn

    def log(self, group: str = "/aws/lambda/function") -> list[str]:
        return [event["message"] for event in self.log_events(group)]

    def log_events(self, group: str = "/aws/lambda/function") -> list[Any]:
        streams = self.logs.describe_log_streams(logGroupName=group)["logStreams"]
        names = [stream["logStreamName"] for stream in streams]
        events = [
            event
            for name in names
            for event in self.logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)["events"]
        ]
        return sorted(events, key=lambda event: event["timestamp"])

    def dataset(self, kind: str = "Users", fields: Sequence[str] = USERS, group: str = "group") -> str:
        groups = self.personalize.list_dataset_groups()["datasetGroups"]
        arn = next((g["datasetGroupArn"] for g in groups if g["name"] == group), None)
        if arn is None:
            arn = self.personalize.create_dataset_group(name=group)["datasetGroupArn"]
            self.wait(lambda: self.personalize.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"])
        schema = self.personalize.create_schema(name=f"{group}-{kind}", schema=avro(kind, fields))["schemaArn"]
        dataset = self.personalize.create_dataset(
            name=f"{group}-{kind}", datasetGroupArn=arn, schemaArn=schema, datasetType=kind
        )["datasetArn"]
        self.wait(lambda: self.personalize.describe_dataset(datasetArn=dataset)["dataset"])
        return str(dataset)

    def service_role(self, name: str = "service-role", bucket: str = "training-data") -> str:
        actions = ["s3:GetObject", "s3:ListBucket"]
        return self.role(name, "personalize", actions, [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])

    def wait(self, look: Callable[[], Any]) -> Any:
        def finished() -> Any:
            found = look()
            return found if found["status"] in ("ACTIVE", "CREATE FAILED") else None

        return until(finished, seconds=5)


def until(look: Callable[[], Any], seconds: float = 10) -> Any:
    """What ``look`` finds, as soon as it finds something; fails after some real seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.005)
    raise AssertionError("did not happen")


@contextlib.contextmanager
def account_of_its_own(speed: float = 60) -> Iterator[Account]:
    """An embedded AWS whose clients try each call once, so that refusals come at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        with LocalAws(speed) as aws:
            yield Account(aws)


def bucket_statement(bucket: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def avro(kind: str, fields: Sequence[str]) -> str:
    """A schema from fields such as ``AGE,int`` and ``AGE,null,int``."""
    members = []
    for text in fields:
        name, *types = text.split(",")
        members.append({"name": name, "type": types[0] if len(types) == 1 else types})
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps({"type": "record", "name": kind, "namespace": namespace, "fields": members, "version": "1.0"})


def interactions(count: int, first: int = 0) -> str:
    rows = (f"u{number % 50},i{number % 100},{1700000000 + number}" for number in range(first, first + count))
    return "\n".join(["USER_ID,ITEM_ID,TIMESTAMP", *rows]) + "\n"
