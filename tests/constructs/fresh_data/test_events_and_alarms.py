"""Events by which imports tell their end, metrics and alarms."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from shop import DATASET_ARN, JOB, Resources, Shop, flat

RULE = "AWS::Events::Rule"
ALARM = "AWS::CloudWatch::Alarm"


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.mark.parametrize(("method", "status"), [("on_succeeded", "SUCCEEDED"), ("on_failed", "FAILED")])
def test_a_rule_for_the_imports_of_one_construct(method: str, status: str, shop: Shop) -> None:
    topic = sns.Topic(shop.stack, "Topic")
    job = shop.job(timeout=cdk.Duration.hours(2))
    getattr(job, method)(
        "Told", target=targets.SnsTopic(topic), description="Tell", event_pattern={"detail": {"cause": ["schedule"]}}
    )
    resources = shop.synth()
    rule = resources.properties(RULE)
    assert rule["Description"] == "Tell"
    assert flat(rule["EventPattern"]) == {
        "source": ["cdk-personalize-import"],
        "detail-type": ["Dataset Import Job Finished"],
        "detail": {
            "status": [status],
            "stackId": ["${AWS::StackId}"],
            "construct": [resources.ids(JOB)[0]],
            "cause": ["schedule"],
        },
    }
    assert [resources.job_of(link)["SendEvents"] for link in range(len(resources.ids(JOB)))] == ["true"] * 3
    assert flat(resources.function_statements["TellOfImports"]) == {
        "Sid": "TellOfImports",
        "Effect": "Allow",
        "Action": "events:PutEvents",
        "Resource": "arn:${AWS::Partition}:events:eu-west-1:123456789012:event-bus/default",
    }


def test_nobody_listens_by_default(shop: Shop) -> None:
    shop.job()
    resources = shop.synth()
    assert "SendEvents" not in resources.job
    assert "TellOfImports" not in resources.function_statements


@pytest.mark.parametrize(
    ("name", "statistic"),
    [("succeeded", "Sum"), ("failed", "Sum"), ("duration", "Average"), ("waited", "Average")],
)
def test_metrics_outlive_a_job(name: str, statistic: str, shop: Shop) -> None:
    job = shop.job()
    metric = getattr(job, f"metric_{name}")()
    metric.create_alarm(shop.stack, "Alarm", threshold=1, evaluation_periods=1)
    resources = shop.synth()
    alarm = flat(resources.properties(ALARM))
    assert (alarm["Namespace"], alarm["MetricName"]) == ("CdkPersonalizeImport", name.capitalize())
    assert alarm["Statistic"] == statistic
    assert {found["Name"]: found["Value"] for found in alarm["Dimensions"]} == {
        "DatasetArn": DATASET_ARN,
        "StackName": "${AWS::StackName}",
        "LogicalResourceId": resources.ids(JOB)[0],
    }


def test_an_alarm_for_data_that_is_too_old(shop: Shop) -> None:
    shop.job().alarm_if_older_than("Stale", cdk.Duration.days(2))
    resources = shop.synth()
    alarm = resources.properties(ALARM)
    # Until the first import there is no data, which would set it off.
    assert resources.all[resources.ids(ALARM)[0]]["DependsOn"] == resources.ids(JOB)
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (3600, 48, 48)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert (alarm["Statistic"], alarm["TreatMissingData"]) == ("Sum", "breaching")


def test_an_alarm_for_a_failure(shop: Shop) -> None:
    shop.job().alarm_on_failure("Failed")
    alarm = shop.synth().properties(ALARM)
    assert (alarm["MetricName"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Failed", 1, "notBreaching")


@pytest.mark.parametrize(
    ("age", "error", "text"),
    [
        (cdk.Duration.minutes(30), ValueError, "age must be between 1 hour and 7 days, got '30 minutes'"),
        (cdk.Duration.days(8), ValueError, "age must be between 1 hour and 7 days, got '8 days'"),
        (cdk.Duration.minutes(90), ValueError, "age must be a number of whole hours"),
        (2, TypeError, "age must be a Duration"),
    ],
)
def test_wrong_ages(age: Any, error: type[Exception], text: str, shop: Shop) -> None:
    job = shop.job()
    with pytest.raises(error, match=text):
        job.alarm_if_older_than("Stale", age)


def test_a_failed_check_leaves_the_id_free(shop: Shop) -> None:
    job = shop.job()
    with pytest.raises(ValueError, match="age"):
        job.alarm_if_older_than("Stale", cdk.Duration.days(8))
    job.alarm_if_older_than("Stale", cdk.Duration.days(7))
    resources: Resources = shop.synth()
    assert len(resources.ids(ALARM)) == 1
