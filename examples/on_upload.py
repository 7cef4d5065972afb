"""Data that is imported when somebody has written a folder of it, and a marker file last."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "OnUpload")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
upload = s3_deployment.BucketDeployment(
    stack,
    "Upload",
    sources=[s3_deployment.Source.asset(str(DATA), exclude=["*", "!items.csv"])],
    destination_bucket=bucket,
    destination_key_prefix="items/",
)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="on-upload")
schema = personalize.CfnSchema(
    stack, "Schema", name="on-upload", schema=(DATA / "schemas" / "items.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="on-upload-items",
    dataset_type="Items",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
job = DatasetImportJob(stack, "Items", dataset=dataset, data_source=DataSource.from_bucket(bucket, "items/"))
job.node.add_dependency(upload)

# --8<-- [start:fresh]
# Files that are written in a row are one import: it starts a minute after the last marker.
job.import_on_upload("Upload", quiet_period=cdk.Duration.minutes(1), suffix="_SUCCESS.csv")
# --8<-- [end:fresh]
app.synth()
