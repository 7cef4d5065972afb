"""A whole dataset group: interactions, users and items, each from a folder of one bucket, imported at the same time.

Datasets of the types Actions and Action_Interactions are imported alike. CloudFormation can't make them: they come from
``aws personalize create-dataset``.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"

app = cdk.App()
stack = cdk.Stack(app, "DatasetTypes")
bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
group = personalize.CfnDatasetGroup(stack, "DatasetGroup", name="dataset-types")

for dataset_type in ("Interactions", "Users", "Items"):
    name = dataset_type.lower()
    files = s3_deployment.Source.asset(str(DATA), exclude=["*", f"!{name}.csv"])
    upload = s3_deployment.BucketDeployment(
        stack, f"{dataset_type}Upload", sources=[files], destination_bucket=bucket, destination_key_prefix=f"{name}/"
    )
    schema = (DATA / "schemas" / f"{name}.json").read_text(encoding="utf-8")
    dataset = personalize.CfnDataset(
        stack,
        f"{dataset_type}Dataset",
        name=f"dataset-types-{name}",
        dataset_type=dataset_type,
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=personalize.CfnSchema(
            stack, f"{dataset_type}Schema", name=f"dataset-types-{name}", schema=schema
        ).attr_schema_arn,
    )
    # --8<-- [start:import]
    job = DatasetImportJob(
        stack,
        dataset_type,
        dataset=dataset,
        data_source=DataSource.from_bucket(bucket, f"{name}/"),
        timeout=cdk.Duration.hours(2),
    )
    # --8<-- [end:import]
    job.node.add_dependency(upload)
app.synth()
