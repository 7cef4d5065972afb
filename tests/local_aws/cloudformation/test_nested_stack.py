import json
from typing import Any

import pytest

from local_aws.server import LocalAws


@pytest.fixture(scope="module")
def bucket(aws: LocalAws) -> str:
    aws.client("s3").create_bucket(Bucket="templates")
    return "templates"


def nested(aws: LocalAws, bucket: str, key: str, resources: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    template = {
        "Parameters": {"Value": {"Type": "String", "Default": "none"}},
        "Resources": resources,
        "Outputs": {"Made": {"Value": {"Ref": "A"}}},
    }
    aws.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(template).encode())
    url = f"https://s3.us-east-1.amazonaws.com/{bucket}/{key}"
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}


def test_parameters_go_in_and_outputs_come_out(stacks: Any, parameter: Any, aws: LocalAws, bucket: str) -> None:
    child = nested(aws, bucket, "one", {"A": parameter({"Ref": "Value"})}, Value="given")
    outputs = {"Made": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Made"]}}}
    assert stacks.create("parent", {"Child": child}, template={"Outputs": outputs}) == "CREATE_COMPLETE"
    name = stacks.outputs("parent")["Made"]
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "given"
    child_id = stacks.physical_id("parent", "Child")
    described = stacks.describe(child_id)
    assert described["ParentId"] == described["RootId"] == stacks.describe("parent")["StackId"]

    changed = nested(aws, bucket, "two", {"A": parameter("changed")})
    assert stacks.update("parent", {"Child": changed}) == "UPDATE_COMPLETE"
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "changed"
    assert stacks.delete("parent") == "DELETE_COMPLETE"
    assert stacks.describe(child_id)["StackStatus"] == "DELETE_COMPLETE"


def test_a_failure_inside_fails_the_parent_and_everything_is_rolled_back(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    child = nested(aws, bucket, "broken", {"A": parameter(), "B": parameter(broken=True)})
    assert stacks.create("unlucky", {"Child": child}) == "ROLLBACK_COMPLETE"
    reason = stacks.reason("unlucky", "Child")
    assert "was not successfully created" in reason
    assert "extraneous key [Colour]" in reason
    assert stacks.describe(stacks.physical_id("unlucky", "Child"))["StackStatus"] == "DELETE_COMPLETE"


def test_a_failed_update_restores_the_nested_stack(stacks: Any, parameter: Any, aws: LocalAws, bucket: str) -> None:
    before = nested(aws, bucket, "before", {"A": parameter("before")})
    after = nested(aws, bucket, "after", {"A": parameter("after")})
    stacks.create("undone", {"Child": before, "Last": parameter(depends_on=["Child"])})
    failing = {"Child": after, "Last": parameter(broken=True, depends_on=["Child"])}
    assert stacks.update("undone", failing) == "UPDATE_ROLLBACK_COMPLETE"
    name = stacks.physical_id(stacks.physical_id("undone", "Child"), "A")
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "before"
