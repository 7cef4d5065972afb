"""What makes CloudFormation replace the dataset of an import, as a property of the import's resource.

CloudFormation makes a dataset anew when its schema or its name changes, under the same ARN and empty. Nothing that
refers to the ARN changes then; the property does, so that the import is asked about.
See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-personalize-dataset.html
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_personalize as personalize

from cdk_personalize_import._template.last_look import FinalResources, LastLook

# Each of them is create-only.
_NAMES = ("SchemaArn", "Name", "DatasetType", "DatasetGroupArn", "Tags")


def dataset_definition(dataset: personalize.CfnDataset, stack: cdk.Stack, last_look: LastLook) -> cdk.IResolvable:
    """Return the property.

    Args:
        dataset: The dataset.
        stack: Stack of the import.
        last_look: The last look at that stack's template.
    """
    definition = _DatasetDefinition(dataset, stack)
    last_look.add(definition.look)
    return cdk.Lazy.uncached_any(definition)


@jsii.implements(cdk.IAnyProducer)
class _DatasetDefinition:
    def __init__(self, dataset: personalize.CfnDataset, stack: cdk.Stack) -> None:
        self._dataset = dataset
        self._stack = stack
        self._there = cdk.Stack.of(dataset)
        self._is_early = self._there != stack and stack.nested_stack_parent is not None
        self._definition: dict[str, Any] | None = None

    def look(self, resources: FinalResources) -> list[str]:
        """Keep what the template says, with what Aspects, ``Tags.of()`` and escape hatches changed."""
        properties = resources.of(self._there).properties(self._dataset) or {}
        definition = {name: properties[name] for name in _NAMES if name in properties}
        # References of another stack mean nothing here, and each would need an export.
        self._definition = definition if self._there == self._stack else _digest(definition)
        self._is_early = False
        return []

    def produce(self, context: cdk.IResolveContext) -> dict[str, Any] | None:  # noqa: ARG002
        # The address of a nested stack's template is made before the last look. It changes with a dataset elsewhere.
        return self._early() if self._is_early else self._definition

    def _early(self) -> dict[str, Any]:
        dataset = self._dataset
        tags = cdk.TagManager.of(dataset)
        tag_values = tags.tag_values() if tags else {}
        values = [dataset.schema_arn, dataset.name, dataset.dataset_type, dataset.dataset_group_arn, tag_values]
        return _digest(dict(zip(_NAMES, self._there.resolve(values), strict=True)))


def _digest(definition: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(definition, sort_keys=True)
    return {"Digest": hashlib.sha256(text.encode()).hexdigest()[:16]}
