"""The resource types that the embedded AWS knows, one module per service.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html.
"""

from local_aws.cloudformation.intrinsics import TemplateError
from local_aws.cloudformation.resource_schemas import schema_of
from local_aws.cloudformation.resources.base import ResourceType, lacking

_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_types: dict[str, ResourceType] = {}


def register(*types: ResourceType) -> None:
    """Make resource types known by their names."""
    _types.update({kind.type: kind for kind in types})


def find_type(name: str) -> ResourceType:
    """Return a resource type.

    Raises:
        TemplateError: If the embedded AWS doesn't know it.
    """
    if name in _types:
        return _types[name]
    if name.startswith(_CUSTOM):
        return _types["AWS::CloudFormation::CustomResource"]
    if schema_of(name):
        raise TemplateError(lacking(f"the resource type {name}").reason)
    raise TemplateError(f"Template format error: Unrecognized resource types: [{name}]")


def known_types() -> list[str]:
    """Return the names of all resource types that the embedded AWS knows."""
    return sorted(_types)
