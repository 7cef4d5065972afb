"""Two stages of a shop: storage in one stack, recommendations in another, the imports in a nested stack of that.

The bucket is encrypted with a customer's key and belongs to the storage stack. The solution is made when both imports
have ended. A campaign would come next; CloudFormation has no resource type for one, and it needs a trained version.
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource

DATA = Path(__file__).parents[1] / "data"


class Storage(cdk.Stack):
    """An encrypted bucket with the shop's data."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        key = kms.Key(self, "Key", enable_key_rotation=True)
        self.bucket = s3.Bucket(self, "Bucket", encryption_key=key, enforce_ssl=True)
        files = s3_deployment.Source.asset(str(DATA), exclude=["*", "!*.csv"])
        s3_deployment.BucketDeployment(self, "Files", sources=[files], destination_bucket=self.bucket)


class Imports(cdk.NestedStack):
    """The datasets of a dataset group, and what is imported into them."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, group_arn: str, stage: str) -> None:
        super().__init__(scope, construct_id)
        for dataset_type in ("Interactions", "Items"):
            name = dataset_type.lower()
            schema = personalize.CfnSchema(
                self,
                f"{dataset_type}Schema",
                name=f"{stage}-{name}",
                schema=(DATA / "schemas" / f"{name}.json").read_text(encoding="utf-8"),
            )
            dataset = personalize.CfnDataset(
                self,
                f"{dataset_type}Dataset",
                name=f"{stage}-{name}",
                dataset_type=dataset_type,
                dataset_group_arn=group_arn,
                schema_arn=schema.attr_schema_arn,
            )
            DatasetImportJob(
                self,
                dataset_type,
                dataset=dataset,
                data_source=DataSource.from_bucket(bucket, f"{name}.csv"),
                data_version=cdk.FileSystem.fingerprint(str(DATA / f"{name}.csv")),
            )


class Recommendations(cdk.Stack):
    """A dataset group with its imports, and a solution behind them."""

    def __init__(self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, stage: str) -> None:
        super().__init__(scope, construct_id)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name=f"shop-{stage}")
        imports = Imports(
            self, "Imports", bucket=bucket, group_arn=group.attr_dataset_group_arn, stage=f"composed-{stage}"
        )
        solution = personalize.CfnSolution(
            self,
            "Solution",
            name=f"for-you-{stage}",
            dataset_group_arn=group.attr_dataset_group_arn,
            recipe_arn=f"arn:{self.partition}:personalize:::recipe/aws-user-personalization-v2",
        )
        solution.node.add_dependency(imports)


class Shop(cdk.Stage):
    """Everything, once for each stage."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        storage = Storage(self, "Storage")
        Recommendations(self, "Recommendations", bucket=storage.bucket, stage=construct_id.lower())


app = cdk.App()
Shop(app, "Test")
Shop(app, "Production")
app.synth()
