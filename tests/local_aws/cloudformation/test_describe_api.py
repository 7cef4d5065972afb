"""What CloudFormation tells of stacks, and how it refuses what isn't there."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

TEMPLATE = {
    "Parameters": {"Size": {"Type": "Number", "Default": 1}},
    "Resources": {"Thing": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "v"}}},
    "Outputs": {"Name": {"Value": {"Ref": "Thing"}, "Export": {"Name": "told-name"}}},
}


@pytest.fixture(scope="module", autouse=True)
def _stack(aws: Any) -> None:
    client = aws.client("cloudformation")
    client.create_stack(StackName="told", TemplateBody=json.dumps(TEMPLATE))
    while client.describe_stacks(StackName="told")["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
        aws.clock.sleep(1)


def test_a_resource_is_found_by_its_stack_or_by_itself(stacks: Any) -> None:
    physical_id = stacks.physical_id("told", "Thing")
    for given in ({"PhysicalResourceId": physical_id}, {"StackName": "told", "LogicalResourceId": "Thing"}):
        [found] = stacks.client.describe_stack_resources(**given)["StackResources"]
        assert (found["StackName"], found["PhysicalResourceId"]) == ("told", physical_id)
    assert stacks.client.describe_stack_resources(StackName="told", LogicalResourceId="Other")["StackResources"] == []


def test_the_template_is_told_and_summed_up(stacks: Any) -> None:
    assert json.loads(json.dumps(stacks.client.get_template(StackName="told")["TemplateBody"])) == TEMPLATE
    for given in ({"StackName": "told"}, {"TemplateBody": json.dumps(TEMPLATE)}):
        summary = stacks.client.get_template_summary(**given)
        assert summary["ResourceTypes"] == ["AWS::SSM::Parameter"]
        [parameter] = summary["Parameters"]
        assert (parameter["ParameterKey"], parameter["DefaultValue"]) == ("Size", "1")
        assert parameter["ParameterConstraints"] == {}


def test_there_are_no_events_beside_the_stack_s_own(stacks: Any) -> None:
    assert stacks.client.describe_events(StackName="told")["OperationEvents"] == []


@pytest.mark.parametrize(
    ("operation", "given", "refusal"),
    [
        ("describe_stack_resources", {"PhysicalResourceId": "nothing"}, "Stack for nothing does not exist"),
        (
            "describe_stack_resource",
            {"StackName": "told", "LogicalResourceId": "Other"},
            "Resource Other does not exist",
        ),
        ("list_imports", {"ExportName": "told-name"}, "Export 'told-name' is not imported by any stack."),
        ("get_template_summary", {}, "Either Template URL or Template Body must be specified."),
        (
            "get_template_summary",
            {"TemplateURL": "https://s3.amazonaws.com/no-such-bucket/template.json"},
            "S3 error: The specified key does not exist.",
        ),
        ("list_stack_resources", {"StackName": "told", "NextToken": "made-up"}, "Invalid"),
        ("cancel_update_stack", {"StackName": "told"}, "cannot be called from current stack status CREATE_COMPLETE"),
        ("rollback_stack", {"StackName": "told"}, "is in CREATE_COMPLETE state and can not be rolled back"),
        (
            "continue_update_rollback",
            {"StackName": "told"},
            "is in CREATE_COMPLETE state and can not continue rollback",
        ),
    ],
)
def test_what_is_not_there_is_refused(stacks: Any, operation: str, given: dict[str, str], refusal: str) -> None:
    with pytest.raises(ClientError, match=refusal):
        getattr(stacks.client, operation)(**given)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ({"Fn::If": ["Unknown", "a", "b"]}, "Unresolved condition dependency Unknown in the Outputs block"),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, 8]}, "the embedded AWS doesn't support Fn::Cidr"),
    ],
)
def test_an_output_that_nobody_can_make_is_refused_at_once(stacks: Any, value: Any, refusal: str) -> None:
    with pytest.raises(ClientError, match=refusal):
        stacks.create("unmade", TEMPLATE["Resources"], template={"Outputs": {"Made": {"Value": value}}})


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ("{{resolve:secretsmanager:secret}}", "doesn't resolve secretsmanager references"),
        ("{{resolve:ssm:/no/such}}", "Unable to fetch parameters [/no/such] from parameter store"),
    ],
)
def test_an_output_that_can_not_be_made_now_rolls_back(stacks: Any, value: str, refusal: str) -> None:
    outputs = {"Made": {"Value": value}}
    assert stacks.create("unmade", TEMPLATE["Resources"], template={"Outputs": outputs}) == "ROLLBACK_COMPLETE"
    assert refusal in " ".join(reason for _, _, reason in stacks.events("unmade", "unmade"))
    stacks.delete("unmade")
