"""Roles that somebody else makes, and a bucket and key that somebody else owns."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "Roles")
dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS")

# --8<-- [start:bucket]
bucket = s3.Bucket.from_bucket_attributes(
    stack,
    "Bucket",
    bucket_name="company-data",
    encryption_key=kms.Key.from_key_arn(
        stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    ),
)
# --8<-- [end:bucket]
# --8<-- [start:role]
role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/company/personalize", mutable=False)
DatasetImportJob(
    stack,
    "Items",
    dataset_arn=dataset_arn,
    data_source=DataSource.from_bucket(bucket, "items/"),
    role=role,
)
# --8<-- [end:role]
app.synth()
