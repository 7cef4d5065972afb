import json
import re
import time
import urllib.parse
from typing import Any

import pytest
from embedded_account import until


def test_the_request_is_what_functions_expect(stacks: Any, custom: Any, function: Any) -> None:
    properties = {"Number": 1, "Yes": True, "Nested": [{"Half": 0.5, "Text": "x"}], "ServiceTimeout": 3600}
    assert stacks.create("asked", {"Thing": custom(**properties)}) == "CREATE_COMPLETE"
    (event,) = function.events
    assert event["ResourceProperties"] == {
        "ServiceToken": event["ServiceToken"],
        "Number": "1",
        "Yes": "true",
        "Nested": [{"Half": "0.5", "Text": "x"}],
        "ServiceTimeout": "3600",
    }
    assert event.keys() == {
        "RequestType",
        "ServiceToken",
        "ResponseURL",
        "StackId",
        "RequestId",
        "LogicalResourceId",
        "ResourceType",
        "ResourceProperties",
    }
    url = urllib.parse.urlsplit(event["ResponseURL"])
    assert url.scheme == "https"
    assert urllib.parse.unquote(url.path) == f"/{event['StackId']}|Thing|{event['RequestId']}"
    query = dict(urllib.parse.parse_qsl(url.query))
    assert re.fullmatch(r"\d{8}T\d{6}Z", query["X-Amz-Date"])
    assert {"X-Amz-Expires", "X-Amz-Signature", "X-Amz-Credential"} <= query.keys()


def test_replies_give_id_and_attributes(stacks: Any, custom: Any, function: Any) -> None:
    function.answer = lambda _: {"PhysicalResourceId": "job-1", "Data": {"Status": "ACTIVE", "A": {"B": "deep"}}}
    outputs = {
        "Id": {"Value": {"Ref": "Thing"}},
        "Status": {"Value": {"Fn::GetAtt": ["Thing", "Status"]}},
        "Deep": {"Value": {"Fn::GetAtt": ["Thing", "A.B"]}},
    }
    assert stacks.create("answered", {"Thing": custom()}, template={"Outputs": outputs}) == "CREATE_COMPLETE"
    assert stacks.outputs("answered") == {"Id": "job-1", "Status": "ACTIVE", "Deep": "deep"}
    assert stacks.delete("answered") == "DELETE_COMPLETE"
    assert function.kinds() == [("Create", None), ("Delete", "job-1")]


def test_an_attribute_that_was_not_sent_fails_what_uses_it(
    stacks: Any, parameter: Any, custom: Any, function: Any
) -> None:
    resources = {"Thing": custom(), "User": parameter({"Fn::GetAtt": ["Thing", "Missing"]})}
    assert stacks.create("lacking", resources) == "ROLLBACK_COMPLETE"
    assert "Vendor response doesn't contain Missing key in object made-1" in stacks.reason("lacking", "User")


def test_a_failed_creation_tells_the_reason_and_deletes_by_the_replys_id(
    stacks: Any, custom: Any, function: Any
) -> None:
    def answer(event: dict[str, Any]) -> dict[str, Any]:
        failed = {"Status": "FAILED", "Reason": "column ITEM_ID is missing", "PhysicalResourceId": "job-7"}
        return failed if event["RequestType"] == "Create" else {}

    function.answer = answer
    assert stacks.create("refused", {"Thing": custom()}) == "ROLLBACK_COMPLETE"
    request_id = function.events[0]["RequestId"]
    assert stacks.reason("refused", "Thing") == (
        "Received response status [FAILED] from custom resource. Message returned: column ITEM_ID is missing "
        f"(RequestId: {request_id})"
    )
    assert function.kinds() == [("Create", None), ("Delete", "job-7")]


