"""This project's construct, as its README shows it."""

from __future__ import annotations

import aws_cdk as cdk

from benchmarks.peers import data
from cdk_personalize_import import DatasetImportJob, DataSource


def add_import(stack: cdk.Stack, index: int, dataset_arn: str) -> None:
    """Add an import."""
    DatasetImportJob(
        stack,
        f"Import{index}",
        dataset_arn=dataset_arn,
        data_source=DataSource.from_bucket(data.bucket_of(stack), data.folder(index)),
    )
