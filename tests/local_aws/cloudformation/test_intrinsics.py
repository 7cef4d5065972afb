from typing import Any

import pytest

from local_aws.cloudformation.intrinsics import Scope, TemplateError, references

SCOPE = Scope(
    values={"Name": "shop", "List": ["a", "b"], "AWS::Region": "us-east-1"},
    mappings={"Sizes": {"us-east-1": {"small": "1"}}},
    conditions={
        "Yes": {"Fn::Equals": [{"Ref": "Name"}, "shop"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "No"}, {"Condition": "Yes"}]},
        "In": {"Fn::Contains": [["shop", "bank"], {"Ref": "Name"}]},
    },
    ref=lambda name: f"id-of-{name}",
    get_att=lambda name, attribute: f"{attribute}-of-{name}",
    import_value=lambda name: f"export-{name}",
    stack_output=lambda stack, name: f"output-{stack}-{name}",
    dynamic=lambda service, key: f"{service}/{key}",
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Name"}, "shop"),
        ({"Ref": "Bucket"}, "id-of-Bucket"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Arn-of-Bucket"),
        ({"Fn::GetAtt": "Nested.Outputs.X"}, "Outputs.X-of-Nested"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}, 1]]}, "a-shop-1"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, "a,b"),
        ({"Fn::Split": ["|", "a|b"]}, ["a", "b"]),
        ({"Fn::Select": [1, {"Fn::Split": ["|", "a|b"]}]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "List"}]}, "a"),
        ({"Fn::Sub": "${Name}/${Bucket.Arn}/${!Literal}/${AWS::Region}"}, "shop/Arn-of-Bucket/${Literal}/us-east-1"),
        ({"Fn::Sub": ["${X}-${Name}", {"X": {"Ref": "Bucket"}}]}, "id-of-Bucket-shop"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "small"]}, "1"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Name}-arn"}}, "export-shop-arn"),
        ({"Fn::GetStackOutput": {"StackName": {"Ref": "Name"}, "OutputName": "Arn"}}, "output-shop-Arn"),
        ({"Fn::Base64": "text"}, "dGV4dA=="),
        ({"Fn::ToJsonString": {"a": {"Ref": "Name"}}}, '{"a":"shop"}'),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", {"Ref": "Name"}]}, "shop"),
        ({"Fn::If": ["Either", "a", "b"]}, "a"),
        ({"Fn::If": ["Both", "a", "b"]}, "b"),
        ({"Fn::If": ["In", "a", "b"]}, "a"),
        ({"Key": {"Fn::If": ["No", "a", {"Ref": "AWS::NoValue"}]}, "Other": True}, {"Other": True}),
        ([{"Fn::If": ["No", "a", {"Ref": "AWS::NoValue"}]}, "b"], ["b"]),
        ("{{resolve:ssm:/name:1}}-x", "ssm//name:1-x"),
    ],
)
def test_functions(value: Any, expected: Any) -> None:
    assert SCOPE.resolve(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"Fn::GetStackOutput": {"StackName": "shop", "OutputName": "Arn", "Region": "eu-west-1"}},
            "its own account and region only",
        ),
        ({"Fn::Select": [2, ["a", "b"]]}, "nonexistent value at index 2"),
        ({"Fn::FindInMap": ["Sizes", "eu-west-1", "small"]}, "Unable to get mapping for Sizes::eu-west-1::small"),
        ({"Fn::If": ["Unknown", 1, 2]}, "unresolved condition dependency Unknown"),
        ({"Fn::Transform": {"Name": "X"}}, "doesn't support Fn::Transform"),
    ],
)
def test_wrong_use_is_refused(value: Any, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        SCOPE.resolve(value)


def test_references_are_found_in_every_function() -> None:
    value = {
        "A": {"Ref": "One"},
        "B": [{"Fn::GetAtt": ["Two", "Arn"]}, {"Fn::GetAtt": "Three.Arn"}],
        "C": {"Fn::Sub": ["${Four} ${Five.Arn} ${!Not} ${local}", {"local": {"Ref": "Six"}}]},
    }
    assert set(references(value)) == {
        ("One", ""),
        ("Two", "Arn"),
        ("Three", "Arn"),
        ("Four", ""),
        ("Five", "Arn"),
        ("Six", ""),
    }
