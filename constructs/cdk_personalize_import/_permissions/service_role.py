"""The role with which Personalize reads the data of an import."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_personalize_import._data.data import Data
from cdk_personalize_import._permissions.own_role import OwnRole
from cdk_personalize_import._permissions.stack_permissions import StackPermissions
from cdk_personalize_import._permissions.statements import of_reader
from cdk_personalize_import._template import nag


def service_role(
    scope: Construct, permissions: StackPermissions, data: Data, bucket_stack: cdk.Stack, *, reported: bool
) -> OwnRole:
    """Make a role that Personalize, and nobody else, can assume to read the data of one import.

    See https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html

    Args:
        scope: The import.
        permissions: The permissions of its stack.
        data: The data.
        bucket_stack: Stack of the bucket that it is in.
        reported: Whether the CDK reports on the role.
    """
    own = OwnRole(
        scope,
        "ServiceRole",
        policy_name="ReadData",
        statements=of_reader(data.bucket_arn, data.objects_arn, data.key.key_arn if data.key else None),
        reported=reported,
        description="Reads training data for Amazon Personalize",
        path=permissions.service_roles.path,
        assumed_by=permissions.personalize,
    )
    permissions.service_roles.add(own)
    if data.objects_arn.endswith("*"):
        reason = "The data is all objects of the folder"
        again = bucket_stack != permissions.stack
        nag.acknowledge_wildcard(permissions.stack, own.role, data.objects_arn, reason, again=again)
    return own
