"""Data under the same key of a bucket, imported again when its version changes."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource, ImportMode

app = cdk.App()
stack = cdk.Stack(app, "ImportAgain")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/INTERACTIONS")

# --8<-- [start:version]
history = DatasetImportJob(
    stack,
    "History",
    dataset_arn=dataset_arn,
    data_source=DataSource.from_bucket(bucket, "history/"),
    data_version="2026-11-01",
)
# --8<-- [end:version]
# --8<-- [start:incremental]
november = DatasetImportJob(
    stack,
    "November",
    dataset_arn=dataset_arn,
    data_source=DataSource.from_bucket(bucket, "2026-11/"),
    import_mode=ImportMode.INCREMENTAL,
)
november.node.add_dependency(history)
# --8<-- [end:incremental]
app.synth()
