"""A dataset import job as others refer to it."""

from __future__ import annotations

from typing import Protocol

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct


class IDatasetImportJob(Protocol):
    """A dataset import job, made in this app or elsewhere."""

    @property
    def dataset_import_job_arn(self) -> str:
        """ARN of the job."""
        ...

    @property
    def dataset_import_job_name(self) -> str:
        """Name of the job."""
        ...

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody see the job's status (``personalize:DescribeDatasetImportJob``)."""
        ...


class DatasetImportJobBase(cdk.Resource):
    """What a job can do wherever it was made."""

    @property
    def dataset_import_job_arn(self) -> str:
        """ARN of the job."""
        raise NotImplementedError

    def grant_describe(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody see the job's status (``personalize:DescribeDatasetImportJob``).

        Args:
            grantee: Who is allowed.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["personalize:DescribeDatasetImportJob"],
            resource_arns=[self.dataset_import_job_arn],
        )


class ImportedDatasetImportJob(DatasetImportJobBase):
    """A job that was made elsewhere."""

    def __init__(self, scope: Construct, construct_id: str, dataset_import_job_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._arn = dataset_import_job_arn

    @property
    def dataset_import_job_arn(self) -> str:
        """ARN of the job."""
        return self._arn

    @property
    def dataset_import_job_name(self) -> str:
        """Name of the job."""
        return cdk.Fn.select(1, cdk.Fn.split("/", self._arn))
