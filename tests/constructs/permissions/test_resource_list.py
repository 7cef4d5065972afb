"""Lists of resources in policies, which grow import by import."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from shop import DATASET_ARN, Shop, flat

from cdk_personalize_import import DataSource


def test_policies_that_were_read_before_the_last_import_name_its_data(shop: Shop) -> None:
    shop.job()
    for construct in shop.stack.node.find_all():
        if isinstance(construct, iam.CfnRole):
            shop.stack.resolve(construct.policies)
        if isinstance(construct, s3.CfnBucketPolicy):
            shop.stack.resolve(construct.policy_document)
    items = DATASET_ARN.replace("INTERACTIONS", "ITEMS")
    shop.job("Items", dataset_arn=items, data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    resources = shop.synth()
    assert resources.function_statements["ImportIntoDatasets"]["Resource"] == [DATASET_ARN, items]
    document = resources.properties("AWS::S3::BucketPolicy")["PolicyDocument"]
    [readable] = [
        flat(found["Resource"]) for found in document["Statement"] if found.get("Sid") == "PersonalizeReadsData"
    ]
    assert [arn.rpartition("/")[2] for arn in readable] == ["interactions.csv", "items.csv"]
