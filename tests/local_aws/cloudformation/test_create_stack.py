import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws


def test_resources_come_in_dependency_order_with_an_event_for_each_step(stacks: Any, parameter: Any) -> None:
    resources = {
        "Second": parameter({"Ref": "First"}),
        "First": parameter("a"),
        "Third": parameter(depends_on=["Second"]),
    }
    assert stacks.create("ordered", resources) == "CREATE_COMPLETE"
    events = stacks.events("ordered")
    assert events[0] == ("ordered", "CREATE_IN_PROGRESS", "User Initiated")
    assert events[-1] == ("ordered", "CREATE_COMPLETE", "")
    assert [name for name, status, _ in events if status == "CREATE_COMPLETE"] == [
        "First",
        "Second",
        "Third",
        "ordered",
    ]
    assert [(status, reason) for _, status, reason in stacks.events("ordered", "First")] == [
        ("CREATE_IN_PROGRESS", ""),
        ("CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("CREATE_COMPLETE", ""),
    ]


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        ({"Fn::GetAtt": ["Topic", "Nothing"]}, "resource Topic does not support attribute type Nothing in Fn::GetAtt"),
        ({"Fn::Sub": "${Topic.Nothing}"}, "resource Topic does not support attribute type Nothing in Fn::GetAtt"),
        ({"Fn::ImportValue": "nothing"}, "No export named nothing found"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_made(stacks: Any, value: Any, refusal: str) -> None:
    with pytest.raises(ClientError, match=refusal) as refused:
        stacks.create(
            "impossible", {"Topic": {"Type": "AWS::SNS::Topic"}}, template={"Outputs": {"O": {"Value": value}}}
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="does not exist"):
        stacks.describe("impossible")


NEVER: dict[str, Any] = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}


@pytest.mark.parametrize(
    ("value", "outputs", "refusal"),
    [
        # https://github.com/aws-solutions/media-insights-on-aws/issues/145
        ({"Ref": "Off"}, {}, "Template format error: Unresolved resource dependencies [Off] in the Resources"),
        # moto's test_permanent_output_conditional_value, which was verified on AWS
        ("b", {"O": {"Value": {"Ref": "Off"}}}, "Unresolved resource dependencies [Off] in the Outputs"),
    ],
)
def test_what_a_condition_leaves_out_is_referred_to_by_nobody(
    stacks: Any, parameter: Any, value: Any, outputs: dict[str, Any], refusal: str
) -> None:
    resources = {"Off": {**parameter("a"), "Condition": "Never"}, "On": parameter(value)}
    with pytest.raises(ClientError, match=re.escape(f"operation: {refusal} block of the template")):
        stacks.create("left-out", resources, template={**NEVER, "Outputs": outputs})


def test_what_a_condition_leaves_out_is_referred_to_under_the_condition(stacks: Any, parameter: Any) -> None:
    value = {"Fn::If": ["Never", {"Ref": "Off"}, "c"]}
    resources = {"Off": {**parameter("a"), "Condition": "Never"}, "On": parameter(value)}
    outputs = {"O": {"Value": value}, "Left": {"Condition": "Never", "Value": {"Ref": "Off"}}}
    assert stacks.create("left-out", resources, template={**NEVER, "Outputs": outputs}) == "CREATE_COMPLETE"
    assert stacks.outputs("left-out") == {"O": "c"}


def test_exports_come_in_pages(stacks: Any, parameter: Any) -> None:
    outputs = {f"O{n}": {"Value": {"Ref": "A"}, "Export": {"Name": f"paged-{n:03}"}} for n in range(101)}
    stacks.create("paged", {"A": parameter()}, template={"Outputs": outputs})
    first = stacks.client.list_exports()
    assert len(first["Exports"]) == 100
    second = stacks.client.list_exports(NextToken=first["NextToken"])
    assert "NextToken" not in second
    names = {export["Name"] for export in first["Exports"] + second["Exports"]}
    assert {f"paged-{n:03}" for n in range(101)} <= names
    with pytest.raises(ClientError, match="Invalid") as refused:
        stacks.client.list_exports(NextToken="nobody's")
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    stacks.delete("paged")


def test_a_creation_that_takes_longer_than_its_limit_is_rolled_back(stacks: Any, custom: Any, function: Any) -> None:
    function.answer = lambda event: None if event["RequestType"] == "Create" else {}
    stacks.create("slow", {"Thing": custom()}, TimeoutInMinutes=5)
    assert stacks.describe("slow")["TimeoutInMinutes"] == 5
    assert stacks.describe("slow")["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events("slow", "slow") if status == "ROLLBACK_IN_PROGRESS"]
    assert reasons == ["Stack creation time exceeded the specified timeout. Rollback requested by user."]


def test_conditions_parameters_and_outputs(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    template = {
        "Parameters": {"Stage": {"Type": "String"}, "Names": {"Type": "CommaDelimitedList", "Default": "a, b"}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Outputs": {
            "Name": {"Value": {"Ref": "Always"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-name"}}},
            "Value": {"Value": {"Fn::GetAtt": ["Always", "Value"]}},
            "Prod": {"Value": {"Ref": "OnlyProd"}, "Condition": "IsProd"},
        },
    }
    resources = {
        "Always": parameter({"Fn::Join": ["+", {"Ref": "Names"}]}),
        "OnlyProd": parameter(Condition="IsProd"),
    }
    given = [{"ParameterKey": "Stage", "ParameterValue": "test"}]
    assert stacks.create("conditional", resources, template=template, Parameters=given) == "CREATE_COMPLETE"
    name = stacks.physical_id("conditional", "Always")
    assert stacks.outputs("conditional") == {"Name": name, "Value": "a+b"}
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "a+b"
    importing = {"Copy": parameter({"Fn::ImportValue": "conditional-name"})}
    importing["Weak"] = parameter({"Fn::GetStackOutput": {"StackName": "conditional", "OutputName": "Value"}})
    assert stacks.create("importing", importing) == "CREATE_COMPLETE"
    weak = stacks.physical_id("importing", "Weak")
    assert aws.client("ssm").get_parameter(Name=weak)["Parameter"]["Value"] == "a+b"
    with pytest.raises(ClientError, match="Export conditional-name cannot be deleted as it is in use by importing"):
        stacks.client.delete_stack(StackName="conditional")
    assert stacks.client.list_imports(ExportName="conditional-name")["Imports"] == ["importing"]
    assert stacks.update("importing", {"Copy": parameter("own")}) == "UPDATE_COMPLETE"
    assert stacks.delete("conditional") == "DELETE_COMPLETE"


def test_a_resource_tells_the_metadata_of_its_template(stacks: Any, parameter: Any) -> None:
    metadata = {"aws:cdk:path": "told/Plain/Resource"}
    assert stacks.create("told", {"A": parameter(Metadata=metadata), "B": parameter()}) == "CREATE_COMPLETE"
    details = [
        stacks.client.describe_stack_resource(StackName="told", LogicalResourceId=name)["StackResourceDetail"]
        for name in ("A", "B")
    ]
    assert json.loads(details[0]["Metadata"]) == metadata
    assert "Metadata" not in details[1]


def test_a_failure_rolls_everything_back(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    broken = parameter(broken=True, depends_on=["Fine"])
    resources = {"Fine": parameter(), "Broken": broken, "Never": parameter(depends_on=["Broken"])}
    assert stacks.create("broken", resources) == "ROLLBACK_COMPLETE"
    assert "extraneous key [Colour] is not permitted" in stacks.reason("broken", "Broken")
    assert stacks.statuses("broken", "Fine")[-2:] == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert stacks.events("broken", "Never") == []
    assert (
        "broken",
        "ROLLBACK_IN_PROGRESS",
        "The following resource(s) failed to create: [Broken]. Rollback requested by user.",
    ) in stacks.events("broken")
    assert aws.client("ssm").get_parameters(Names=[stacks.physical_id("broken", "Fine")])["Parameters"] == []
    assert stacks.delete("broken") == "DELETE_COMPLETE"


def test_a_failure_without_rollback_leaves_what_is_there_until_asked(stacks: Any, parameter: Any) -> None:
    resources = {"Fine": parameter(), "Broken": parameter({"Fn::Select": [3, ["a"]]}, depends_on=["Fine"])}
    assert stacks.create("paused", resources, DisableRollback=True) == "CREATE_FAILED"
    assert stacks.statuses("paused", "Fine")[-1] == "CREATE_COMPLETE"
    stacks.client.rollback_stack(StackName="paused")
    assert stacks.settle("paused") == "ROLLBACK_COMPLETE"


def test_a_stack_that_failed_without_rollback_goes_on_with_an_update(stacks: Any, parameter: Any) -> None:
    resources = {"Fine": parameter(), "Broken": parameter({"Fn::Select": [3, ["a"]]})}
    assert stacks.create("mended", resources, DisableRollback=True) == "CREATE_FAILED"
    assert stacks.update("mended", {"Fine": parameter(), "Broken": parameter("b")}) == "UPDATE_COMPLETE"


def test_what_the_embedded_aws_does_not_know_is_refused(stacks: Any) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Nothing::Here\]"):
        stacks.create("unknown-type", {"A": {"Type": "AWS::Nothing::Here"}})


def test_a_services_own_words_are_the_reason(stacks: Any) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "ab"}}
    assert stacks.create("misnamed", {"A": bucket}) == "ROLLBACK_COMPLETE"
    assert 'Resource handler returned message: "The specified bucket is not valid' in stacks.reason("misnamed", "A")


def test_iam_resources_need_the_callers_word(stacks: Any) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_IAM\]"):
        stacks.create("capable", {"A": role}, Capabilities=[])


def test_names_are_taken_once(stacks: Any, parameter: Any) -> None:
    stacks.create("taken", {"A": parameter()})
    with pytest.raises(ClientError, match=r"Stack \[taken\] already exists"):
        stacks.create("taken", {"A": parameter()})
    with pytest.raises(ClientError, match="Stack with id nobody does not exist"):
        stacks.describe("nobody")


def test_rules_are_asserted_before_anything_is_created(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    aws.client("ssm").put_parameter(Name="/version", Type="String", Value="5")
    template = {
        "Parameters": {"Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/version"}},
        "Rules": {
            "Check": {
                "Assertions": [
                    {
                        "Assert": {"Fn::Not": [{"Fn::Contains": [["4", "5"], {"Ref": "Version"}]}]},
                        "AssertDescription": "too old",
                    }
                ]
            }
        },
    }
    with pytest.raises(ClientError, match="Rule Check: too old"):
        stacks.create("ruled", {"A": parameter()}, template=template)
    with pytest.raises(ClientError, match="Stack with id ruled does not exist"):
        stacks.describe("ruled")
