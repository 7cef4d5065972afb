"""The resource types that the embedded AWS knows, one module per service.

See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html.
"""

from local_aws.cloudformation.resources.base import ResourceError, ResourceType

_CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
_types: dict[str, ResourceType] = {}


def register(*types: ResourceType) -> None:
    """Make resource types known by their names."""
    _types.update({kind.type: kind for kind in types})


def find_type(name: str) -> ResourceType:
    """Return a resource type.

    Raises:
        ResourceError: If the embedded AWS doesn't know it.
    """
    if name in _types:
        return _types[name]
    if name.startswith(_CUSTOM):
        return _types["AWS::CloudFormation::CustomResource"]
    raise ResourceError(f"Unrecognized resource types: [{name}]")


def is_known(name: str) -> bool:
    """Whether the embedded AWS knows a resource type."""
    return name in _types or name.startswith(_CUSTOM)
