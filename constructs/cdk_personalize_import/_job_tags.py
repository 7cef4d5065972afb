"""Tags of a job, which are known only when every ``Tags.of()`` of the app has spoken."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from cdk_personalize_import._arguments import wrong_tags


@jsii.implements(cdk.IStableAnyProducer, IValidation)
class JobTags:
    """The tags of a job, as CreateDatasetImportJob takes them; checked at synthesis.

    Args:
        job: The import.
        tags: Its tags.
    """

    def __init__(self, job: Construct, tags: cdk.TagManager) -> None:
        self._tags = tags
        job.node.add_validation(self)

    @functools.cached_property
    def values(self) -> Mapping[str, str]:
        """The tags, to be asked for at synthesis and no sooner."""
        return self._tags.tag_values()

    def produce(self) -> list[dict[str, str]]:
        """Return the value of the template."""
        return [{"tagKey": key, "tagValue": self.values[key]} for key in sorted(self.values)]

    def validate(self) -> list[str]:
        """Return what is wrong."""
        wrong = wrong_tags(self.values)
        return [f"tags, with those of Tags.of(), must be {wrong[0]}, got {wrong[1]!r}"] if wrong else []
