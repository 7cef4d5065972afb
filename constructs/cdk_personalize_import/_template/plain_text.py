"""Writes values with tokens as text that a person can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import region_info


def plain(stack: cdk.Stack, value: Any) -> Any:
    """Return a value as the stack's template has it, with ``${...}`` in place of its references."""
    return _flat(stack.resolve(value))


def statements_json(stack: cdk.Stack, statements: Sequence[iam.PolicyStatement]) -> str:
    """Return policy statements as JSON that can be pasted into a policy."""
    flat = [plain(stack, statement.to_statement_json()) for statement in statements]
    text = json.dumps(flat if len(flat) > 1 else flat[0])
    if not cdk.Token.is_unresolved(stack.region):
        text = text.replace("${AWS::Partition}", region_info.RegionInfo.get(stack.region).partition or "aws")
    return text


def _flat(value: Any) -> Any:
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(str(_flat(part)) for part in parts)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"${{{resource}.{attribute}}}"
        case {"Fn::ImportValue": export}:
            return _flat(export)
        case {"Fn::Sub": str(text)}:
            return text
        case {"Ref": name}:
            return f"${{{name}}}"
        case dict() if len(value) == 1 and next(iter(value)).startswith("Fn::"):
            [(function, argument)] = value.items()
            return f"${{{function} {json.dumps(argument, separators=(',', ':'))}}}"
        case dict():
            return {key: _flat(item) for key, item in value.items()}
        case list():
            return [_flat(item) for item in value]
    return value
