"""Acknowledges findings of cdk-nag on the resources that this package makes, where AWS leaves no other choice."""

from __future__ import annotations

import aws_cdk as cdk
import jsii

from cdk_personalize_import._plain_text import plain
from constructs import IConstruct, IValidation


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Record why a rule's finding on a construct is as it should be.

    Does nothing where aws-cdk-lib is older than the cdk-nag version that reads such records.
    """
    if hasattr(cdk, "Validations"):
        cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(owner: IConstruct, arn: str, reason: str) -> None:
    """Record why a policy has a resource with a wildcard.

    cdk-nag names the finding after the resource as the template has it. Where that refers to another stack, it changes
    when the references between stacks are made, so the record is made once more then.

    Args:
        owner: The role or policy.
        arn: The resource.
        reason: The reason.
    """
    before = _finding(owner, arn)
    acknowledge(owner, before, reason)

    @jsii.implements(IValidation)
    class OnceMore:
        def validate(self) -> list[str]:
            after = _finding(owner, arn)
            if after != before:
                acknowledge(owner, after, reason)
            return []

    if "." in before:
        owner.node.add_validation(OnceMore())


def _finding(owner: IConstruct, arn: str) -> str:
    # cdk-nag puts references into angle brackets.
    resource = str(plain(cdk.Stack.of(owner), arn)).replace("${", "<").replace("}", ">")
    return f"AwsSolutions-IAM5[Resource::{resource}]"
