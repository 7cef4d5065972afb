"""Tags of a job, which are known only when every ``Tags.of()`` of the app has spoken."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import aws_cdk as cdk
import jsii

from cdk_personalize_import._template.arns import is_token
from cdk_personalize_import._template.last_look import FinalResources

_MAX_TAGS = 50


@jsii.implements(cdk.IAnyProducer)
class JobTags:
    """The tags of one job.

    The CDK renders a template more than once. Between the last look at it and the last time, nobody adds tags any more:
    they are known without another question to the CDK's own process.

    Args:
        tags: The tags, to which ``Tags.of()`` adds.
        path: Path of the import.
    """

    def __init__(self, tags: cdk.TagManager, path: str) -> None:
        self._tags = tags
        self._path = path
        self._are_final = False
        self.latest: Mapping[str, str] = {}

    @property
    def token(self) -> cdk.IResolvable:
        """The tags as CreateDatasetImportJob takes them."""
        # An Aspect may read them before another one adds tags.
        return cdk.Lazy.uncached_any(self, omit_empty_array=True)

    def produce(self, context: cdk.IResolveContext) -> list[dict[str, str]]:  # noqa: ARG002
        """Return the tags as they are now."""
        if not self._are_final:
            self.latest = self._tags.tag_values()
        self._are_final = False  # Another synthesis may follow.
        values = self.latest
        return [{"tagKey": key, "tagValue": values[key]} for key in sorted(values)]

    def look(self, _: FinalResources, /) -> list[str]:
        """Return what is wrong with the tags, which the rendered resources have."""
        self._are_final = True
        wrong = wrong_tags(self.latest)
        text = f"{self._path}: tags, with those of Tags.of(), must be"
        return [f"{text} {wrong[0]}, got {wrong[1]!r}"] if wrong else []


def wrong_tags(tags: Mapping[str, str]) -> tuple[str, object] | None:
    """Return what is allowed and what is there instead, None for tags that are right.

    See https://docs.aws.amazon.com/personalize/latest/dg/API_Tag.html
    """
    if len(tags) > _MAX_TAGS:
        return f"at most {_MAX_TAGS} tags", f"{len(tags)} tags"
    for key, value in tags.items():
        if not is_token(key):
            if not 1 <= len(key) <= 128 or not _is_tag_text(key):
                return "keys of 1 to 128 letters, digits, spaces and _ . : / = + - @", key
            if key.lower().startswith("aws:"):
                return "keys that don't begin with aws:", key
        if not is_token(value) and (len(value) > 256 or not _is_tag_text(value)):
            return "values of at most 256 letters, digits, spaces and _ . : / = + - @", value
    return None


def _is_tag_text(text: str) -> bool:
    # The API's pattern: \p{L}, \p{Z}, \p{N} and some marks.
    return all(character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN" for character in text)
