"""Resource types that moto makes itself: those that it can create and delete.

moto doesn't say what it leaves out. What it didn't look at when it made a resource is refused here, by name.
"""

import contextlib
import copy
from collections.abc import Iterator
from typing import Any

from moto.cloudformation.parsing import get_model_list
from moto.core.common_models import CloudFormationModel

from local_aws import turn
from local_aws.cloudformation.resource_schemas import schema_of
from local_aws.cloudformation.resources.base import Request, ResourceError, ResourceType, lacking

_NO_EFFECT = frozenset({"Description", "Tags"})
"""What changes nothing about what a resource does."""


class MotoType(ResourceType):
    """A resource type of moto's.

    Args:
        model: The class whose instances are its resources.
    """

    def __init__(self, model: type[CloudFormationModel]) -> None:
        self.type = model.cloudformation_type()
        self._model = model
        self.updates = _has(model, "update_from_cloudformation_json")
        self._made: dict[str, Any] = {}

    def create(self, request: Request) -> None:
        name = request.properties.get(self._model.cloudformation_name_type()) or request.generated_name(64)
        given = _Given(request)
        more = {"LogicalId": request.resource.logical_id, "StackId": request.stack.id, "ResourceType": self.type}
        made = self._call(self._model.create_from_cloudformation_json, request, name, {"Properties": given}, **more)
        request.initiated(_id(made, name))
        if unread := sorted(given.keys() - given.read - _NO_EFFECT - {self._model.cloudformation_name_type()}):
            raise lacking(f"{', '.join(unread)} of {self.type}")
        self._take(request, name, made)

    def update(self, request: Request) -> None:
        name, made = self._made[request.physical_id]
        update = self._model.update_from_cloudformation_json
        self._take(request, name, self._call(update, request, made, name, {"Properties": _Given(request)}))

    def delete(self, request: Request) -> None:
        delete = self._model.delete_from_cloudformation_json
        self._call(delete, request, request.physical_id, {"Properties": _Given(request)})
        self._made.pop(request.physical_id, None)

    def _call(self, method: Any, request: Request, *given: Any, **more: Any) -> Any:
        try:
            with turn.taken():
                return method(*given, request.aws.account, request.aws.region, **more)
        except Exception as error:
            raise ResourceError(f"{type(error).__name__}: {error}") from error

    def _take(self, request: Request, name: str, made: Any) -> None:
        resource, physical_id = request.resource, _id(made, name)
        self._made[physical_id] = (name, made)
        schema = schema_of(self.type)
        assert schema is not None
        resource.physical_id = physical_id
        resource.attributes = {schema.identifier: physical_id, **dict(_attributes(made, schema.properties))}


class _Given(dict[str, Any]):
    """The properties of a resource, which note what is looked at.

    Attributes:
        read: The names that were looked at.
    """

    def __init__(self, request: Request) -> None:
        super().__init__(copy.deepcopy(request.properties))
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)

    def items(self) -> Any:
        self.read.update(self)
        return super().items()


def moto_types() -> Iterator[MotoType]:
    """Make a type of each of moto's that creates and deletes its resources."""
    for model in get_model_list():
        methods = ("create_from_cloudformation_json", "delete_from_cloudformation_json")
        if all(_has(model, method) for method in methods) and schema_of(model.cloudformation_type()):
            yield MotoType(model)


def _has(model: type[CloudFormationModel], method: str) -> bool:
    """Whether a model has a method of its own; moto's base class has all of them, doing nothing."""
    return getattr(model, method).__func__ is not getattr(CloudFormationModel, method).__func__


def _attributes(made: Any, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        with contextlib.suppress(Exception):
            yield name, made.get_cfn_attribute(name)


def _id(made: Any, name: str) -> str:
    return str(getattr(made, "physical_resource_id", name))