def test_silence_fails_after_the_service_timeout_and_deletes_an_invented_id(
    stacks: Any, custom: Any, function: Any
) -> None:
    function.answer = lambda event: None if event["RequestType"] == "Create" else {}
    started = time.monotonic()
    assert stacks.create("silent", {"Thing": custom(ServiceTimeout=300)}) == "ROLLBACK_COMPLETE"
    assert time.monotonic() - started >= 0.5
    reason = stacks.reason("silent", "Thing")
    assert reason.startswith("CloudFormation did not receive a response from your Custom Resource.")
    assert f"requestId [{function.events[0]['RequestId']}]" in reason
    (_, (kind, invented)) = function.kinds()
    assert kind == "Delete"
    assert re.fullmatch(r"silent-Thing-[0-9A-F]{12}", invented or "")


def test_a_creation_cancelled_by_anothers_failure_deletes_an_invented_id(
    stacks: Any, parameter: Any, custom: Any, function: Any
) -> None:
    function.answer = lambda event: None if event["RequestType"] == "Create" else {}
    assert stacks.create("hurried", {"Thing": custom(), "Broken": parameter(broken=True)}) == "ROLLBACK_COMPLETE"
    if function.events:  # the failure may come before the request
        assert stacks.reason("hurried", "Thing") == "Resource creation cancelled"
        assert [kind for kind, _ in function.kinds()] == ["Create", "Delete"]


def test_an_update_with_the_same_id_is_no_replacement(stacks: Any, custom: Any, function: Any) -> None:
    stacks.create("kept", {"Thing": custom(N=1)})
    assert stacks.update("kept", {"Thing": custom(N=2)}) == "UPDATE_COMPLETE"
    update = function.events[1]
    assert (update["RequestType"], update["PhysicalResourceId"]) == ("Update", "made-1")
    assert (update["ResourceProperties"]["N"], update["OldResourceProperties"]["N"]) == ("2", "1")
    assert len(function.events) == 2


