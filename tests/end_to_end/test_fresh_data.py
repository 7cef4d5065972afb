"""Data that stays fresh for a week: by night, by upload, past a broken file, until its stack is destroyed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk_lib
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from embedded_account import until
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import BUCKET, put, sample, without_column
from end_to_end.stacks import assemble, import_into_shop
from finished_event import faults

from cdk_personalize_import import ImportMode
from local_aws.server import LocalAws

SPEED = 300.0
HOUR = 3600.0
DAY = 24 * HOUR
NIGHTLY = ("schedule", "SUCCEEDED", "INCREMENTAL")


def fill(stack: cdk_lib.Stack, hour: int) -> None:
    job = import_into_shop(stack, "Items", "ITEMS", "fresh/")
    nightly = events.Schedule.cron(hour=str(hour), minute="0")
    job.import_on_schedule("Nightly", schedule=nightly, import_mode=ImportMode.INCREMENTAL)
    # Long beside what a machine takes that pauses: five minutes are a second here.
    job.import_on_upload("Upload", quiet_period=cdk_lib.Duration.hours(2))
    told, rung = (sqs.Queue(stack, name, queue_name=name) for name in ("Told", "Rung"))
    job.on_succeeded("Good", target=targets.SqsQueue(told))
    job.on_failed("Bad", target=targets.SqsQueue(told))
    topic = sns.Topic(stack, "Topic")
    topic.add_subscription(subscriptions.SqsSubscription(rung, raw_message_delivery=True))
    for alarm in (job.alarm_if_older_than("Stale", cdk_lib.Duration.days(2)), job.alarm_on_failure("Failing")):
        alarm.add_alarm_action(actions.SnsAction(topic))


class Week:
    """Time that goes by in an account, and who is told what."""

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        # Half a day away: the stack is there before its first night.
        self.hour = (aws.clock.now().hour + 12) % 24
        self.events: dict[str, dict[str, str]] = {}

    def until_night(self) -> float:
        """Return how many AWS seconds it is until the next nightly import."""
        now = self.aws.clock.now()
        night = now.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return (night + timedelta(days=night <= now) - now).total_seconds()

    def told(self, count: int) -> list[tuple[str, str, str]]:
        """Return what asked for the imports that have ended since the last look, how they ended, and their mode."""
        self.last: list[dict[str, str]] = []

        def look() -> bool:
            for message in self.messages("Told"):
                assert faults(message) == []
                event = message["detail"]
                # An end may be told again, and the deployment's before there is the rule.
                if event["id"] not in self.events and event["cause"] != "deployment":
                    self.last.append(event)
                self.events[event["id"]] = event
            return len(self.last) >= count

        until(look, seconds=60)
        self.last.sort(key=lambda event: event["end"])
        return [(event["cause"], event["status"], event["importMode"]) for event in self.last]

    def rung(self) -> set[str]:
        """Return the alarms that have gone on since the last look."""
        return {message["AlarmName"].split("-")[1] for message in self.messages("Rung")}

    def messages(self, queue: str) -> list[Any]:
        """Take what has come to a queue."""
        client, found = self.aws.client("sqs"), []
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found


def test_a_week(cdk: Cdk, aws: LocalAws, account: Account, tmp_path: Path) -> None:
    s3, week = aws.client("s3"), Week(aws)
    configuration: Any = {"EventBridgeConfiguration": {}}
    s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=configuration)
    put(aws, "fresh/0.csv", sample("items"))
    before, logs = account.resources(), account.log_groups()
    assembly = assemble(tmp_path, "Fresh", lambda stack: fill(stack, week.hour))

    run = cdk.deploy(app=assembly)
    assert run.code == 0, run.output

    # Three nights.
    aws.timers.pass_time(week.until_night() + 2 * DAY + HOUR)
    assert week.told(3) == [NIGHTLY] * 3

    # Ten files, each within the quiet period of the one before.
    for number in range(10):
        put(aws, f"fresh/{number}.csv", sample("items"))
        aws.clock.sleep(20)
    aws.timers.pass_time(4 * HOUR)
    assert week.told(1) == [("upload", "SUCCEEDED", "FULL")]
    jobs = account.jobs("Fresh")
    assert len({job["jobName"] for job in jobs}) == 5
    # The mode is part of what is imported, and that of the name; what asked for it is the rest.
    full, incremental = (jobs[number]["jobName"].rsplit("-", 1)[0] for number in (0, 1))
    names = [job["jobName"].rsplit("-", 1)[0] for job in jobs]
    assert names == [full, incremental, incremental, incremental, full]
    assert week.last[0]["jobArn"] == jobs[-1]["datasetImportJobArn"]
    assert account.records(jobs[-1]) == 10 * account.records(jobs[0])
    assert week.rung() == set()

    # A broken one. The next nights fail as well, until nothing has been imported for two days.
    put(aws, "fresh/10.csv", without_column(sample("items"), "CATEGORY"))
    aws.timers.pass_time(4 * HOUR)
    assert week.told(1) == [("upload", "FAILED", "FULL")]
    assert "lacks the column CATEGORY" in week.last[0]["failureReason"]
    until(lambda: "ItemsFailing" in "".join(week.rung()), seconds=60)
    aws.timers.pass_time(week.until_night() + 2 * DAY + HOUR)
    assert week.told(3) == [("schedule", "FAILED", "INCREMENTAL")] * 3
    until(lambda: "ItemsStale" in "".join(week.rung()), seconds=60)
    assert account.jobs("Fresh") == jobs

    # It is taken away. The stack goes while the data is imported by night.
    s3.delete_object(Bucket=BUCKET, Key="fresh/10.csv")
    aws.timers.pass_time(week.until_night() - 12 * HOUR)
    put(aws, "slow/items.csv", sample("items"), import_seconds=900)
    s3.copy_object(Bucket=BUCKET, Key="fresh/0.csv", CopySource=f"{BUCKET}/slow/items.csv")
    aws.timers.pass_time(week.until_night() + 60)
    until(lambda: len(account.jobs("Fresh")) == 7, seconds=60)
    run = cdk.destroy(app=assembly)
    assert run.code == 0, run.output
    assert [job["status"] for job in account.jobs("Fresh")] == ["ACTIVE"] * 7
    assert account.resources() == before
    assert len(account.log_groups()) == len(logs) + 1
