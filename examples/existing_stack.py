"""Into a stack that you have: its bucket, a construct of yours around the import, and a resource that uses the job."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"


class Catalogue(Construct):
    """The shop's items, as recommendations see them."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, dataset: personalize.CfnDataset
    ) -> None:
        super().__init__(scope, construct_id)
        self.job = DatasetImportJob(
            self,
            "Items",
            dataset=dataset,
            data_source=DataSource.from_bucket(bucket, "catalogue/items.csv"),
            tags={"team": "shop"},
        )


class Shop(cdk.Stack):
    """The stack that was there before: a bucket with files, and a dataset."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(self, "Bucket", enforce_ssl=True)
        files = s3_deployment.BucketDeployment(
            self,
            "Files",
            sources=[s3_deployment.Source.asset(str(DATA), exclude=["*", "!*.csv"])],
            destination_bucket=bucket,
            destination_key_prefix="catalogue/",
        )
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="existing-stack")
        schema = (DATA / "schemas" / "items.json").read_text(encoding="utf-8")
        items = personalize.CfnDataset(
            self,
            "Items",
            name="existing-stack-items",
            dataset_type="Items",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=personalize.CfnSchema(self, "Schema", name="existing-stack", schema=schema).attr_schema_arn,
        )
        catalogue = Catalogue(self, "Catalogue", bucket=bucket, dataset=items)
        catalogue.node.add_dependency(files)
        # Made when the import has ended: using the job's attributes is enough to wait for it.
        ssm.StringParameter(
            self,
            "LastImport",
            parameter_name="/existing-stack/last-import",
            string_value=catalogue.job.dataset_import_job_arn,
        )


app = cdk.App()
Shop(app, "ExistingStack")
app.synth()
