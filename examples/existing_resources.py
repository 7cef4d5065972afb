"""A file in a bucket, into a dataset. Both exist already: the stack names them.

    cdk deploy Import -c bucket=<name> -c dataset_arn=<ARN>

Without these, the app makes them first, in a stack of their own. Personalize must be allowed to read the bucket. The
policy of a bucket that is made elsewhere can't be changed from here: synth prints the statements that it needs.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"


class ExistingShop(cdk.Stack):
    """What exists already."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket_name: str) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(self, "Bucket", bucket_name=bucket_name, enforce_ssl=True)
        # The statements that synth prints.
        reader = iam.ServicePrincipal("personalize.amazonaws.com")
        for actions, resource in (
            (["s3:ListBucket"], bucket.bucket_arn),
            (["s3:GetObject"], bucket.arn_for_objects("items.csv")),
        ):
            bucket.add_to_resource_policy(
                iam.PolicyStatement(principals=[reader], actions=actions, resources=[resource])
            )
        files = s3_deployment.Source.asset(str(DATA), exclude=["*", "!items.csv"])
        s3_deployment.BucketDeployment(self, "Files", sources=[files], destination_bucket=bucket)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="existing-shop")
        schema = personalize.CfnSchema(
            self, "Schema", name="existing-shop", schema=(DATA / "schemas" / "items.json").read_text(encoding="utf-8")
        )
        personalize.CfnDataset(
            self,
            "Dataset",
            name="existing-shop-items",
            dataset_type="Items",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=schema.attr_schema_arn,
        )


class Import(cdk.Stack):
    """An import of data, and into a dataset, that somebody else made."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket_name: str, dataset_arn: str | None) -> None:
        super().__init__(scope, construct_id)
        # --8<-- [start:import]
        bucket = s3.Bucket.from_bucket_name(self, "Bucket", bucket_name)
        DatasetImportJob(
            self,
            "Items",
            dataset_arn=dataset_arn
            or self.format_arn(service="personalize", resource="dataset", resource_name="existing-shop/ITEMS"),
            data_source=DataSource.from_bucket(bucket, "items.csv"),
        )
        # --8<-- [end:import]


app = cdk.App()
context = app.node.try_get_context
if context("bucket"):
    Import(app, "Import", bucket_name=context("bucket"), dataset_arn=context("dataset_arn"))
else:
    shop = ExistingShop(app, "ExistingShop", bucket_name="existing-shop-data")
    Import(app, "Import", bucket_name="existing-shop-data", dataset_arn=None).add_dependency(shop)
app.synth()
