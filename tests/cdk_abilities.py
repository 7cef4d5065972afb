"""What the CDK itself can do, for tests of what only newer versions of aws-cdk-lib than the oldest one can."""

from types import ModuleType

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct


def cdk_nag() -> ModuleType:
    """Return cdk-nag, or skip the test where it can't be loaded."""
    try:
        import cdk_nag as loaded
    except AttributeError:
        pytest.skip("cdk-nag needs a newer aws-cdk-lib")
    return loaded


def needs_acknowledgements_of_what_comes_later() -> None:
    """Skip the test where an acknowledgement holds for later warnings of the construct's children only."""
    scope = Construct(cdk.Stack(), "Scope")
    cdk.Annotations.of(scope).acknowledge_warning("known")
    cdk.Annotations.of(scope).add_warning_v2("known", "a warning")
    if scope.node.metadata:
        pytest.skip("this aws-cdk-lib forgets acknowledgements on the construct itself")


def needs_word_of_reports() -> None:
    """Skip the test where a role that is made all the same looks like one that the CDK doesn't report on."""
    stack = cdk.Stack()
    iam.Role.customize_roles(stack, prevent_synthesis=False)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    if cdk.Token.is_unresolved(role.role_arn) and not role.role_arn.startswith("arn:"):
        pytest.skip("this aws-cdk-lib doesn't tell that it reports on a role which it makes all the same")


def needs_references_across_accounts() -> None:
    """Skip the test where a stack can't refer to a key of another account's stack."""
    app = cdk.App()
    one, other = (cdk.Stack(app, f"Stack{n}", env=cdk.Environment(account=n * 12, region="eu-west-1")) for n in "12")
    cdk.CfnOutput(one, "Key", value=kms.Key(other, "Key").key_arn)
    try:
        app.synth()
    except RuntimeError as refused:
        if "cannot reference" not in str(refused):
            raise
        pytest.skip("this aws-cdk-lib has no references to another account's stack")
