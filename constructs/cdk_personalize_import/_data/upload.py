"""The upload of data that lies beside the app: one bucket, and one deployment into it, for all imports of a stack."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import Construct

from cdk_personalize_import._template import nag
from cdk_personalize_import._template.assembly_folder import collect
from cdk_personalize_import._template.singleton import singleton

_ID = "Custom::PersonalizeDatasetImportJobLocalData"
# A bucket deployment keeps the archive and its files at once in its function's file system.
_STORAGE = cdk.Size.gibibytes(10)


class Upload(Construct):
    """The bucket of a stack's local data, and what uploads it.

    Attributes:
        bucket: The bucket.
        deployment: What uploads the data.
    """

    @classmethod
    def of(cls, job: Construct) -> Upload:
        """Return the upload of a stack."""
        stack = cdk.Stack.of(job)
        return singleton(stack, _ID, cls, lambda: cls(stack, _ID))

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        # It only ever holds copies of files that lie beside the app.
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        nag.acknowledge(
            self.bucket, "AwsSolutions-S1", "It holds copies of files beside the app, read by Personalize only"
        )
        self.deployment = s3_deployment.BucketDeployment(
            self,
            "Deployment",
            destination_bucket=self.bucket,
            sources=[],
            memory_limit=1024,
            ephemeral_storage_size=_STORAGE,
        )

    def add(self, job: Construct, files: Mapping[str, Path], digest: str) -> None:
        """Have files uploaded.

        Args:
            job: The import that they are for.
            files: The files by their keys.
            digest: What tells this content from any other, so that the CDK needn't read all of it once more.
        """
        folder = collect(job, files)
        # Two imports of one content have keys of their own.
        asset_hash = hashlib.sha256("\n".join([digest, *files]).encode()).hexdigest()
        self.deployment.add_source(s3_deployment.Source.asset(folder, asset_hash=asset_hash))
        nag.acknowledge_function(self.deployment.handler_role, "BucketDeployment of the CDK makes its function so")
