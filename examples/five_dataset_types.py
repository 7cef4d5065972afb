"""All five dataset types, into the datasets of one group that exists already.

CloudFormation itself makes three of the five types; Actions and Action_Interactions datasets are made with
``aws personalize create-dataset``. A whole folder is imported when the key ends in a slash.
"""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3

from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "FiveDatasetTypes")
bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "shop-data")

for dataset_type in ("Interactions", "Users", "Items", "Actions", "Action_Interactions"):
    name = f"shop/{dataset_type.upper()}"
    DatasetImportJob(
        stack,
        dataset_type,
        dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name=name),
        data_source=DataSource.from_bucket(bucket, f"{dataset_type.lower()}/"),
    )
app.synth()
