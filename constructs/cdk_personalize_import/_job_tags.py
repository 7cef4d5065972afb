"""Tags of a job, which are known only when every ``Tags.of()`` of the app has spoken."""

from __future__ import annotations

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from cdk_personalize_import._arguments import wrong_tags


def job_tags(job: Construct, tags: cdk.TagManager) -> cdk.IResolvable:
    """Return the tags as CreateDatasetImportJob takes them, and have them checked at synthesis."""
    checked = _Tags(tags)
    job.node.add_validation(checked)
    # An Aspect may read them before another one adds tags.
    return cdk.Lazy.uncached_any(checked, omit_empty_array=True)


@jsii.implements(cdk.IAnyProducer, IValidation)
class _Tags:
    def __init__(self, tags: cdk.TagManager) -> None:
        self._tags = tags

    def produce(self, context: cdk.IResolveContext) -> list[dict[str, str]]:  # noqa: ARG002
        values = self._tags.tag_values()
        return [{"tagKey": key, "tagValue": values[key]} for key in sorted(values)]

    def validate(self) -> list[str]:
        wrong = wrong_tags(self._tags.tag_values())
        return [f"tags, with those of Tags.of(), must be {wrong[0]}, got {wrong[1]!r}"] if wrong else []
