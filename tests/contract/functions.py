"""Lambda functions of the contract's tests: they write every event to their log, and some answer CloudFormation."""

import io
import json
import zipfile
from typing import Any

from contract.account import Account
from contract.personalize import document

ECHO = """
import json

def handler(event, context):
    print(json.dumps({"event": event}))
"""
CUSTOM_RESOURCE = """
import json
import urllib.request

def handler(event, context):
    print(json.dumps({"event": event}))
    given = event["ResourceProperties"]
    if event["RequestType"] in given.get("Silent", []):
        return
    reply = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    reply["PhysicalResourceId"] = event.get("PhysicalResourceId") if event["RequestType"] == "Delete" else given["Id"]
    failed = event["RequestType"] in given.get("FailOn", [])
    reply |= {"Status": "FAILED", "Reason": "as told"} if failed else {"Status": "SUCCESS"}
    reply["Data"] = {"Answer": given["Id"]}
    body = json.dumps(reply).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT"))
"""


class Function:
    """A function, and the events that it got.

    Args:
        account: Where.
        suffix: Ends its name.
        code: Its module.
    """

    def __init__(self, account: Account, suffix: str, code: str) -> None:
        self._account = account
        self.name = f"{account.name}-{suffix}"
        self._group = f"/aws/lambda/{self.name}"
        role = self._role()
        account.logs.create_log_group(
            logGroupName=self._group, tags={tag["Key"]: tag["Value"] for tag in account.tags()}
        )
        account.later(f"log group {self._group}", lambda: account.logs.delete_log_group(logGroupName=self._group))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", code)
        given = {
            "FunctionName": self.name,
            "Role": role,
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Code": {"ZipFile": packed.getvalue()},
            "Timeout": 60,
            "Tags": {tag["Key"]: tag["Value"] for tag in account.tags()},
        }

        def made() -> str | None:
            try:
                return str(account.lambda_.create_function(**given)["FunctionArn"])
            except account.lambda_.exceptions.InvalidParameterValueException:
                return None  # the role isn't known everywhere yet

        self.arn = str(account.until(made, minutes=3))
        account.later(f"function {self.name}", lambda: account.lambda_.delete_function(FunctionName=self.name))
        describe = account.lambda_.get_function_configuration
        account.until(lambda: describe(FunctionName=self.name).get("State", "Active") == "Active", minutes=3)

    def events(self, count: int) -> list[dict[str, Any]]:
        """The events that it got, oldest first, as soon as there are ``count``."""
        return self._account.until(lambda: found if len(found := self._logged()) >= count else [], minutes=10)

    def _logged(self) -> list[dict[str, Any]]:
        pages = self._account.logs.get_paginator("filter_log_events").paginate(logGroupName=self._group)
        logged = [event for page in pages for event in page["events"] if event["message"].startswith('{"event"')]
        logged.sort(key=lambda event: event["timestamp"])
        return [json.loads(event["message"])["event"] for event in logged]

    def _role(self) -> str:
        iam, account = self._account.iam, self._account
        trust = document(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
        made = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=trust, Tags=account.tags())
        allowed = document(Action=["logs:CreateLogStream", "logs:PutLogEvents"], Resource="*")
        iam.put_role_policy(RoleName=self.name, PolicyName="logs", PolicyDocument=allowed)

        def remove() -> None:
            iam.delete_role_policy(RoleName=self.name, PolicyName="logs")
            iam.delete_role(RoleName=self.name)

        account.later(f"role {self.name}", remove)
        return str(made["Role"]["Arn"])
