"""Stacks of the tests' own, synthesised within the process of the tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from end_to_end.shop import BUCKET
from synthesis import CONTEXT

from cdk_personalize_import import DatasetImportJob, DataSource


def assemble(folder: Path, name: str, fill: Callable[[cdk.Stack], object]) -> Path:
    """Synthesise an app with one stack.

    Args:
        folder: Where the cloud assembly goes.
        name: The stack's name.
        fill: Gets the stack and puts constructs into it.

    Returns:
        The folder of the cloud assembly.
    """
    app = cdk.App(outdir=str(folder), context=CONTEXT)
    fill(cdk.Stack(app, name))
    app.synth()
    return folder


def import_into_shop(
    stack: cdk.Stack, construct_id: str, dataset_type: str, key: str, **options: Any
) -> DatasetImportJob:
    """Import a file of the shop's bucket into one of the shop's datasets."""
    bucket = stack.node.try_find_child("Bucket") or s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET)
    return DatasetImportJob(
        stack,
        construct_id,
        dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name=f"shop/{dataset_type}"),
        data_source=DataSource.from_bucket(bucket, key),  # type: ignore[arg-type]
        **options,
    )
