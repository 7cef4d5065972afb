"""Warnings about what is known to make an import fail, judged when the whole app has been made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_personalize_import._data.bucket_data import BucketData
from cdk_personalize_import._data.bucket_key import has_key
from cdk_personalize_import._data.deployments import about_deployments
from cdk_personalize_import._data.known_bucket import KnownBucket
from cdk_personalize_import._data.local_data import LocalData
from cdk_personalize_import._template.last_look import FinalResources

_PERSONALIZE = "personalize.amazonaws.com"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html
_OF_NETWORKS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")


def last_warnings(
    job: Construct,
    link: cdk.CfnResource,
    bucket: s3.IBucket,
    origin: BucketData | LocalData,
    role: iam.IRole | None,
) -> Callable[[FinalResources], list[str]]:
    """Return a look at the end of synthesis that warns, and finds what is certain to fail.

    Args:
        job: The import.
        link: The resource that starts it.
        bucket: The bucket of its data.
        origin: Where its data comes from.
        role: The role that was given for it, if any.
    """

    def look(resources: FinalResources) -> list[str]:
        found = [*_about_role(role)] if role is not None else []
        if isinstance(origin, BucketData):
            found += resources.once(("bucket", bucket), lambda: [*_about_bucket(bucket)])
            found += about_deployments(link, origin, resources)
        for name, text in found:
            cdk.Annotations.of(job).add_warning_v2(f"cdk-personalize-import:{name}", text)
        return [*_about_key(bucket, resources)] if role is None else []

    return look


def _about_role(role: iam.IRole) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the trust of a role that the app makes."""
    # What stands for a CfnRole is its child.
    made = next((found for found in (role.node.default_child, role.node.scope) if isinstance(found, iam.CfnRole)), None)
    if made is None:
        return
    document = cdk.Stack.of(made).resolve(made.assume_role_policy_document)
    if _PERSONALIZE not in json.dumps(document):
        yield (
            "roleTrust",
            f"role {made.node.path} doesn't trust {_PERSONALIZE}, so Personalize can't read the data with it; "
            f'let it be assumed by iam.ServicePrincipal("{_PERSONALIZE}")',
        )


def _about_bucket(bucket: s3.IBucket) -> Iterator[tuple[str, str]]:
    """Yield what of a bucket's policy shuts Personalize out."""
    policy = bucket.policy if isinstance(bucket, s3.Bucket) else None
    if policy is None:
        return
    statements = cdk.Stack.of(policy).resolve(policy.document)["Statement"]
    if any(_denies_other_networks(statement) for statement in statements):
        yield (
            "vpcOnly",
            f"the policy of bucket {bucket.node.path} denies all but a VPC's requests, and Personalize is in none; "
            'leave out what it asks, by a condition on "aws:PrincipalServiceName" or "aws:PrincipalArn"',
        )


def _denies_other_networks(statement: Mapping[str, Any]) -> bool:
    if statement.get("Effect") != "Deny":
        return False
    keys = {(operator, key.lower()) for operator, values in statement.get("Condition", {}).items() for key in values}
    negated = [key for operator, key in keys if "Not" in operator]
    # A further condition may be what leaves Personalize out.
    return bool(negated) and len(keys) == len(negated) and all(key in _OF_NETWORKS for key in negated)


def _about_key(bucket: s3.IBucket, resources: FinalResources) -> Iterator[str]:
    """Yield what is wrong with a key that the bucket got after the import, whose role may not use it."""
    if KnownBucket.of(bucket).key is None and resources.once(("key", bucket), lambda: has_key(bucket, resources)):
        yield (
            f"bucket {bucket.node.path} got its key after the import was made, so the import's role can't read it; "
            "give the bucket its encryption_key before; data from a local path goes to a bucket without one, so put "
            "such data into a bucket of your own, and use DataSource.from_bucket"
        )