def test_an_update_with_another_id_deletes_the_old_one_in_the_clean_up(
    stacks: Any, parameter: Any, custom: Any, function: Any
) -> None:
    function.answer = lambda event: {"PhysicalResourceId": f"made-{event['ResourceProperties']['N']}"}
    stacks.create("moved", {"Thing": custom(N=1), "User": parameter({"Ref": "Thing"})})
    resources = {"Thing": custom(N=2), "User": parameter({"Ref": "Thing"})}
    assert stacks.update("moved", resources) == "UPDATE_COMPLETE"
    assert function.kinds() == [("Create", None), ("Update", "made-1"), ("Delete", "made-1")]
    assert function.events[2]["ResourceProperties"]["N"] == "1"
    statuses = [(name, status) for name, status, _ in stacks.events("moved")]
    cleanup = statuses.index(("moved", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"))
    assert statuses.index(("Thing", "DELETE_IN_PROGRESS")) > cleanup
    assert stacks.statuses("moved", "User")[-1] == "UPDATE_COMPLETE"


def test_a_failing_deletion_in_the_clean_up_does_not_fail_the_update(stacks: Any, custom: Any, function: Any) -> None:
    def answer(event: dict[str, Any]) -> dict[str, Any]:
        if event["RequestType"] == "Delete":
            return {"Status": "FAILED", "Reason": "busy"}
        return {"PhysicalResourceId": f"made-{event['ResourceProperties']['N']}"}

    function.answer = answer
    stacks.create("busy", {"Thing": custom(N=1)})
    assert stacks.update("busy", {"Thing": custom(N=2)}) == "UPDATE_COMPLETE"
    assert "busy" in stacks.reason("busy", "Thing")
    assert function.kinds()[2:] == [("Delete", "made-1")] * 3
    assert stacks.describe("busy")["StackStatusReason"] == "One or more resources could not be deleted."
    assert stacks.delete("busy") == "DELETE_FAILED"


def test_rollback_asks_with_swapped_properties_and_deletes_the_new_id(
    stacks: Any, parameter: Any, custom: Any, function: Any
) -> None:
    function.answer = lambda event: {"PhysicalResourceId": f"made-{event['ResourceProperties']['N']}"}
    stacks.create("swapped", {"Thing": custom(N=1), "Last": parameter("fine", depends_on=["Thing"])})
    failing = {"Thing": custom(N=2), "Last": parameter(broken=True, depends_on=["Thing"])}
    assert stacks.update("swapped", failing) == "UPDATE_ROLLBACK_COMPLETE"
    assert function.kinds() == [("Create", None), ("Update", "made-1"), ("Update", "made-2"), ("Delete", "made-2")]
    back = function.events[2]
    assert (back["ResourceProperties"]["N"], back["OldResourceProperties"]["N"]) == ("1", "2")
    assert function.events[3]["ResourceProperties"]["N"] == "2"
    assert stacks.physical_id("swapped", "Thing") == "made-1"


def test_a_failed_update_is_rolled_back_by_an_update(stacks: Any, custom: Any, function: Any) -> None:
    def answer(event: dict[str, Any]) -> dict[str, Any]:
        number = event["ResourceProperties"]["N"]
        return {"Status": "FAILED", "Reason": "bad"} if number == "2" else {}

    function.answer = answer
    stacks.create("again", {"Thing": custom(N=1)})
    assert stacks.update("again", {"Thing": custom(N=2)}) == "UPDATE_ROLLBACK_COMPLETE"
    assert function.kinds() == [("Create", None), ("Update", "made-1"), ("Update", "made-1")]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"RequestId": "another"}, "RequestId must be the request's"),
        ({"StackId": "another"}, "StackId must be the request's"),
        ({"LogicalResourceId": "another"}, "LogicalResourceId must be the request's"),
        ({"Status": "DONE"}, "Status must be SUCCESS or FAILED"),
        ({"Status": "FAILED"}, "Reason is required"),
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"PhysicalResourceId": None}, "Invalid PhysicalResourceId"),
        ({"PhysicalResourceId": "x" * 1025}, "Invalid PhysicalResourceId"),
        ({"Data": {"Long": "x" * 4096}}, "Response object is too long"),
        ({"Data": "text"}, "Data must be an object"),
    ],
)
def test_wrong_replies_fail_the_resource(
    stacks: Any, custom: Any, function: Any, answer: dict[str, Any], reason: str
) -> None:
    function.answer = lambda event: answer if event["RequestType"] == "Create" else {}
    assert stacks.create("wrong", {"Thing": custom()}) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reason("wrong", "Thing")
    stacks.delete("wrong")


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"ServiceTimeout": 3601}, "Invalid ServiceTimeout 3601"),
        ({"ServiceTimeout": "soon"}, "Invalid ServiceTimeout 'soon'"),
        ({"ServiceToken": "arn:aws:sns:us-east-1:123456789012:topic"}, "Invalid ServiceToken"),
    ],
)
def test_wrong_properties_fail_before_anything_is_invoked(
    stacks: Any, custom: Any, function: Any, properties: dict[str, Any], reason: str
) -> None:
    assert stacks.create("improper", {"Thing": custom(**properties)}) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reason("improper", "Thing")
    assert function.events == []
    stacks.delete("improper")


def test_the_first_reply_stands_and_urls_are_secret(stacks: Any, custom: Any, function: Any) -> None:
    codes: list[int] = []

    def answer(event: dict[str, Any]) -> None:
        url, body = event["ResponseURL"], {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
        codes.append(function.put(url.replace("X-Amz-Signature=", "X-Amz-Signature=0"), b"{}"))
        body |= {"PhysicalResourceId": event.get("PhysicalResourceId", "first")}
        codes.append(function.put(url, json.dumps(body | {"Status": "SUCCESS"}).encode()))
        codes.append(function.put(url, json.dumps(body | {"Status": "FAILED", "Reason": "late"}).encode()))

    function.answer = answer
    assert stacks.create("first", {"Thing": custom()}) == "CREATE_COMPLETE"
    until(lambda: len(codes) == 3)
    assert codes == [403, 200, 200]
