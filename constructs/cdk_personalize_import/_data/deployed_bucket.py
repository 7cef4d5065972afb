"""The bucket that a ``BucketDeployment`` returns stands for the one into which it puts files."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment

from cdk_personalize_import._template.arns import target

DEPLOYMENT = "Custom::CDKBucketDeployment"


def destination(bucket: s3.IBucket) -> tuple[s3.IBucket, s3_deployment.BucketDeployment | None]:
    """Return the bucket of a deployment, and the deployment, in the place of what the deployment returns.

    Of that the CDK knows the name and nothing more; it can neither change the bucket's policy nor see its key.

    Args:
        bucket: Any bucket.
    """
    deployment = None if isinstance(bucket, s3.Bucket) else bucket.node.scope
    if not isinstance(deployment, s3_deployment.BucketDeployment):
        return bucket, None
    for child in deployment.node.children:
        made = child.node.default_child
        if isinstance(made, cdk.CfnResource) and made.cfn_resource_type == DEPLOYMENT:
            name = made._cfn_properties.get("DestinationBucketName")
            found = target(name) if isinstance(name, str) else None
            owner = found.node.scope if isinstance(found, s3.CfnBucket) else None
            if isinstance(owner, s3.Bucket):
                return owner, deployment
    return bucket, None
