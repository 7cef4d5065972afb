"""CloudFormation's own import: a property of the dataset, for Interactions, Items and Users only."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from benchmarks.peers import data


def add_import(stack: cdk.Stack, index: int, _: str) -> None:
    """Add a dataset with its initial import."""
    bucket = data.bucket_of(stack)
    personalize.CfnDataset(
        stack,
        f"Dataset{index}",
        name=f"interactions-{index}",
        dataset_type="Interactions",
        dataset_group_arn=data.DATASET_GROUP_ARN,
        schema_arn=data.SCHEMA_ARN,
        dataset_import_job=personalize.CfnDataset.DatasetImportJobProperty(
            job_name=f"interactions-{index}",
            # The typed property renders as dataLocation, which CloudFormation refuses.
            data_source={"DataLocation": bucket.s3_url_for_object(data.folder(index))},
            role_arn=data.service_role(stack, index).role_arn,
        ),
    )
