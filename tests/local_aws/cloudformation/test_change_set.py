import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "change-set-role", "AssumeRolePolicyDocument": {"Statement": []}},
}


def test_a_first_change_set_makes_a_stack_in_review(stacks: Any, parameter: Any) -> None:
    _create(stacks, "review", {"A": parameter()}, "CREATE")
    assert stacks.describe("review")["StackStatus"] == "REVIEW_IN_PROGRESS"
    described = stacks.client.describe_change_set(StackName="review", ChangeSetName="change")
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert [change["ResourceChange"]["Action"] for change in described["Changes"]] == ["Add"]
    stacks.client.execute_change_set(StackName="review", ChangeSetName="change")
    assert stacks.settle("review") == "CREATE_COMPLETE"


def test_a_stack_in_review_is_deleted_at_once(stacks: Any, parameter: Any) -> None:
    _create(stacks, "unwanted", {"A": parameter()}, "CREATE")
    assert stacks.delete("unwanted") == "DELETE_COMPLETE"


def test_changes_are_told_with_replacements(stacks: Any, parameter: Any, custom: Any, function: Any) -> None:
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/cs/1", "Type": "String", "Value": "x"}}
    old = {
        "Renamed": named,
        "User": parameter({"Ref": "Renamed"}),
        "Value": parameter("1"),
        "Gone": parameter(),
        "Same": parameter(),
        "Meta": parameter(Metadata={"a": 1}),
        "Thing": custom(N=1),
        "ThingUser": parameter({"Ref": "Thing"}),
    }
    stacks.create("changes", old)
    new = {**old, "Value": parameter("2"), "Meta": parameter(Metadata={"a": 2}), "Thing": custom(N=2)}
    new["Renamed"] = {**named, "Properties": {**named["Properties"], "Name": "/cs/2"}}  # type: ignore[dict-item]
    new["New"] = parameter()
    del new["Gone"]
    changes = _create(stacks, "changes", new, "UPDATE")
    told = {change["LogicalResourceId"]: (change["Action"], change.get("Replacement")) for change in changes}
    assert told == {
        "Renamed": ("Modify", "True"),
        "User": ("Modify", "False"),
        "Value": ("Modify", "False"),
        "Gone": ("Remove", None),
        "Meta": ("Modify", "False"),
        "Thing": ("Modify", "False"),
        "ThingUser": ("Modify", "False"),
        "New": ("Add", None),
    }
    by_id = {change["LogicalResourceId"]: change for change in changes}
    assert by_id["Renamed"]["PolicyAction"] == "ReplaceAndDelete"
    assert by_id["Meta"]["Scope"] == ["Metadata"]
    (detail,) = by_id["User"]["Details"]
    assert (detail["Target"]["Name"], detail["Evaluation"]) == ("Value", "Dynamic")
    assert json.loads(by_id["Value"]["AfterContext"])["Properties"]["Value"] == "2"


def test_what_is_made_of_a_new_resource_is_known_after_it(stacks: Any, parameter: Any) -> None:
    stacks.create("unknown", {"A": parameter()})
    account = {"Fn::Select": [4, {"Fn::Split": [":", {"Fn::GetAtt": ["Topic", "TopicArn"]}]}]}
    outputs = {"Account": {"Value": {"Fn::Join": ["", {"Fn::Split": [":", {"Ref": "Topic"}]}]}}}
    resources = {"A": parameter(account), "Topic": {"Type": "AWS::SNS::Topic"}}
    changes = _create(stacks, "unknown", resources, "UPDATE", {"Outputs": outputs})
    [changed] = [change for change in changes if change["LogicalResourceId"] == "A"]
    assert json.loads(changed["AfterContext"])["Properties"]["Value"] == "{{changeSet:KNOWN_AFTER_APPLY}}"
    stacks.client.execute_change_set(StackName="unknown", ChangeSetName="change")
    assert stacks.settle("unknown") == "UPDATE_COMPLETE"
    assert "123456789012" in stacks.outputs("unknown")["Account"]


@pytest.mark.parametrize("name", ["two words", "1st", "under_score", "a" * 129])
def test_the_name_of_a_change_set_is_checked(stacks: Any, parameter: Any, name: str) -> None:
    with pytest.raises(ClientError, match=f"Value '{name}' at 'changeSetName' failed to satisfy constraint") as refused:
        stacks.client.create_change_set(
            StackName="misnamed",
            ChangeSetName=name,
            ChangeSetType="CREATE",
            TemplateBody=json.dumps({"Resources": {"A": parameter()}}),
        )
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="does not exist"):
        stacks.describe("misnamed")


