"""Resource types that are moto's, or calls of one service: made, changed, removed; what is lacking is told by name."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws

OUT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def arn(name: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def trusted_by(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    return of("IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [statement]})


def test_queues_topics_and_what_joins_them(stacks: Any, aws: LocalAws) -> None:
    sqs, sns = aws.client("sqs"), aws.client("sns")
    resources = {
        "Queue": of("SQS::Queue", VisibilityTimeout=60),
        "QueuePolicy": of("SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=OUT),
        "Topic": of("SNS::Topic", DisplayName="news"),
        "TopicPolicy": of("SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=OUT),
        "Subscription": of(
            "SNS::Subscription",
            TopicArn={"Ref": "Topic"},
            Protocol="sqs",
            Endpoint=arn("Queue"),
            RawMessageDelivery=True,
        ),
    }
    assert stacks.create("joined", resources) == "CREATE_COMPLETE", stacks.events("joined")
    url, topic = stacks.physical_id("joined", "Queue"), stacks.physical_id("joined", "Topic")
    sns.publish(TopicArn=topic, Message="hello")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (attributes["VisibilityTimeout"], json.loads(attributes["Policy"])) == ("60", OUT)
    resources["Queue"] = of("SQS::Queue", VisibilityTimeout=90)
    assert stacks.update("joined", resources) == "UPDATE_COMPLETE"
    assert stacks.physical_id("joined", "Queue") == url
    changed = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert changed["VisibilityTimeout"] == "90"
    assert stacks.delete("joined") == "DELETE_COMPLETE"
    assert sqs.list_queues().get("QueueUrls", []) == []
    assert (sns.list_subscriptions()["Subscriptions"], topic in str(sns.list_topics())) == ([], False)


def test_rules_alarms_schedules_and_state_machines(stacks: Any, aws: LocalAws) -> None:
    alarm = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": "1", "Threshold": 1}
    schedule = {"FlexibleTimeWindow": {"Mode": "OFF"}, "ScheduleExpression": "rate(7 days)"}
    target = {"Arn": arn("Machine"), "RoleArn": arn("Role")}
    machine = {"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}

    def resources(threshold: int, expression: str) -> dict[str, Any]:
        return {
            "Role": trusted_by("scheduler"),
            "Bus": of("Events::EventBus", Name="shop"),
            "Rule": of("Events::Rule", EventPattern={"source": ["shop"]}, Targets=[{"Id": "t", "Arn": arn("Queue")}]),
            "Queue": of("SQS::Queue"),
            "Alarm": of("CloudWatch::Alarm", MetricName="m", Namespace="n", Statistic="Sum", Period=60,
                        **alarm | {"Threshold": threshold}),
            "Group": of("Scheduler::ScheduleGroup"),
            "Nightly": of("Scheduler::Schedule", GroupName={"Ref": "Group"}, Target=target,
                          **schedule | {"ScheduleExpression": expression}),
            "Machine": of("StepFunctions::StateMachine", DefinitionString=json.dumps(machine), RoleArn=arn("Role")),
            "Board": of("CloudWatch::Dashboard", DashboardName="shop", DashboardBody='{"widgets": []}'),
        }  # fmt: skip

    assert stacks.create("watched", resources(1, "rate(7 days)")) == "CREATE_COMPLETE", [
        e for e in stacks.events("watched") if "FAILED" in e[1]
    ]
    ids = {name: stacks.physical_id("watched", name) for name in resources(1, "")}
    assert stacks.update("watched", resources(5, "rate(9 days)")) == "UPDATE_COMPLETE", [
        e for e in stacks.events("watched") if "FAILED" in e[1]
    ]
    assert {name: stacks.physical_id("watched", name) for name in ids} == ids
    described = aws.client("cloudwatch").describe_alarms(AlarmNames=[ids["Alarm"]])["MetricAlarms"][0]
    assert described["Threshold"] == 5
    found = aws.client("scheduler").get_schedule(Name=ids["Nightly"], GroupName=ids["Group"])
    assert found["ScheduleExpression"] == "rate(9 days)"
    assert stacks.delete("watched") == "DELETE_COMPLETE"
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert [bus["Name"] for bus in aws.client("events").list_event_buses()["EventBuses"]] == ["default"]
    assert aws.client("events").list_rules()["Rules"] == []


def test_networks_and_tables_are_motos(stacks: Any, aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    before = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    table = {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    resources = {
        "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
        "Subnet": of("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.1.0/24"),
        "Group": of("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription="one"),
        "Table": of("DynamoDB::Table", **table),
    }
    assert stacks.create("placed", resources) == "CREATE_COMPLETE", stacks.events("placed")
    group = stacks.physical_id("placed", "Group")
    resources["Group"] = of("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, GroupDescription="another")
    assert stacks.update("placed", resources) == "UPDATE_COMPLETE"
    assert stacks.physical_id("placed", "Group") != group
    assert stacks.delete("placed") == "DELETE_COMPLETE"
    assert {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]} == before
    assert aws.client("dynamodb").list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (of("Personalize::Kampagne"), "Unrecognized resource types: [AWS::Personalize::Kampagne]"),
        (
            of("CloudFront::Distribution"),
            "The embedded AWS doesn't have the resource type AWS::CloudFront::Distribution.",
        ),
    ],
)
def test_a_type_that_is_lacking_is_told_at_once(stacks: Any, resource: dict[str, Any], told: str) -> None:
    with pytest.raises(ClientError) as refused:
        stacks.create("lacking", {"Thing": resource})
    assert told in refused.value.response["Error"]["Message"]


@pytest.fixture
def refused(stacks: Any) -> Iterator[Any]:
    def reason(resource: dict[str, Any]) -> str:
        assert stacks.create("refused", {"Thing": resource}) == "ROLLBACK_COMPLETE"
        return str(stacks.reason("refused", "Thing"))

    yield reason
    stacks.delete("refused")


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        (of("SQS::Queue", Colour="red"), "#: extraneous key [Colour] is not permitted"),
        (of("SNS::Subscription", Protocol="sqs"), "#: required key [TopicArn] not found"),
        (of("S3::Bucket", ReplicationConfiguration={}), "doesn't have ReplicationConfiguration of AWS::S3::Bucket"),
        (of("DynamoDB::Table", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
            ContributorInsightsSpecification={"Enabled": True}),
         "The embedded AWS doesn't have ContributorInsightsSpecification of AWS::DynamoDB::Table"),
    ],
)  # fmt: skip
def test_a_property_is_refused_by_name(refused: Any, resource: dict[str, Any], told: str) -> None:
    assert told in refused(resource)
