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


def test_events_go_to_the_topics_of_a_stack_and_of_what_it_nests(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    queues = {name: aws.client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("outer", "inner")}
    topics = {name: aws.client("sns").create_topic(Name=name)["TopicArn"] for name in queues}
    for name, topic in topics.items():
        queue = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    child = nested(aws, bucket, "told", {"A": parameter()})
    child["Properties"]["NotificationARNs"] = [f"{topics['inner']}-gone", topics["inner"]]
    stacks.create("teller", {"Child": child}, NotificationARNs=[topics["outer"]])
    for topic in topics.values():
        aws.client("sns").delete_topic(TopicArn=topic)
    for name, told in (("outer", ["teller", "Child"]), ("inner", ["A"])):
        messages = aws.client("sqs").receive_message(QueueUrl=queues[name], MaxNumberOfMessages=10)["Messages"]
        notices = [json.loads(message["Body"]) for message in messages]
        assert {notice["Subject"] for notice in notices} == {"AWS CloudFormation Notification"}
        for logical_id in told:
            assert any(f"LogicalResourceId='{logical_id}'\n" in notice["Message"] for notice in notices)
        assert any("ResourceStatus='CREATE_COMPLETE'\n" in notice["Message"] for notice in notices)


def test_a_failure_inside_fails_the_parent_and_everything_is_rolled_back(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    child = nested(aws, bucket, "broken", {"A": parameter(), "B": parameter(broken=True)})
    assert stacks.create("unlucky", {"Child": child}) == "ROLLBACK_COMPLETE"
    reason = stacks.reason("unlucky", "Child")
    assert "was not successfully created" in reason
    assert "extraneous key [Colour]" in reason
    assert stacks.describe(stacks.physical_id("unlucky", "Child"))["StackStatus"] == "DELETE_COMPLETE"


def test_a_nested_stack_that_takes_longer_than_its_limit_fails_the_parent(
    stacks: Any, custom: Any, function: Any, aws: LocalAws, bucket: str
) -> None:
    function.answer = lambda event: None if event["RequestType"] == "Create" else {}
    child = nested(aws, bucket, "slow", {"A": custom()})
    child["Properties"]["TimeoutInMinutes"] = "5"
    assert stacks.create("limited", {"Child": child}) == "ROLLBACK_COMPLETE"
    assert "was not successfully created" in stacks.reason("limited", "Child")
    child_id = stacks.physical_id("limited", "Child")
    assert stacks.describe(child_id)["TimeoutInMinutes"] == 5
    [reason] = [reason for _, status, reason in stacks.events(child_id) if status == "ROLLBACK_IN_PROGRESS"]
    assert reason.startswith("Stack creation time exceeded the specified timeout.")


def test_a_failed_update_restores_the_nested_stack(stacks: Any, parameter: Any, aws: LocalAws, bucket: str) -> None:
    before = nested(aws, bucket, "before", {"A": parameter("before")})
    after = nested(aws, bucket, "after", {"A": parameter("after")})
    stacks.create("undone", {"Child": before, "Last": parameter(depends_on=["Child"])})
    failing = {"Child": after, "Last": parameter(broken=True, depends_on=["Child"])}
    assert stacks.update("undone", failing) == "UPDATE_ROLLBACK_COMPLETE"
    name = stacks.physical_id(stacks.physical_id("undone", "Child"), "A")
    assert aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "before"


def named(name: str) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": "x"}}


def broken_after(other: str) -> dict[str, Any]:
    properties = {"Type": "String", "Value": "x", "Colour": "red"}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, "DependsOn": [other]}


def test_clean_up_begins_when_all_nested_stacks_are_updated_or_rolled_back(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}}
    with_topic = nested(aws, bucket, "with-topic", {"A": parameter("1"), "Topic": topic}, Value="1")
    without = nested(aws, bucket, "without-topic", {"A": parameter("2")}, Value="2")
    stacks.create("early", {"One": with_topic, "Two": nested(aws, bucket, "fine", {"A": parameter()})})
    one = stacks.physical_id("early", "One")
    topic_arn = stacks.physical_id(one, "Topic")
    outputs = stacks.outputs(one)
    failing = {"A": parameter(), "B": parameter(broken=True)}
    two = nested(aws, bucket, "failing", failing) | {"DependsOn": ["One"]}
    assert stacks.update("early", {"One": without, "Two": two}) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.physical_id(one, "Topic") == topic_arn
    assert aws.client("sns").get_topic_attributes(TopicArn=topic_arn)
    assert stacks.statuses(one, "Topic") == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert stacks.statuses(one, stacks.describe(one)["StackName"])[-5:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert stacks.outputs(one) == outputs
    assert stacks.describe(stacks.physical_id("early", "Two"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    assert stacks.update("early", {"One": without}) == "UPDATE_COMPLETE"
    assert stacks.describe(one)["StackStatus"] == "UPDATE_COMPLETE"
    assert [topic["TopicArn"] for topic in aws.client("sns").list_topics()["Topics"]] == []


def test_a_move_between_nested_stacks_that_fails_leaves_everything_where_it_was(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    full = nested(aws, bucket, "full", {"A": parameter(), "Moving": named("/moving")})
    empty = nested(aws, bucket, "empty", {"A": parameter()})
    stacks.create("moving", {"One": full, "Two": empty})
    target = nested(aws, bucket, "target", {"A": parameter(), "Moving": named("/moving")}) | {"DependsOn": ["One"]}
    assert stacks.update("moving", {"One": empty, "Two": target}) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reason("moving", "Two")
    assert stacks.physical_id(stacks.physical_id("moving", "One"), "Moving") == "/moving"
    assert stacks.delete("moving") == "DELETE_COMPLETE"
    assert aws.client("ssm").get_parameters(Names=["/moving"])["Parameters"] == []


def test_a_failure_elsewhere_does_not_cancel_a_clean_up(
    stacks: Any, parameter: Any, custom: Any, function: Any, aws: LocalAws, bucket: str
) -> None:
    dropping = nested(aws, bucket, "dropping", {"A": parameter("1"), "Gone": custom(N=1)})
    dropped = nested(aws, bucket, "dropped", {"A": parameter("2")})
    stacks.create("inner", {"Child": dropping})
    assert stacks.update("inner", {"Child": dropped, "Last": parameter(depends_on=["Child"])}) == "UPDATE_COMPLETE"
    assert function.kinds()[-1][0] == "Delete"
    child = stacks.physical_id("inner", "Child")
    assert stacks.statuses(child, "Gone")[-2:] == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]


def test_nested_stacks_stopped_without_rollback_go_on_or_back(
    stacks: Any, parameter: Any, aws: LocalAws, bucket: str
) -> None:
    stacks.create("halted", {"One": nested(aws, bucket, "h1", {"A": parameter("1"), "Gone": parameter()})})
    one = stacks.physical_id("halted", "One")
    gone = stacks.physical_id(one, "Gone")
    failing = {"One": nested(aws, bucket, "h2", {"A": parameter("2")}), "Last": broken_after("One")}
    assert stacks.update("halted", failing, DisableRollback=True) == "UPDATE_FAILED"
    again = {"One": nested(aws, bucket, "h3", {"A": parameter("3")}), "Last": broken_after("One")}
    assert stacks.update("halted", again, DisableRollback=True) == "UPDATE_FAILED"
    stacks.client.rollback_stack(StackName="halted")
    assert stacks.settle("halted") == "UPDATE_ROLLBACK_COMPLETE"
    ssm = aws.client("ssm")
    assert ssm.get_parameter(Name=stacks.physical_id(one, "A"))["Parameter"]["Value"] == "1"
    assert ssm.get_parameter(Name=gone)["Parameter"]["Value"] == "value"
    assert stacks.describe(one)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