def test_an_import_in_an_output_that_nobody_exports_fails_the_change_set(stacks: Any, parameter: Any) -> None:
    outputs = {"O": {"Value": {"Fn::ImportValue": "nothing"}}}
    _create(stacks, "importless", {"A": parameter()}, "CREATE", {"Outputs": outputs})
    described = stacks.client.describe_change_set(StackName="importless", ChangeSetName="change")
    assert (described["Status"], described["StatusReason"]) == ("FAILED", "No export named nothing found.")


def test_no_changes_fail_the_change_set(stacks: Any, parameter: Any) -> None:
    stacks.create("unchanged", {"A": parameter()})
    assert _create(stacks, "unchanged", {"A": parameter()}, "UPDATE") == []
    described = stacks.client.describe_change_set(StackName="unchanged", ChangeSetName="change")
    assert described["Status"] == "FAILED"
    assert described["StatusReason"].startswith("The submitted information didn't contain changes.")
    with pytest.raises(ClientError, match="cannot be executed in its current status"):
        stacks.client.execute_change_set(StackName="unchanged", ChangeSetName="change")
    summaries = stacks.client.list_change_sets(StackName="unchanged")["Summaries"]
    assert [summary["Status"] for summary in summaries] == ["FAILED"]
    stacks.client.delete_change_set(StackName="unchanged", ChangeSetName="change")
    assert stacks.client.list_change_sets(StackName="unchanged")["Summaries"] == []


def test_an_executed_change_set_tells_how_that_went(stacks: Any, parameter: Any) -> None:
    for name, resource, expected in (
        ("executed", parameter(), "EXECUTE_COMPLETE"),
        ("executed-in-vain", parameter(broken=True), "EXECUTE_FAILED"),
    ):
        _create(stacks, name, {"A": resource}, "CREATE")
        stacks.client.execute_change_set(StackName=name, ChangeSetName="change")
        stacks.settle(name)
        described = stacks.client.describe_change_set(StackName=name, ChangeSetName="change")
        assert described["ExecutionStatus"] == expected
        with pytest.raises(ClientError, match=rf"cannot be executed in its current execution status of \[{expected}"):
            stacks.client.execute_change_set(StackName=name, ChangeSetName="change")
        assert stacks.client.list_change_sets(StackName=name)["Summaries"] == []
        arn = described["ChangeSetId"]
        assert stacks.client.describe_change_set(ChangeSetName=arn)["StackName"] == name
        with pytest.raises(
            ClientError, match="StackName must be specified if ChangeSetName is not specified as an ARN"
        ):
            stacks.client.describe_change_set(ChangeSetName="change")


def test_a_template_that_can_not_be_resolved_fails_the_change_set(stacks: Any, parameter: Any) -> None:
    stacks.create("unresolved", {"A": parameter()})
    _create(stacks, "unresolved", {"A": parameter({"Fn::ImportValue": "nothing"})}, "UPDATE")
    described = stacks.client.describe_change_set(StackName="unresolved", ChangeSetName="change")
    assert (described["Status"], described["StatusReason"]) == ("FAILED", "No export named nothing found.")


def test_templates_and_their_summaries_can_be_read(stacks: Any, parameter: Any) -> None:
    stacks.create("readable", {"A": parameter(), "R": ROLE})
    body = stacks.client.get_template(StackName="readable")["TemplateBody"]
    assert body["Resources"]["A"] == parameter()
    summary = stacks.client.get_template_summary(StackName="readable")
    assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::SSM::Parameter"]
    assert summary["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_events_come_in_pages(stacks: Any, parameter: Any) -> None:
    stacks.create("long", {f"P{number}": parameter() for number in range(40)})
    first = stacks.client.describe_stack_events(StackName="long")
    assert len(first["StackEvents"]) == 100
    assert first["NextToken"]
    assert len(stacks.events("long")) == 3 * 40 + 2


def _create(
    stacks: Any, name: str, resources: dict[str, Any], kind: str, more: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    stacks.client.create_change_set(
        StackName=name,
        ChangeSetName="change",
        ChangeSetType=kind,
        TemplateBody=json.dumps({"Resources": resources, **(more or {})}),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    described = stacks.client.describe_change_set(StackName=name, ChangeSetName="change", IncludePropertyValues=True)
    return [change["ResourceChange"] for change in described["Changes"]]


def test_a_resource_keeps_its_type(stacks: Any, parameter: Any) -> None:
    stacks.create("typed", {"A": parameter()})
    with pytest.raises(ClientError, match=r"Update of resource type is not permitted.*\[A\]"):
        stacks.update("typed", {"A": {"Type": "AWS::SNS::Topic"}})
