"""Data that is imported anew each night, an alarm when it is older than two days, and mail when an import fails."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "NightlyFull")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
upload = s3_deployment.BucketDeployment(
    stack,
    "Upload",
    sources=[s3_deployment.Source.asset(str(DATA), exclude=["*", "!items.csv"])],
    destination_bucket=bucket,
)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="nightly-full")
schema = personalize.CfnSchema(
    stack, "Schema", name="nightly-full", schema=(DATA / "schemas" / "items.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="nightly-full-items",
    dataset_type="Items",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
job = DatasetImportJob(stack, "Items", dataset=dataset, data_source=DataSource.from_bucket(bucket, "items.csv"))
job.node.add_dependency(upload)

# --8<-- [start:fresh]
job.import_on_schedule(
    "Nightly",
    schedule=scheduler.ScheduleExpression.cron(hour="3", minute="0", time_zone=cdk.TimeZone.EUROPE_BERLIN),
)
# Subscribe an address: topic.add_subscription(subscriptions.EmailSubscription("..."))
topic = sns.Topic(stack, "Trouble", enforce_ssl=True)
job.on_failed("TellOfFailure", target=targets.SnsTopic(topic))
job.alarm_if_older_than("Stale", cdk.Duration.days(2)).add_alarm_action(actions.SnsAction(topic))
# --8<-- [end:fresh]
app.synth()
