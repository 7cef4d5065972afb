"""The smallest use: a file in a bucket, into a dataset. Both exist already.

Personalize must be allowed to read the bucket. The policy of a bucket that is made elsewhere can't be changed from
here: synth prints the statement that it needs.
"""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "Smallest")
bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "shop-data")

DatasetImportJob(
    stack,
    "Interactions",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/INTERACTIONS"),
    data_source=DataSource.from_bucket(bucket, "interactions.csv"),
)
app.synth()
