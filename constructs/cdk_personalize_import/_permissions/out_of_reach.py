"""Policies that the app can't change: what has to be in them is told at synthesis."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_personalize_import._template.plain_text import statements_json


def warn_of_policy(user: Construct, what: str, owner: str, statements: list[iam.PolicyStatement]) -> None:
    """Warn that somebody else has to change a policy.

    Args:
        user: What needs the statements.
        what: The end of the warning's id.
        owner: Whose policy it is.
        statements: The statements.
    """
    text = statements_json(cdk.Stack.of(user), statements)
    cdk.Annotations.of(user).add_warning_v2(
        f"cdk-personalize-import:{what}",
        f"the policy of {owner} can't be changed from here; without these statements in it the import fails: {text}",
    )
