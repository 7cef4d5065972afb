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

from cdk_personalize_import._template.last_look import FinalResources

# Each of them is create-only.
_NAMES = ("SchemaArn", "Name", "DatasetType", "DatasetGroupArn", "Tags")


class DatasetDefinition:
    """The property.

    Args:
        dataset: The dataset.
        there: The dataset's stack.
        stack: Stack of the import.
    """

    def __init__(self, dataset: personalize.CfnDataset, there: cdk.Stack, stack: cdk.Stack) -> None:
        self._dataset = dataset
        self._there = there
        self._is_elsewhere = there != stack
        self.early: cdk.IResolvable | None = None
        """A token for it, None where nothing needs it before the last look.

        The address of a nested stack's template is made before the last look. It changes with a dataset elsewhere.
        """
        if self._is_elsewhere and stack.nested_stack_parent is not None:
            self.early = cdk.Lazy.uncached_any(_Early(dataset, there))

    def final(self, resources: FinalResources) -> dict[str, Any]:
        """Return what the template says, with what Aspects, ``Tags.of()`` and escape hatches changed."""
        properties = resources.of(self._there).properties(self._dataset) or {}
        definition = {name: properties[name] for name in _NAMES if name in properties}
        # References of another stack mean nothing here, and each would need an export.
        return _digest(definition) if self._is_elsewhere else definition


@jsii.implements(cdk.IAnyProducer)
class _Early:
    def __init__(self, dataset: personalize.CfnDataset, there: cdk.Stack) -> None:
        self._dataset = dataset
        self._there = there

    def produce(self, context: cdk.IResolveContext) -> dict[str, Any]:  # noqa: ARG002
        dataset = self._dataset
        tags = cdk.TagManager.of(dataset)
        tag_values = tags.tag_values() if tags else {}
        values = [dataset.schema_arn, dataset.name, dataset.dataset_type, dataset.dataset_group_arn, tag_values]
        return _digest(dict(zip(_NAMES, self._there.resolve(values), strict=True)))


def _digest(definition: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(definition, sort_keys=True)
    return {"Digest": hashlib.sha256(text.encode()).hexdigest()[:16]}
