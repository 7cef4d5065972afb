"""Import sample data into Amazon Personalize: a bucket with CSV files, a dataset group with two datasets, two imports.

``make deploy-local`` deploys it to an AWS on this machine, ``cdk deploy`` to a real account. To import other data:

    -c data=<folder>                                    your interactions.csv and items.csv
    -c dataset_arn=<ARN> -c bucket=<name> -c key=<key>  what is in a bucket already, into a dataset that exists already
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource

ROOT = Path(__file__).parent


class SampleData(cdk.Stack):
    """Everything from the bucket to the imported data."""

    def __init__(self, scope: Construct, construct_id: str, *, data: Path) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(
            self, "Bucket", enforce_ssl=True, auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY
        )
        files = s3_deployment.Source.asset(str(data), exclude=["*", "!*.csv"])
        upload = s3_deployment.BucketDeployment(self, "Upload", sources=[files], destination_bucket=bucket)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name=self.stack_name)

        for dataset_type in ("Interactions", "Items"):
            name = dataset_type.lower()
            schema = personalize.CfnSchema(
                self,
                f"{dataset_type}Schema",
                name=f"{self.stack_name}-{name}",
                schema=(ROOT / "data" / "schemas" / f"{name}.json").read_text(encoding="utf-8"),
            )
            dataset = personalize.CfnDataset(
                self,
                f"{dataset_type}Dataset",
                name=f"{self.stack_name}-{name}",
                dataset_type=dataset_type,
                dataset_group_arn=group.attr_dataset_group_arn,
                schema_arn=schema.attr_schema_arn,
            )
            job = DatasetImportJob(
                self,
                dataset_type,
                dataset=dataset,
                data_source=DataSource.from_bucket(bucket, f"{name}.csv"),
                # Imports again when the file changes.
                data_version=cdk.FileSystem.fingerprint(str(data / f"{name}.csv")),
            )
            job.node.add_dependency(upload)
            add_outputs(job)


class ExistingData(cdk.Stack):
    """One import, of data and into a dataset that are there already."""

    def __init__(self, scope: Construct, construct_id: str, *, dataset_arn: str, bucket: str, key: str) -> None:
        super().__init__(scope, construct_id)
        data_source = DataSource.from_bucket(s3.Bucket.from_bucket_name(self, "Bucket", bucket), key)
        add_outputs(DatasetImportJob(self, "Data", dataset_arn=dataset_arn, data_source=data_source))


def add_outputs(job: DatasetImportJob) -> None:
    """Show the job's ARN and status at the end of a deployment."""
    stack = cdk.Stack.of(job)
    cdk.CfnOutput(stack, f"{job.node.id}JobArn", value=job.dataset_import_job_arn)
    cdk.CfnOutput(stack, f"{job.node.id}JobStatus", value=job.status)


app = cdk.App()
context = app.node.try_get_context
if context("dataset_arn"):
    ExistingData(
        app, "PersonalizeImport", dataset_arn=context("dataset_arn"), bucket=context("bucket"), key=context("key")
    )
else:
    SampleData(app, "PersonalizeImport", data=ROOT / (context("data") or "data"))
app.synth()
