"""Where the two implementations differ, and the page of AWS that decides."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A difference in one story.

    Attributes:
        lines: What only the embedded AWS does (``- ``) and what only MiniStack does (``+ ``).
        why: What AWS does.
        page: Where AWS says so.
    """

    lines: tuple[str, ...]
    why: str
    page: str


README = "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html"
USER_GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


def deleted_after_failed_create(request: str, *more: str) -> Difference:
    """What failed to be created is deleted, by the id of the failed reply."""
    why = "a creation that fails is followed by a Delete with the physical id that the failed reply told"
    return Difference((f"- {request}", *(f"- {line}" for line in more)), why, README)


DIFFERENCES = {
    "creation fails": deleted_after_failed_create('Delete A one {"FailOn": ["Create"], "Id": "one"}'),
    "creation of a later one fails": deleted_after_failed_create(
        'Delete C three {"FailOn": ["Create"], "Id": "three"}'
    ),
    "creation fails, the earlier one is retained": deleted_after_failed_create(
        'Delete B two {"FailOn": ["Create"], "Id": "two"}'
    ),
    "update fails at a new one": deleted_after_failed_create('Delete B two {"FailOn": ["Create"], "Id": "two"}'),
    "removal is rolled back": deleted_after_failed_create('Delete C three {"FailOn": ["Create"], "Id": "three"}'),
    "nested: a later one beside it fails": deleted_after_failed_create(
        'Delete B two {"FailOn": ["Create"], "Id": "two"}'
    ),
    "replacement is rolled back": Difference(
        ('- Update A two {"Id": "one"} {"Id": "two"}', '- Delete B b {"FailOn": ["Create"], "Id": "b"}'),
        "an update that is rolled back is an Update with the properties swapped, whatever id the first one gave",
        README,
    ),
    "nested: creation fails inside": Difference(
        ('- Delete B two {"FailOn": ["Create"], "Id": "two"}', '- Delete A one {"Id": "one"}'),
        "a stack whose creation fails is rolled back: what was created is deleted, in a nested stack as well",
        f"{USER_GUIDE}/stack-failure-options.html",
    ),
    "nested: one is replaced inside": Difference(
        ('- Delete A one {"Id": "one"}',),
        "another physical id is a replacement: the old resource is sent a Delete, in a nested stack as well",
        f"{USER_GUIDE}/crpg-ref-requesttypes-update.html",
    ),
    "nested: removal inside is rolled back": Difference(
        (
            '+ Delete B two {"Id": "two"}',
            '- Delete C three {"FailOn": ["Create"], "Id": "three"}',
            '+ Create B - {"Id": "two"}',
        ),
        "clean-up begins when all nested stacks have been updated: a failure beside one finds everything still there",
        f"{USER_GUIDE}/using-cfn-nested-stacks.html",
    ),
    "clean-up fails": Difference(
        (
            "+ update: UPDATE_COMPLETE",
            '- Delete B two {"FailOn": ["Delete"], "Id": "two"}',
            "- update: UPDATE_COMPLETE",
            "- delete: DELETE_COMPLETE",
            "+ delete: DELETE_FAILED",
        ),
        "the clean-up of an update tries three times; what it can't delete is no longer part of the stack",
        f"{USER_GUIDE}/using-cfn-updating-stacks-monitor-stack.html",
    ),
}
