from typing import Any

import pytest
from botocore.exceptions import ClientError
from embedded_account import until

from local_aws.server import LocalAws


def test_only_what_changed_is_updated(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    stacks.create("changing", {"Same": parameter("a"), "Other": parameter("b"), "Gone": parameter("c")})
    gone = stacks.physical_id("changing", "Gone")
    resources = {"Same": parameter("a"), "Other": parameter("B"), "New": parameter("d")}
    assert stacks.update("changing", resources) == "UPDATE_COMPLETE"
    assert stacks.statuses("changing", "Same") == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert stacks.statuses("changing", "Other")[-2:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert stacks.statuses("changing", "changing")[-3:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]
    assert stacks.statuses("changing", "Gone")[-2:] == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert aws.client("ssm").get_parameters(Names=[gone])["Parameters"] == []


def test_no_changes_are_refused(stacks: Any, parameter: Any) -> None:
    stacks.create("same", {"A": parameter()})
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update("same", {"A": parameter()})


def test_the_previous_template_is_taken_with_other_values(stacks: Any, parameter: Any) -> None:
    declared = {
        "Parameters": {"Value": {"Type": "String", "Default": "a"}},
        "Outputs": {"O": {"Value": {"Ref": "Value"}}},
    }
    resources = {"A": parameter({"Ref": "Value"})}
    stacks.create("kept", resources, template=declared)
    given = {"UsePreviousTemplate": True, "Parameters": [{"ParameterKey": "Value", "ParameterValue": "b"}]}
    with pytest.raises(ClientError, match="both usePreviousTemplate and Template Body/Template URL"):
        stacks.update("kept", resources, template=declared, **given)
    stacks.client.update_stack(StackName="kept", **given)
    assert stacks.settle("kept") == "UPDATE_COMPLETE"
    assert stacks.outputs("kept") == {"O": "b"}


def test_a_change_that_needs_a_new_resource_replaces_it_and_cleans_up(
    stacks: Any, parameter: Any, aws: LocalAws
) -> None:
    named = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/old", "Type": "String", "Value": "x"}}
    stacks.create("replacing", {"A": named, "B": parameter({"Ref": "A"})})
    renamed = {**named, "Properties": {**named["Properties"], "Name": "/new"}}  # type: ignore[dict-item]
    assert stacks.update("replacing", {"A": renamed, "B": parameter({"Ref": "A"})}) == "UPDATE_COMPLETE"
    names = [found["Name"] for found in aws.client("ssm").get_parameters(Names=["/old", "/new"])["Parameters"]]
    assert names == ["/new"]
    assert stacks.statuses("replacing", "B")[-1] == "UPDATE_COMPLETE"
    assert [reason for _, status, reason in stacks.events("replacing", "A") if status == "UPDATE_IN_PROGRESS"] == [
        "Requested update requires the creation of a new physical resource; hence creating one.",
        "Resource creation Initiated",
    ]


def test_a_failed_update_restores_what_was(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    def resources(value: str, name: str, broken: bool = False) -> dict[str, Any]:
        named = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": "x"}}
        return {
            "Changed": parameter(value),
            "Replaced": named,
            "Broken": parameter(broken=broken, depends_on=["Changed", "Replaced"]),
        }

    stacks.create("restored", resources("before", "/before"))
    after = resources("after", "/after", broken=True) | {"Added": parameter()}
    assert stacks.update("restored", after) == "UPDATE_ROLLBACK_COMPLETE"
    ssm = aws.client("ssm")
    changed = stacks.physical_id("restored", "Changed")
    assert ssm.get_parameter(Name=changed)["Parameter"]["Value"] == "before"
    assert [found["Name"] for found in ssm.get_parameters(Names=["/before", "/after"])["Parameters"]] == ["/before"]
    assert stacks.physical_id("restored", "Replaced") == "/before"
    assert "Added" not in {resource["LogicalResourceId"] for resource in _resources(stacks, "restored")}
    assert stacks.statuses("restored", "restored")[-4:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert stacks.update("restored", resources("later", "/before")) == "UPDATE_COMPLETE"


def test_an_update_without_rollback_stops_and_goes_on(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    stacks.create("stopped", {"A": parameter("1"), "B": parameter("1", depends_on=["A"])})
    failing = {"A": parameter("2"), "B": parameter(broken=True, depends_on=["A"])}
    assert stacks.update("stopped", failing, DisableRollback=True) == "UPDATE_FAILED"
    assert stacks.update("stopped", failing | {"C": parameter()}, DisableRollback=True) == "UPDATE_FAILED"
    stacks.client.rollback_stack(StackName="stopped")
    assert stacks.settle("stopped") == "UPDATE_ROLLBACK_COMPLETE"
    name = stacks.physical_id("stopped", "A")
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "1"


def test_a_rollback_that_fails_can_be_continued(stacks: Any, parameter: Any, custom: Any, function: Any) -> None:
    stacks.create("stuck", {"A": custom(N=1), "B": parameter("fine", depends_on=["A"])})
    function.answer = lambda event: (
        {"Status": "FAILED", "Reason": "no way back"} if event["ResourceProperties"]["N"] == "1" else {}
    )
    failing = {"A": custom(N=2), "B": parameter(broken=True, depends_on=["A"])}
    assert stacks.update("stuck", failing) == "UPDATE_ROLLBACK_FAILED"
    stacks.client.continue_update_rollback(StackName="stuck", ResourcesToSkip=["A"])
    assert stacks.settle("stuck") == "UPDATE_ROLLBACK_COMPLETE"


def test_an_update_can_be_cancelled(stacks: Any, custom: Any, function: Any) -> None:
    stacks.create("cancelled", {"A": custom(N=1)})
    function.answer = lambda event: None if event["ResourceProperties"]["N"] == "2" else {}
    stacks.update("cancelled", {"A": custom(N=2)}, wait=False)
    until(lambda: len(function.events) == 2)
    stacks.client.cancel_update_stack(StackName="cancelled")
    assert stacks.settle("cancelled") == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.reason("cancelled", "A") == "Resource update cancelled"


def test_retained_resources_outlive_removal_and_replacement(stacks: Any, parameter: Any, aws: LocalAws) -> None:
    def named(name: str) -> dict[str, Any]:
        properties = {"Name": name, "Type": "String", "Value": "x"}
        return {"Type": "AWS::SSM::Parameter", "Properties": properties, "UpdateReplacePolicy": "Retain"}

    stacks.create("retaining", {"A": named("/kept/1"), "B": parameter(DeletionPolicy="Retain"), "C": parameter()})
    removed = stacks.physical_id("retaining", "B")
    assert stacks.update("retaining", {"A": named("/kept/2"), "C": parameter()}) == "UPDATE_COMPLETE"
    assert stacks.statuses("retaining", "B")[-1] == "DELETE_SKIPPED"
    found = aws.client("ssm").get_parameters(Names=["/kept/1", "/kept/2", removed])["Parameters"]
    assert len(found) == 3


def test_policies_go_with_every_update_and_come_back_with_every_rollback(
    stacks: Any, parameter: Any, aws: LocalAws
) -> None:
    def resources(value: str, policy: str, **more: Any) -> dict[str, Any]:
        kept = {"DeletionPolicy": policy, "UpdateReplacePolicy": policy}
        return {"Same": parameter(**kept), "Changed": parameter(value, **kept)} | more

    stacks.create("policies", resources("1", "Delete"))
    names = [stacks.physical_id("policies", name) for name in ("Same", "Changed")]
    broken = {"Broken": parameter(broken=True, depends_on=["Same", "Changed"])}
    assert stacks.update("policies", resources("2", "Retain", **broken)) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.delete("policies") == "DELETE_COMPLETE"
    assert aws.client("ssm").get_parameters(Names=names)["Parameters"] == []


def test_an_update_in_place_takes_the_policy_for_replacements_over(stacks: Any, aws: LocalAws) -> None:
    def named(name: str, value: str) -> dict[str, Any]:
        properties = {"Name": name, "Type": "String", "Value": value}
        return {"A": {"Type": "AWS::SSM::Parameter", "Properties": properties, "UpdateReplacePolicy": "Retain"}}

    without = {"A": {**named("/first", "1")["A"], "UpdateReplacePolicy": "Delete"}}
    stacks.create("taking", without)
    assert stacks.update("taking", named("/first", "2")) == "UPDATE_COMPLETE"
    assert stacks.update("taking", named("/second", "2")) == "UPDATE_COMPLETE"
    assert aws.client("ssm").get_parameter(Name="/first")["Parameter"]["Value"] == "2"


def test_what_a_failed_update_made_is_retained_where_its_policy_says_so(
    stacks: Any, parameter: Any, aws: LocalAws
) -> None:
    stacks.create("making", {"A": parameter()})
    made = {
        policy: {**parameter(depends_on=["A"]), "DeletionPolicy": policy}
        for policy in ("Retain", "RetainExceptOnCreate")
    }
    broken = {"Broken": parameter(broken=True, depends_on=["Retain", "RetainExceptOnCreate"])}
    assert stacks.update("making", {"A": parameter(), **made, **broken}) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.statuses("making", "Retain")[-1] == "DELETE_SKIPPED"
    assert stacks.statuses("making", "RetainExceptOnCreate")[-1] == "DELETE_COMPLETE"


def test_changed_outputs_alone_are_an_update(stacks: Any, parameter: Any) -> None:
    stacks.create("output", {"A": parameter()}, template={"Outputs": {"One": {"Value": "1"}}})
    assert (
        stacks.update("output", {"A": parameter()}, template={"Outputs": {"Two": {"Value": "2"}}}) == "UPDATE_COMPLETE"
    )
    assert stacks.outputs("output") == {"Two": "2"}


def _resources(stacks: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stacks.client.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return found
