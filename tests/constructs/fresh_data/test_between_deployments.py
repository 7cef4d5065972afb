"""Imports between deployments: what is in the template for them, and what the function is handed."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from shop import DATASET_ARN, JOB, Resources, Shop, flat

from cdk_personalize_import import DatasetImportJob, DataSource, ImportMode

SCHEDULE = "AWS::Scheduler::Schedule"
RULE = "AWS::Events::Rule"


@pytest.fixture
def shop() -> Shop:
    return Shop()


def schedule_input(resources: Resources) -> dict[str, Any]:
    """Return what the schedule hands to the function, with ``${...}`` for what CloudFormation fills in."""
    request: dict[str, Any] = json.loads(flat(resources.properties(SCHEDULE)["Target"]["Input"]))
    return request


def rule_input(resources: Resources) -> dict[str, Any]:
    [target] = resources.properties(RULE)["Targets"]
    template = flat(target["InputTransformer"]["InputTemplate"])
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        template = template.replace(f"<{name}>", json.dumps(path))
    request: dict[str, Any] = json.loads(template)
    return request


def template_of(add: Callable[[DatasetImportJob], object]) -> Resources:
    shop = Shop()
    add(shop.job(data_source=DataSource.from_bucket(shop.bucket, "interactions/")))
    return shop.synth()


RATE = events.Schedule.rate(cdk.Duration.hours(1))


@pytest.mark.parametrize(
    ("add", "kinds"),
    [
        (lambda job: job.import_on_schedule("Nightly", schedule=RATE), [SCHEDULE]),
        (lambda job: job.import_on_upload("Upload"), [RULE, "AWS::Lambda::Permission"]),
        (lambda job: job.on_succeeded("Told"), [RULE]),
        (lambda job: job.alarm_if_older_than("Stale", cdk.Duration.days(2)), ["AWS::CloudWatch::Alarm"]),
        (lambda job: job.alarm_on_failure("Failed"), ["AWS::CloudWatch::Alarm"]),
    ],
)
def test_each_method_adds_only_its_own(add: Callable[[DatasetImportJob], object], kinds: list[str]) -> None:
    before, after = template_of(lambda _: None), template_of(add)
    new = [found["Type"] for name, found in after.all.items() if name not in before.all]
    # The bucket's own notification to EventBridge takes a custom resource of the CDK's, with a function and its role.
    of_the_bucket = {"Custom::S3BucketNotifications", "AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"}
    assert sorted(kind for kind in new if kind not in of_the_bucket) == sorted(kinds)


def test_a_schedule_hands_the_request_to_the_function(shop: Shop) -> None:
    zone = cdk.TimeZone.EUROPE_BERLIN
    job = shop.job(timeout=cdk.Duration.hours(2), tags={"team": "recs"})
    job.import_on_schedule("Nightly", schedule=scheduler.ScheduleExpression.cron(hour="3", minute="0", time_zone=zone))
    resources = shop.synth()
    schedule = resources.properties(SCHEDULE)
    assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    first = resources.ids(JOB)[0]
    request = schedule_input(resources)
    assert request["RequestType"] == "Import"
    assert request["RequestId"] == "Nightly/<aws.scheduler.scheduled-time>"
    assert request["StackId"] == "${AWS::StackId}"
    assert request["LogicalResourceId"] == first
    assert request["Due"] == {"Cause": "schedule", "At": "<aws.scheduler.scheduled-time>"}
    properties = request["ResourceProperties"]
    own = flat(resources.job_of(0))
    for name in ("DatasetArn", "DataLocation", "RoleArn", "JobNamePrefix", "Preflight", "Tags"):
        assert properties[name] == own[name], name
    assert (properties["Timeout"], properties["WaitForCompletion"]) == ("7200", "true")
    assert "ServiceToken" not in properties
    # Made after the last link, and deleted before Delete looks for what runs.
    assert set(resources.all[resources.ids(SCHEDULE)[0]]["DependsOn"]) == set(resources.ids(JOB))
    resources.assert_no_circle()


def test_the_import_mode_of_a_schedule(shop: Shop) -> None:
    rate = events.Schedule.rate(cdk.Duration.hours(1))
    shop.job().import_on_schedule("Hourly", schedule=rate, import_mode=ImportMode.INCREMENTAL)
    request = schedule_input(shop.synth())
    assert request["ResourceProperties"]["ImportMode"] == "INCREMENTAL"
    # So the function knows that it is the schedule's own, and not what the import had before a deployment changed it.
    assert request["Due"]["ImportMode"] == "INCREMENTAL"


def test_an_upload_tells_the_function(shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "in/")).import_on_upload("Upload")
    resources = shop.synth()
    assert flat(resources.properties(RULE)["EventPattern"]) == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["${Bucket83908E77}"]}, "object": {"key": [{"prefix": "in/"}]}},
    }
    request = rule_input(resources)
    assert request["RequestType"] == "Upload"
    assert request["Due"] == {"Cause": "upload", "At": "$.time", "QuietPeriod": "300"}
    permission = flat(resources.properties("AWS::Lambda::Permission"))
    assert permission["SourceArn"] == f"${{{resources.ids(RULE)[0]}.Arn}}"
    resources.assert_no_circle()


@pytest.mark.parametrize(
    ("key", "suffix", "pattern"),
    [
        ("in/items.csv", None, "in/items.csv"),
        ("in/", "_SUCCESS", {"wildcard": "in/*_SUCCESS"}),
        ("a*b\\/", "*", {"wildcard": "a\\*b\\\\/*\\*"}),
    ],
)
def test_which_uploads_count(key: str, suffix: str | None, pattern: object, shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, key)).import_on_upload("Upload", suffix=suffix)
    assert shop.synth().properties(RULE)["EventPattern"]["detail"]["object"]["key"] == [pattern]


def test_a_key_that_is_known_on_deployment_only_may_be_a_folder(shop: Shop) -> None:
    key = cdk.CfnParameter(shop.stack, "Key").value_as_string
    shop.job(data_source=DataSource.from_bucket(shop.bucket, key)).import_on_upload("Upload")
    pattern = shop.synth().properties(RULE)["EventPattern"]
    assert pattern["detail"]["object"]["key"] == [{"prefix": {"Ref": "Key"}}]


def test_a_bucket_made_elsewhere_must_send_its_events_itself(shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_name(shop.stack, "Elsewhere", "elsewhere")
    shop.job(data_source=DataSource.from_bucket(bucket, "in/")).import_on_upload("Upload")
    warning = shop.warnings()["cdk-personalize-import:eventBridgeNotification"]
    assert "enable_event_bridge_notification" in warning
    assert shop.synth().ids("Custom::S3BucketNotifications") == []


def test_the_tags_that_a_rule_can_t_hand_on(shop: Shop) -> None:
    tags = {f"key{number}": "v" * 250 for number in range(40)}
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "in/"), tags=tags).import_on_upload("Upload")
    with pytest.raises(RuntimeError, match=r"at most 8192 characters, got 1\d+; give the job fewer or shorter tags"):
        shop.synth()


def test_local_data_has_no_uploads(shop: Shop, tmp_path: Any) -> None:
    file = tmp_path / "items.csv"
    file.write_text("ITEM_ID,GENRES\n1,a\n")
    items = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS"
    job = shop.job(dataset_arn=items, data_source=DataSource.from_local_path(file))
    with pytest.raises(ValueError, match=r"Shop/Interactions/Upload: data_source must be data in a bucket"):
        job.import_on_upload("Upload")


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"quiet_period": cdk.Duration.seconds(30)}, ValueError, "quiet_period must be between 1 minute and 1 day"),
        ({"quiet_period": cdk.Duration.days(2)}, ValueError, "quiet_period must be between 1 minute and 1 day"),
        ({"quiet_period": 5}, TypeError, "quiet_period must be a Duration"),
        ({"suffix": ""}, ValueError, "suffix must be"),
        ({"suffix": 1}, TypeError, "suffix must be a string"),
    ],
)
def test_wrong_arguments_of_an_upload(arguments: Any, error: type[Exception], text: str, shop: Shop) -> None:
    job = shop.job(data_source=DataSource.from_bucket(shop.bucket, "in/"))
    with pytest.raises(error, match=text):
        job.import_on_upload("Upload", **arguments)


def test_wrong_arguments_of_a_schedule(shop: Shop) -> None:
    job = shop.job()
    with pytest.raises(TypeError, match=r"schedule must be an events\.Schedule or a scheduler\.ScheduleExpression"):
        job.import_on_schedule("Nightly", schedule="rate(1 day)")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="import_mode must be of type ImportMode"):
        job.import_on_schedule(
            "Nightly",
            schedule=events.Schedule.rate(cdk.Duration.days(1)),
            import_mode="FULL",  # type: ignore[arg-type]
        )


def test_what_depends_on_the_import_does_not_depend_on_its_rules(shop: Shop) -> None:
    """The target of a rule may itself need the data."""
    job = shop.job()
    topic = cdk.CfnResource(shop.stack, "Solution", type="AWS::SNS::Topic")
    topic.node.add_dependency(job)
    job.on_succeeded("Told")
    job.import_on_schedule("Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    resources = shop.synth()
    kinds = {resources.all[name]["Type"] for name in resources.references("Solution")}
    assert JOB in kinds
    assert not kinds & {RULE, SCHEDULE}


def test_a_second_import_of_the_stack_is_not_touched(shop: Shop) -> None:
    shop.job().import_on_schedule("Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
    DatasetImportJob(
        shop.stack, "Other", dataset_arn=DATASET_ARN, data_source=DataSource.from_bucket(shop.bucket, "other.csv")
    )
    assert len(shop.synth().ids(SCHEDULE)) == 1
