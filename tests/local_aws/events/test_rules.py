"""Rules fire: for what they match, by their schedule, and for objects of buckets; each target gets its input."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from embedded_account import Account, account_of_its_own, until

ECHO = "import json\ndef handler(event, context):\n    print(json.dumps({'got': event}))\n"


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with account_of_its_own(speed=600) as account:
        yield account


def got(account: Account, name: str, count: int = 1) -> list[Any]:
    """What a function was invoked with, as soon as that was ``count`` times."""

    def look() -> list[Any]:
        groups = account.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
        if not groups:
            return []
        lines = [line for line in account.log(f"/aws/lambda/{name}") if line.startswith('{"got"')]
        return [json.loads(line)["got"] for line in lines] if len(lines) >= count else []

    return list(until(look, seconds=20))


def rule(account: Account, name: str, target: dict[str, Any], **given: Any) -> None:
    account.function(ECHO, name=name)
    arn = account.lambda_.get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    source = account.events.put_rule(Name=name, **given)["RuleArn"]
    allow = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": source}
    account.lambda_.add_permission(FunctionName=name, StatementId="rule", **allow)
    account.events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": arn, **target}])


def put(account: Account, **detail: Any) -> None:
    entry = {"Source": "shop", "DetailType": "Imported", "Detail": json.dumps(detail)}
    account.events.put_events(Entries=[entry])


def test_a_function_gets_the_events_that_its_rule_matches(account: Account) -> None:
    pattern = json.dumps({"source": ["shop"], "detail": {"status": ["ACTIVE"]}})
    rule(account, "matched", {}, EventPattern=pattern)
    put(account, status="CREATE FAILED")
    put(account, status="ACTIVE")
    (event,) = got(account, "matched")
    assert (event["source"], event["detail-type"], event["detail"]) == ("shop", "Imported", {"status": "ACTIVE"})
    account.events.disable_rule(Name="matched")


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("constant", {"Input": '{"poll": "again"}'}, {"poll": "again"}),
        ("part", {"InputPath": "$.detail.job"}, {"name": "n"}),
        (
            "transformed",
            {"InputTransformer": {"InputPathsMap": {"n": "$.detail.job.name"}, "InputTemplate": '{"job": <n>}'}},
            {"job": "n"},
        ),
    ],
)
def test_a_target_gets_its_own_input(account: Account, name: str, target: dict[str, Any], expected: Any) -> None:
    rule(account, name, target, EventPattern=json.dumps({"source": ["shop"], "detail": {"of": [name]}}))
    put(account, of=name, job={"name": "n"})
    assert got(account, name) == [expected]


def test_an_object_of_a_bucket_with_eventbridge_is_an_event(account: Account) -> None:
    account.s3.create_bucket(Bucket="uploads")
    configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
    account.s3.put_bucket_notification_configuration(Bucket="uploads", NotificationConfiguration=configuration)
    pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": ["uploads"]}}}
    rule(account, "uploaded", {}, EventPattern=json.dumps(pattern))
    account.s3.put_object(Bucket="uploads", Key="items/a.csv", Body=b"ITEM_ID\n")
    (event,) = got(account, "uploaded")
    assert event["detail"]["object"]["key"] == "items/a.csv"


def test_a_rule_fires_by_its_schedule_until_it_is_deleted(account: Account) -> None:
    rule(account, "cron", {}, ScheduleExpression="rate(10 minutes)")
    events = got(account, "cron", count=2)
    assert {event["detail-type"] for event in events} == {"Scheduled Event"}
    account.events.remove_targets(Rule="cron", Ids=["function"])
    account.events.delete_rule(Name="cron")


def test_a_queue_a_topic_and_a_function_get_only_what_their_policies_let_in(account: Account) -> None:
    account.events.put_rule(Name="open", EventPattern=json.dumps({"source": ["shop"], "detail": {"of": ["open"]}}))
    rule_arn = account.events.describe_rule(Name="open")["Arn"]
    queues = {name: account.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("shut", "other", "ajar", "news")}
    arns = {name: f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in queues}
    topic = account.sns.create_topic(Name="shut-topic")["TopicArn"]
    account.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arns["news"])
    account.function(ECHO, name="shut")
    function = account.lambda_.get_function(FunctionName="shut")["Configuration"]["FunctionArn"]
    for name, source in (("other", f"{rule_arn}-2"), ("ajar", rule_arn)):
        allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
        statement = {**allow, "Resource": arns[name], "Condition": {"ArnEquals": {"aws:SourceArn": source}}}
        attributes = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
        account.sqs.set_queue_attributes(QueueUrl=queues[name], Attributes=attributes)
    targets = [arns["shut"], arns["other"], topic, function, arns["ajar"]]
    entries: Any = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)]
    account.events.put_targets(Rule="open", Targets=entries)

    put(account, of="open")

    got_by = {name: account.sqs.receive_message(QueueUrl=url).get("Messages", []) for name, url in queues.items()}
    assert {name: len(messages) for name, messages in got_by.items()} == {"shut": 0, "other": 0, "ajar": 1, "news": 0}
    assert json.loads(got_by["ajar"][0]["Body"])["detail"] == {"of": "open"}
    assert account.logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/shut")["logGroups"] == []
