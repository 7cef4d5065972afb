import json
from typing import Any

import pytest

from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.parameters import given_values
from local_aws.cloudformation.template import Template

TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic"}


def test_yaml_with_short_functions_and_dates_reads_as_json_does() -> None:
    template = Template(
        """
        AWSTemplateFormatVersion: 2010-09-09
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties:
              DisplayName: !Sub "${Other.TopicName}-x"
              Name: !GetAtt Other.TopicName
              Joined: !Join ["-", [!Ref Other, 2012-10-17]]
          Other: {Type: AWS::SNS::Topic}
        """
    )
    assert template.content["AWSTemplateFormatVersion"] == "2010-09-09"
    assert template.resources["Topic"]["Properties"] == {
        "DisplayName": {"Fn::Sub": "${Other.TopicName}-x"},
        "Name": {"Fn::GetAtt": "Other.TopicName"},
        "Joined": {"Fn::Join": ["-", [{"Ref": "Other"}, "2012-10-17"]]},
    }
    assert template.dependencies == {"Topic": {"Other"}, "Other": set()}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "At least one Resources member must be defined"),
        ({"Resources": {"A": TOPIC}, "Resource": {}}, r"Invalid template property or properties \[Resource\]"),
        ({"Resources": {"A-b": TOPIC}}, "Resource name A-b is non alphanumeric"),
        ({"Resources": {"A": {}}}, "Every resource must have a Type"),
        ({"Resources": {"A": {**TOPIC, "Depends": "B"}}}, "Invalid template resource property 'Depends'"),
        ({"Resources": {"A": {**TOPIC, "DependsOn": "B"}}}, r"Unresolved resource dependencies \[B\]"),
        ({"Resources": {"A": {**TOPIC, "Condition": "C"}}}, "Condition C is not defined"),
        ({"Resources": {"A": {**TOPIC, "Properties": {"X": {"Ref": "B"}}}}}, r"dependencies \[B\] in the Resources"),
        ({"Resources": {"A": TOPIC}, "Outputs": {"O": {"Value": {"Ref": "B"}}}}, r"dependencies \[B\] in the Outputs"),
        (
            {"Resources": {"A": {**TOPIC, "DependsOn": "B"}, "B": {**TOPIC, "DependsOn": ["A"]}}},
            r"Circular dependency between resources: \[A, B\]",
        ),
        ({"Resources": {f"A{n}": TOPIC for n in range(501)}}, "Number of resources, 501, is greater than maximum"),
    ],
)
def test_what_cloudformation_refuses_is_refused(content: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        Template(json.dumps(content))


@pytest.mark.parametrize("body", ["{", "just text", "Resources: [unclosed"])
def test_what_is_no_template_is_refused(body: str) -> None:
    with pytest.raises(TemplateError, match="Template format error"):
        Template(body)


DECLARED = {
    "Size": {"Type": "Number", "Default": 3},
    "Color": {"Type": "String", "AllowedValues": ["red", "blue"], "ConstraintDescription": "pick one"},
    "Bright": {"Type": "String", "AllowedValues": [True, False], "Default": True},
}


@pytest.mark.parametrize(
    ("given", "previous", "expected"),
    [
        ({"Color": "red"}, {}, {"Size": "3", "Color": "red", "Bright": "true"}),
        ({"Color": "blue", "Size": "5"}, {}, {"Size": "5", "Color": "blue", "Bright": "true"}),
        ({"Color": "blue", "Bright": "false"}, {}, {"Size": "3", "Color": "blue", "Bright": "false"}),
        ({"Color": None}, {"Color": "blue"}, {"Size": "3", "Color": "blue", "Bright": "true"}),
    ],
)
def test_parameters_are_given_kept_or_default(
    given: dict[str, str | None], previous: dict[str, str], expected: dict[str, str]
) -> None:
    assert given_values(_with_parameters(), _as_api(given), previous) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"Parameters: \[Color\] must have values"),
        ({"Color": "green"}, "Parameter 'Color' must be one of AllowedValues. pick one"),
        ({"Color": "red", "Size": "many"}, "Parameter 'Size' must be a number"),
        ({"Color": "red", "Shape": "x"}, r"Parameters: \[Shape\] do not exist in the template"),
        ({"Color": None}, "parameter key Color. Cannot specify usePreviousValue as true for a new parameter"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, str | None], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        given_values(_with_parameters(), _as_api(given), {})


def test_a_value_and_the_previous_one_are_not_given_together() -> None:
    # As moto's test_update_stack_with_previous_value says, which was verified on AWS.
    given = {"ParameterKey": "Color", "UsePreviousValue": True, "ParameterValue": "red"}
    with pytest.raises(TemplateError, match="as true and non empty value for a parameter"):
        given_values(_with_parameters(), [given], {"Color": "blue"})
    assert given_values(_with_parameters(), [{**given, "ParameterValue": ""}], {"Color": "blue"})["Color"] == "blue"


def _with_parameters() -> Template:
    return Template(json.dumps({"Parameters": DECLARED, "Resources": {"A": TOPIC}}))


def _as_api(given: dict[str, str | None]) -> list[dict[str, Any]]:
    return [
        {"ParameterKey": key, "UsePreviousValue": True}
        if value is None
        else {"ParameterKey": key, "ParameterValue": value}
        for key, value in given.items()
    ]


def test_a_valid_template_is_described(stacks: Any) -> None:
    body = json.dumps({"Description": "what it is", "Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    assert stacks.client.validate_template(TemplateBody=body)["Description"] == "what it is"
