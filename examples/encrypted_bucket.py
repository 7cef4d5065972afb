"""A bucket of another stack, encrypted with a customer's key.

The import adds what Personalize needs to both policies, since bucket and key are made by the same app. For a bucket
that is made elsewhere, ``s3.Bucket.from_bucket_attributes`` with its key, synth prints the statements instead.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()

storage = cdk.Stack(app, "EncryptedStorage")
key = kms.Key(storage, "Key", enable_key_rotation=True)
bucket = s3.Bucket(storage, "Bucket", encryption_key=key, enforce_ssl=True)
files = s3_deployment.Source.asset(str(DATA), exclude=["*", "!users.csv"])
s3_deployment.BucketDeployment(storage, "Files", sources=[files], destination_bucket=bucket)

stack = cdk.Stack(app, "EncryptedImport")
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="encrypted-shop")
schema = personalize.CfnSchema(
    stack, "Schema", name="encrypted-shop", schema=(DATA / "schemas" / "users.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="encrypted-shop-users",
    dataset_type="Users",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
# --8<-- [start:import]
DatasetImportJob(
    stack,
    "Users",
    dataset=dataset,
    data_source=DataSource.from_bucket(bucket, "users.csv"),
)
# --8<-- [end:import]
app.synth()
