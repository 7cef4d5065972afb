"""What can wait for an import, and what it knows then."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "WaitForData")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS")

# --8<-- [start:attributes]
job = DatasetImportJob(stack, "Items", dataset_arn=dataset_arn, data_source=DataSource.from_bucket(bucket, "items.csv"))
ssm.StringParameter(stack, "LastImport", string_value=job.dataset_import_job_arn)
cdk.CfnOutput(stack, "Status", value=job.status)
# --8<-- [end:attributes]
# --8<-- [start:no_wait]
DatasetImportJob(
    stack,
    "Users",
    dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/USERS"),
    data_source=DataSource.from_bucket(bucket, "users.csv"),
    wait_for_completion=False,
)
# --8<-- [end:no_wait]
app.synth()
