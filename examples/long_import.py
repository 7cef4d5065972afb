"""An import of hundreds of gigabytes, which takes hours.

CloudFormation itself waits at most one hour for a custom resource. A longer timeout makes several that take turns.
"""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "LongImport")
bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "shop-data")

DatasetImportJob(
    stack,
    "Interactions",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/INTERACTIONS"),
    data_source=DataSource.from_bucket(bucket, "history/"),
    timeout=cdk.Duration.hours(4),
)
app.synth()
