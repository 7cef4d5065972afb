"""Tests of a stack with an import, as you would write them for yours."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from cdk_personalize_import import DatasetImportJob, DataSource


def shop() -> cdk.Stack:
    """The stack to test."""
    stack = cdk.Stack(cdk.App(), "Shop")
    bucket = s3.Bucket(stack, "Bucket", enforce_ssl=True)
    dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS")
    DatasetImportJob(stack, "Items", dataset_arn=dataset_arn, data_source=DataSource.from_bucket(bucket, "items/"))
    return stack


def test_the_items_are_imported() -> None:
    """A template with the import in it."""
    template = Template.from_stack(shop())
    template.has_resource_properties(
        "Custom::PersonalizeDatasetImportJob",
        {"DataLocation": {"Fn::Join": ["", ["s3://", Match.any_value(), "/items/"]]}},
    )
