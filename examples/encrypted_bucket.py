"""A bucket that is made elsewhere and encrypted with a customer key.

Neither the bucket's policy nor the key's can be changed from here: synth prints the statements that they need.

    cdk deploy -c bucket=<name> -c key_arn=<ARN>
"""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "EncryptedBucket")
bucket = s3.Bucket.from_bucket_attributes(
    stack,
    "Bucket",
    bucket_name=app.node.get_context("bucket"),
    encryption_key=kms.Key.from_key_arn(stack, "Key", app.node.get_context("key_arn")),
)

DatasetImportJob(
    stack,
    "Users",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/USERS"),
    data_source=DataSource.from_bucket(bucket, "users.csv"),
)
app.synth()
