"""The calls of one service that make a resource type, and what is told of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.cloudformation.resources.base import Request

Members = Mapping[str, Any]


def _nothing(*_: Any) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Setting:
    """A property that the service takes in calls of its own.

    Attributes:
        property: Its name.
        put: The operation that sets it.
        remove: The operation that unsets it; without one, nothing does.
        members: Makes members of ``put`` and ``remove`` of the value and the resource's properties; those that an
            operation doesn't take are left out. Without it, the member has the property's name.
        gone: The same for ``remove`` alone.
        each: Whether the property is a list, and each item needs a call.
    """

    property: str
    put: str
    remove: str = ""
    members: Callable[[Any, Members], Members] | None = None
    gone: Callable[[Any, Members], Members] | None = None
    each: bool = False

    def to_put(self, value: Any, properties: Members) -> Members:
        """Return the members that set a value."""
        return self.members(value, properties) if self.members else {self.property: value}


@dataclass(frozen=True)
class Calls:
    """The calls of a resource type.

    Attributes:
        type: The type's name in templates.
        service: The service, as boto3 calls it.
        create: The operation that creates a resource; without one, it is all settings.
        delete: The operation that deletes it; without one, its settings go.
        id: The member that takes the physical id, when a resource is deleted or changed; several, with colons between
            them, take its last parts.
        name: The property that names the resource; where it is missing, a name is made up.
        longest: How long such a name can be.
        lower: Whether such a name has lower case only.
        made: Where in the create's answer the physical id is (JMESPath); without it, the name is.
        update: The operation that changes it, if there is one.
        update_id: The member of the update that takes the physical id, where it isn't ``id``.
        always: Members of the update that are no properties.
        along: Properties that other calls than the create need.
        into: The member that takes, as texts, the properties that aren't members of their own.
        renamed: The members of properties whose members have another name.
        settings: The properties that have calls of their own.
        ready: The operation that tells the status, where CloudFormation waits until it is ACTIVE, or gone.
        attributes: What Fn::GetAtt returns: a place in the create's answer (JMESPath), a property, or a text with the
            physical id in it.
        properties: The properties that the embedded AWS acts upon, where the create takes more.
        convert: Makes of some properties, and all, what the create takes.
        defaults: What some properties go back to when they leave the template.
        check: Refuses, before anything is done, what a request and the resource's name break of the service's rules.
        after: What is left to do when the calls are made and the resource is ready.
    """

    type: str
    service: str
    create: str = ""
    delete: str = ""
    id: str = ""
    name: str = ""
    longest: int = 64
    lower: bool = False
    made: str = ""
    update: str = ""
    update_id: str = ""
    always: Members = field(default_factory=dict)
    along: tuple[str, ...] = ()
    into: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    settings: tuple[Setting, ...] = ()
    ready: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    properties: frozenset[str] | None = None
    convert: Mapping[str, Callable[[Any, Members], Any]] = field(default_factory=dict)
    defaults: Members = field(default_factory=dict)
    check: Callable[[Request, str], None] = _nothing
    after: Callable[[Request], None] = _nothing
