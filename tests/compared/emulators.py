"""Two implementations of AWS behind one face: the embedded AWS, and MiniStack, which nobody here wrote.

MiniStack needs another botocore than this project, so it is installed into a virtual environment of its own.
"""

import contextlib
import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from compared import recorded_function
from embedded_account import policy, until, zipped

from local_aws.server import LocalAws
from locks.install import VENV, install_apart

ACCOUNT = "123456789012"
ROLE = "recorded"
BUCKET = "nested-templates"
CODE = Path(recorded_function.__file__)


class Emulator:
    """An account with one function that custom resources ask.

    Args:
        endpoint: Where all services answer.
        recorder: Where the function tells what it is asked.
    """

    def __init__(self, endpoint: str, recorder: str) -> None:
        self.endpoint = endpoint
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        self.function = self.client("lambda").create_function(
            FunctionName="recorded",
            Role=role,
            Runtime="python3.13",
            Handler="recorded_function.handler",
            Code={"ZipFile": zipped({CODE.name: CODE.read_text()})},
            Environment={"Variables": {"RECORDER": recorder}},
            Timeout=60,
        )["FunctionArn"]
        self.client("s3").create_bucket(Bucket=BUCKET)
        self._cloudformation = self.client("cloudformation")

    def client(self, service: str) -> Any:
        """The boto3 client of a service, trying each call once."""
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def run(self, operation: str, stack: str, template: dict[str, Any] | None) -> str:
        """Do one operation on a stack; return the status that it ends with."""
        given: dict[str, Any] = {"StackName": self._id(stack) if operation == "delete" else stack}
        if template is not None:
            given["TemplateBody"] = json.dumps(template).replace("${Function}", self.function)
        getattr(self._cloudformation, f"{operation}_stack")(**given)
        return str(until(lambda: self._settled(given["StackName"]), seconds=60))

    def template_url(self, name: str, template: dict[str, Any]) -> str:
        """Store a nested stack's template; return its address."""
        body = json.dumps(template).replace("${Function}", self.function)
        self.client("s3").put_object(Bucket=BUCKET, Key=name, Body=body.encode())
        return f"{self.endpoint}/{BUCKET}/{name}"

    def _id(self, stack: str) -> str:
        return str(self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackId"])

    def _settled(self, stack: str) -> str | None:
        status: str = self._cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return None if status.endswith("_IN_PROGRESS") else status


@contextlib.contextmanager
def embedded(recorder: str) -> Iterator[Emulator]:
    """The embedded AWS, in this process."""
    with LocalAws(speed=600) as aws:
        yield Emulator(aws.endpoint, recorder)


@contextlib.contextmanager
def ministack(recorder: str) -> Iterator[Emulator]:
    """MiniStack, in a process of its own.

    Raises:
        InstallationError: If it can't be installed.
    """
    python = install_apart("ministack", VENV / "ministack")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="ministack-") as folder:
        settings = {
            "GATEWAY_PORT": str(port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "STATE_DIR": folder,
            "TMPDIR": folder,
            "LOG_LEVEL": "ERROR",
        }
        command = [str(python), "-m", "ministack.app"]
        process = subprocess.Popen(command, cwd=folder, env=os.environ | settings, stdout=subprocess.DEVNULL)
        try:
            until(lambda: _answers(endpoint, process), seconds=60)
            yield Emulator(endpoint, recorder)
        finally:
            process.terminate()
            process.wait()


def _answers(endpoint: str, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, f"MiniStack ended with {process.returncode}"
    try:
        urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=5).close()
    except OSError:
        time.sleep(0.05)
        return False
    return True
