"""A bucket with a CSV file, a dataset, and the import of the one into the other: a whole app."""

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

SCHEMA = """{"type": "record", "name": "Items", "namespace": "com.amazonaws.personalize.schema", "version": "1.0",
 "fields": [{"name": "ITEM_ID", "type": "string"}, {"name": "GENRES", "type": "string", "categorical": true}]}"""

app = cdk.App()
stack = cdk.Stack(app, "QuickStart")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
csv = s3_deployment.Source.data("items.csv", "ITEM_ID,GENRES\n1,Comedy|Crime\n2,Drama\n")
upload = s3_deployment.BucketDeployment(stack, "Upload", sources=[csv], destination_bucket=bucket)
group_arn = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="quick-start").attr_dataset_group_arn
schema_arn = personalize.CfnSchema(stack, "Schema", name="quick-start", schema=SCHEMA).attr_schema_arn
dataset = personalize.CfnDataset(
    stack, "Dataset", name="items", dataset_type="Items", dataset_group_arn=group_arn, schema_arn=schema_arn
)
data_source = DataSource.from_bucket(bucket, "items.csv")
job = DatasetImportJob(stack, "Items", dataset=dataset, data_source=data_source)
job.node.add_dependency(upload)
cdk.CfnOutput(stack, "JobStatus", value=job.status)
app.synth()
