"""Writes values with tokens as the CDK's report of roles does, for somebody who makes the roles before the stack."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from cdk_personalize_import._template.arns import is_token

_PLACES = {"AWS::Partition": "(PARTITION)", "AWS::Region": "(REGION)", "AWS::AccountId": "(ACCOUNT)"}


CUSTOMISED = "@aws-cdk/iam:customizeRoles"


def are_reported(scope: IConstruct) -> bool:
    """Return whether the CDK reports on the roles of a scope."""
    return scope.node.try_get_context(CUSTOMISED) is not None


def as_reported(stack: cdk.Stack, value: Any) -> Any:
    """Return a value of a stack's template as text for the report.

    Resources are named by the paths of their constructs, in brackets; of what only the deployment makes up, a name's
    end for one, there is a wildcard.
    """
    return cdk.Tokenization.resolve(value, scope=stack, resolver=_Words(stack), preparing=False)


class _Words(cdk.DefaultTokenResolver):
    """Resolves tokens to words."""

    def __init__(self, stack: cdk.Stack) -> None:
        super().__init__(cdk.StringConcat())
        self._stack = stack
        self._stack_id = f"arn:(PARTITION):cloudformation:(REGION):(ACCOUNT):stack/{_name(stack)}/*"

    def resolve_token(self, t: Any, context: Any, post_processor: Any) -> Any:
        if isinstance(t, cdk.Reference):
            return f"({t.target.node.path}.{t.display_name})"
        return self._word(super().resolve_token(t, context, post_processor))

    def _word(self, value: Any) -> Any:
        match value:
            case {"Ref": "AWS::StackName"}:
                return _name(self._stack)
            case {"Ref": "AWS::StackId"}:
                return self._stack_id
            case {"Ref": name}:
                return _PLACES.get(name, f"({name})")
            case {"Fn::Join": [delimiter, [*parts]]}:
                return str(delimiter).join(str(self._word(part)) for part in parts)
            case {"Fn::Select": [index, {"Fn::Split": [delimiter, text]}]} if self._word(text) == self._stack_id:
                return self._stack_id.split(delimiter)[int(index)]
            case dict() if any(name.startswith("Fn::") and name != "Fn::Split" for name in value):
                return f"({json.dumps(value)})"
        return value


def _name(stack: cdk.Stack) -> str:
    """Return the name of a stack, or the pattern of the names that CloudFormation gives a nested one."""
    parent = stack.nested_stack_parent
    if parent is not None:
        return f"{_name(parent)}-*"
    return "*" if is_token(stack.stack_name) else stack.stack_name
