"""Properties of an import's resources that are known at the last look at the template only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk

from cdk_personalize_import._dataset import KnownDataset
from cdk_personalize_import._dataset_definition import DatasetDefinition
from cdk_personalize_import._job_tags import JobTags
from cdk_personalize_import._template.last_look import FinalResources


class FinalProperties:
    """The tags of an import's jobs, and the definition of its dataset where the app makes it.

    Args:
        tags: The tags.
        dataset: The dataset.
        stack: Stack of the import.

    Attributes:
        early: What stands for them until the last look.
    """

    def __init__(self, tags: JobTags, dataset: KnownDataset, stack: cdk.Stack) -> None:
        self._tags = tags
        self._definition: DatasetDefinition | None = None
        self.early: dict[str, Any] = {"Tags": tags.early}
        if dataset.made is not None and dataset.stack is not None:
            self._definition = DatasetDefinition(dataset.made, dataset.stack, stack)
            if self._definition.early is not None:
                self.early["DatasetDefinition"] = self._definition.early

    def look_at(self, links: Sequence[cdk.CfnResource]) -> Callable[[FinalResources], list[str]]:
        """Return a look that sets them on the resources of the import, and finds what is wrong with the tags."""

        def look(resources: FinalResources) -> list[str]:
            if self._definition is not None:
                definition = self._definition.final(resources)
                for link in links:
                    link.add_property_override("DatasetDefinition", definition)
            return self._tags.set_on(links, resources)

        return look
