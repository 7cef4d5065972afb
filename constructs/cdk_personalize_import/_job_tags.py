"""Tags of a job, which are known only when every ``Tags.of()`` of the app has spoken."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
import jsii

from cdk_personalize_import._links import RESOURCE_TYPE
from cdk_personalize_import._template.arns import is_token
from cdk_personalize_import._template.last_look import FinalResources

_MAX_TAGS = 50


@jsii.implements(cdk.IAnyProducer)
class JobTags:
    """The tags of one job.

    Args:
        tags: What the construct was given.
        path: Path of the import.

    Attributes:
        early: A token for the tags as the CDK renders them by itself.
        are_there: Whether there are any; taken for granted until the last look.
    """

    def __init__(self, tags: Mapping[str, str], path: str) -> None:
        given = [{"key": key, "value": value} for key, value in tags.items()]
        self._manager = cdk.TagManager(cdk.TagType.STANDARD, RESOURCE_TYPE, given)
        self.early = self._manager.rendered_tags
        self.are_there = True
        self._may_be_there = bool(tags)
        self._path = path
        self._written: list[dict[str, Any]] | None = None

    @property
    def manager(self) -> cdk.TagManager:
        """The tags, to which ``Tags.of()`` adds; who asks for them may add some."""
        self._may_be_there = True
        return self._manager

    @property
    def token(self) -> cdk.IResolvable:
        """The tags as CreateDatasetImportJob takes them, for what isn't the import's own resource."""
        return cdk.Lazy.uncached_any(self, omit_empty_array=True)

    def produce(self, context: cdk.IResolveContext) -> list[dict[str, str]]:  # noqa: ARG002
        """Return the tags as they are now."""
        return _as_sent(self._manager.tag_values())

    def set_on(self, links: Sequence[cdk.CfnResource], resources: FinalResources) -> list[str]:
        """Set the final tags, as CreateDatasetImportJob takes them, and return what is wrong with them.

        Until then the resources have what the CDK makes of the tags by itself, which shows it what they refer to in
        other stacks: to be asked about each import, as often as a template is rendered, takes the CDK long.

        Args:
            links: The resources of the import.
            resources: The resources as the template has them.
        """
        tags = self._manager.tag_values() if self._may_be_there else {}
        if not tags and self._written is None:
            self.are_there = False
            return []
        found = (resources.properties(links[0]) or {}).get("Tags")
        self.are_there = bool(tags)
        # What an escape hatch has set stays.
        if not found or found == self._written or "key" in found[0]:
            self._written = resources.stack.resolve(_as_sent(tags))
            for link in links:
                link.add_property_override("Tags", self._written)
        wrong = wrong_tags(tags)
        text = f"{self._path}: tags, with those of Tags.of(), must be"
        return [f"{text} {wrong[0]}, got {wrong[1]!r}"] if wrong else []


def _as_sent(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"tagKey": key, "tagValue": tags[key]} for key in sorted(tags)]


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
