"""Acknowledges findings of cdk-nag on the resources that this package makes, where AWS leaves no other choice."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from importlib.util import find_spec
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from cdk_personalize_import._template.arns import without_tokens

# Each question is a call to the CDK's own process.
_records: WeakKeyDictionary[IConstruct, cdk.Validations] = WeakKeyDictionary()
_tokens: WeakKeyDictionary[cdk.Stack, dict[str, str]] = WeakKeyDictionary()


@cache
def is_installed() -> bool:
    """Return whether the app can use cdk-nag at all; where it can't, records would only take time."""
    return find_spec("cdk_nag") is not None and hasattr(cdk, "Validations")


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Record why a rule's finding on a construct is as it should be.

    Does nothing where cdk-nag isn't installed or aws-cdk-lib is older than the cdk-nag version that reads such records,
    nor where the CDK does not take the finding for the name of a rule: a finding that is not acknowledged is better
    than no synthesis.
    """
    if not is_installed():
        return
    if construct not in _records:
        _records[construct] = cdk.Validations.of(construct)
    with contextlib.suppress(RuntimeError):
        _records[construct].acknowledge(cdk.Acknowledgment(id=rule, reason=reason))


def acknowledge_wildcard(stack: cdk.Stack, owner: IConstruct, arn: str, reason: str, *, again: bool = True) -> None:
    """Record why a policy has a resource with a wildcard.

    cdk-nag names the finding after the resource as the template has it. Where that refers to another stack, it changes
    when the references between stacks are made, so the record is made once more then.

    Args:
        stack: The stack of the role or policy.
        owner: The role or policy.
        arn: The resource.
        reason: The reason.
        again: Whether the resource may refer to another stack. Default: it may.
    """
    if not is_installed():
        return
    before = _finding(stack, arn, _tokens.setdefault(stack, {}))
    acknowledge(owner, before, reason)

    @jsii.implements(IValidation)
    class OnceMore:
        def validate(self) -> list[str]:
            after = _finding(stack, arn, {})
            if after != before:
                acknowledge(owner, after, reason)
            return []

    if again:
        owner.node.add_validation(OnceMore())


def _finding(stack: cdk.Stack, arn: str, known: dict[str, str]) -> str:
    def written(token: str) -> str:
        if token not in known:
            known[token] = _as_nag_writes(stack.resolve(token))
        return known[token]

    return f"AwsSolutions-IAM5[Resource::{without_tokens(arn, written)}]"


def _as_nag_writes(value: Any) -> str:
    """Return a value of a template as cdk-nag writes it in a finding: references in angle brackets, others as JSON."""
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_as_nag_writes(part) for part in parts)
        case {"Fn::Sub": text} | {"Fn::ImportValue": text}:
            return _as_nag_writes(text)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{_as_nag_writes(resource)}.{_as_nag_writes(attribute)}>"
        case {"Ref": name}:
            return f"<{_as_nag_writes(name)}>"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def acknowledge_function(role: IConstruct, reason: str) -> None:
    """Record why a function that the CDK makes for itself, with the role as its child, is as it is.

    Args:
        role: The role of the function.
        reason: The reason.
    """
    function = role.node.scope if is_installed() else None
    if function is None:
        return
    basic = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    acknowledge(function, "AwsSolutions-L1", reason)
    acknowledge(role, f"AwsSolutions-IAM4[{basic}]", reason)
    policy = role.node.try_find_child("DefaultPolicy")
    if not isinstance(policy, iam.Policy):
        return
    for statement in cdk.Stack.of(policy).resolve(policy.document)["Statement"]:
        for kind in ("Action", "Resource"):
            values = statement[kind] if isinstance(statement[kind], list) else [statement[kind]]
            for value in map(_as_nag_writes, values):
                if "*" in value:
                    acknowledge(policy, f"AwsSolutions-IAM5[{kind}::{value}]", reason)
