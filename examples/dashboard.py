"""Four imports a day on a dashboard: which succeeded and which failed, how long they took, how long they waited."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "WithDashboard")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
upload = s3_deployment.BucketDeployment(
    stack,
    "Upload",
    sources=[s3_deployment.Source.asset(str(DATA), exclude=["*", "!items.csv"])],
    destination_bucket=bucket,
)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="with-dashboard")
schema = personalize.CfnSchema(
    stack, "Schema", name="with-dashboard", schema=(DATA / "schemas" / "items.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="with-dashboard-items",
    dataset_type="Items",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
job = DatasetImportJob(stack, "Items", dataset=dataset, data_source=DataSource.from_bucket(bucket, "items.csv"))
job.node.add_dependency(upload)
job.import_on_schedule("FourTimesADay", schedule=events.Schedule.cron(hour="*/6", minute="0"))

# --8<-- [start:dashboard]
period = cdk.Duration.hours(6)
cloudwatch.Dashboard(
    stack,
    "Dashboard",
    dashboard_name="with-dashboard",
    widgets=[
        [
            cloudwatch.GraphWidget(
                title="Imports",
                # The highest, not the sum: an end may be counted twice.
                left=[
                    job.metric_succeeded(period=period, statistic="Maximum", color=cloudwatch.Color.GREEN),
                    job.metric_failed(period=period, statistic="Maximum", color=cloudwatch.Color.RED),
                ],
            ),
            cloudwatch.GraphWidget(title="From start to end", left=[job.metric_duration(period=period)]),
            cloudwatch.GraphWidget(title="Waited until the start", left=[job.metric_waited(period=period)]),
        ]
    ],
)
# --8<-- [end:dashboard]
app.synth()
