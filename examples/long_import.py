"""An import of hundreds of gigabytes, which takes hours.

CloudFormation itself waits at most one hour for a custom resource. A longer timeout makes several that take turns.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "LongImport")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
upload = s3_deployment.BucketDeployment(
    stack,
    "Upload",
    sources=[s3_deployment.Source.asset(str(DATA), exclude=["*", "!interactions.csv"])],
    destination_bucket=bucket,
    destination_key_prefix="history/",
)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="long-import")
schema = personalize.CfnSchema(
    stack, "Schema", name="long-import", schema=(DATA / "schemas" / "interactions.json").read_text(encoding="utf-8")
)
dataset = personalize.CfnDataset(
    stack,
    "Dataset",
    name="long-import-interactions",
    dataset_type="Interactions",
    dataset_group_arn=group.attr_dataset_group_arn,
    schema_arn=schema.attr_schema_arn,
)
# --8<-- [start:import]
job = DatasetImportJob(
    stack,
    "Interactions",
    dataset=dataset,
    data_source=DataSource.from_bucket(bucket, "history/"),
    timeout=cdk.Duration.hours(4),
)
# --8<-- [end:import]
job.node.add_dependency(upload)
app.synth()
