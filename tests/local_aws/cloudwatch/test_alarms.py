import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from embedded_account import Account, account_of_its_own, until

HOUR = 3600


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with account_of_its_own(speed=1) as account:
        yield account


def alarm(account: Account, name: str, **change: Any) -> None:
    account.cloudwatch.put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "Test",
            "MetricName": name,
            "Statistic": "Sum",
            "Period": HOUR,
            "EvaluationPeriods": 3,
            "Threshold": 1.0,
            "ComparisonOperator": "LessThanThreshold",
            "TreatMissingData": "breaching",
            **change,
        }
    )


def put(account: Account, name: str, value: float) -> None:
    datum = {"MetricName": name, "Value": value, "Timestamp": account.aws.clock.now()}
    account.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])


def state(account: Account, name: str) -> str:
    return str(account.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])


def later(account: Account, hours: float) -> None:
    """Let time pass for the embedded AWS; its timers don't notice, but the next data point has all alarms evaluated."""
    account.aws.clock._epoch += hours * HOUR
    put(account, "something else", 0)


def test_an_alarm_goes_on_when_nothing_happens_and_off_when_it_does(account: Account) -> None:
    topic = account.sns.create_topic(Name="alarms")["TopicArn"]
    queue = account.sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = account.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    account.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    put(account, "fresh", 1)
    alarm(account, "fresh", AlarmActions=[topic])
    until(lambda: state(account, "fresh") == "OK")
    later(account, 2.5)
    assert state(account, "fresh") == "OK"
    later(account, 1)
    assert state(account, "fresh") == "ALARM"
    [message] = account.sqs.receive_message(QueueUrl=queue)["Messages"]
    told = json.loads(json.loads(message["Body"])["Message"])
    assert (told["AlarmName"], told["OldStateValue"], told["NewStateValue"]) == ("fresh", "OK", "ALARM")
    put(account, "fresh", 1)
    assert state(account, "fresh") == "OK"


def test_a_failure_sets_an_alarm_off(account: Account) -> None:
    failures = {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching"}
    alarm(account, "failed", EvaluationPeriods=1, **failures)
    until(lambda: state(account, "failed") == "OK")
    put(account, "failed", 1)
    assert state(account, "failed") == "ALARM"
    later(account, 2)
    assert state(account, "failed") == "OK"


def test_missing_data_says_nothing_by_default(account: Account) -> None:
    alarm(account, "unknown", TreatMissingData="missing")
    assert state(account, "unknown") == "INSUFFICIENT_DATA"
    put(account, "unknown", 5)
    assert state(account, "unknown") == "OK"


def test_a_log_line_of_a_function_becomes_metrics(account: Account) -> None:
    source = """
import json, time
def handler(event, context):
    directive = {"Namespace": "Shop", "Dimensions": [["Dataset"]], "Metrics": [{"Name": "Waited", "Unit": "Minutes"}]}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    print(json.dumps({"_aws": about, "Dataset": "items", "Waited": [2, 4]}))
    print(json.dumps({"_aws": "no metrics"}))
"""
    account.function(source)
    account.lambda_.invoke(FunctionName="function", Payload=b"{}")
    now = account.aws.clock.now()
    [found] = account.cloudwatch.get_metric_statistics(
        Namespace="Shop",
        MetricName="Waited",
        Dimensions=[{"Name": "Dataset", "Value": "items"}],
        StartTime=now - timedelta(days=2),
        EndTime=now + timedelta(days=1),
        Period=86400 * 7,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )["Datapoints"]
    assert (found["Sum"], found["SampleCount"], found["Maximum"]) == (6.0, 2.0, 4.0)


def test_data_that_comes_late_counts_in_its_period(account: Account) -> None:
    change = {"Period": 60, "EvaluationPeriods": 1, "TreatMissingData": "notBreaching"}
    alarm(account, "late", ComparisonOperator="GreaterThanOrEqualToThreshold", **change)
    until(lambda: state(account, "late") == "OK")
    moment = account.aws.clock.now() - timedelta(minutes=10)
    datum: Any = {"MetricName": "late", "Value": 1, "Timestamp": moment}
    account.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])
    assert state(account, "late") == "ALARM"
