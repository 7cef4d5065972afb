"""A resource type that is calls of one service: what creates a resource, what changes it, what deletes it.

A change that no call makes is a replacement.
"""

import json
import re
from dataclasses import replace
from typing import Any

import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.exceptions import ClientError

from local_aws.account import ACCOUNT
from local_aws.cloudformation.resource_schemas import schema_of
from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Request, ResourceError, ResourceType, document, lacking, tag_map
from local_aws.cloudformation.resources.calls import Calls, Members, Setting

_ROLE_ARN = re.compile(rf"arn:aws[a-z-]*:iam::{ACCOUNT}:role/(?:.*/)?([^/]+)")


class ApiType(ResourceType):
    """A resource type of one service's calls.

    Args:
        calls: The calls.
    """

    def __init__(self, calls: Calls) -> None:
        self.type, self.properties = calls.type, calls.properties
        self._calls = calls
        self._apart = {*calls.along, *(setting.property for setting in calls.settings), "Tags"}

    @property
    def create_only(self) -> frozenset[str]:
        schema = schema_of(self.type)
        assert schema is not None
        return schema.create_only if self._calls.update else schema.create_only | schema.properties - self._apart

    def create(self, request: Request) -> None:
        calls, answer = self._calls, {}
        self._check(request)
        made_up = request.generated_name(calls.longest)
        name = request.properties.get(calls.name) or (made_up.lower() if calls.lower else made_up)
        calls.check(request, name)
        if calls.create:
            given = {**self._given(request), **({calls.name: name} if calls.name else {})}
            answer = self._call(request, calls.create, given)
        request.initiated(str(jmespath.search(calls.made, answer) if calls.made else name))
        request.resource.attributes = self._attributes(request, answer)
        taken = self._members(request, calls.create)
        for setting in calls.settings:
            if self._member(setting.property).lower() not in taken:
                self._set(request, setting)
        if calls.ready:
            request.wait_until(lambda: self._status(request) == "ACTIVE", f"{self.type} to be ACTIVE")
        calls.after(request)

    def update(self, request: Request) -> None:
        calls, answer = self._calls, {}
        # What a property goes back to when it leaves the template.
        defaults = {name: value for name, value in calls.defaults.items() if name in request.old_properties}
        request = replace(request, properties={**defaults, **request.properties})
        self._check(request)
        calls.check(request, request.physical_id)
        if calls.update:
            given = {self._member(name): value for name, value in request.properties.items() if name not in self._apart}
            answer = self._call(request, calls.update, {**self._narrow(request, calls.update, given), **calls.always})
        request.resource.attributes = self._attributes(request, answer)
        for setting in calls.settings:
            if setting.each or setting.property == "Tags" or request.changed(setting.property):
                self._set(request, setting)
        calls.after(request)

    def delete(self, request: Request) -> None:
        calls, properties = self._calls, request.properties
        for setting in calls.settings:
            for item in properties.get(setting.property, []) if setting.each else ():
                self._call_if_there(request, setting.remove, _gone(setting, item, properties))
        if calls.delete:
            self._call_if_there(request, calls.delete, {})
        if calls.ready:
            request.wait_until(lambda: not self._status(request), f"{self.type} to be deleted")

    def _given(self, request: Request) -> dict[str, Any]:
        """The properties that the create takes, as it takes them."""
        calls, properties, taken = self._calls, request.properties, self._members(request, self._calls.create)
        return {
            name: calls.convert[name](value, properties) if name in calls.convert else value
            for name, value in properties.items()
            if calls.into or self._member(name).lower() in taken
        }

    def _member(self, name: str) -> str:
        return self._calls.renamed.get(name, name)

    def _members(self, request: Request, operation: str) -> dict[str, Any]:
        """The members that an operation takes, by their names in lower case."""
        if not operation:
            return {}
        model = request.aws.client(self._calls.service).meta.service_model.operation_model(operation)
        return {name.lower(): shape for name, shape in model.input_shape.members.items()}

    def _check(self, request: Request) -> None:
        calls, taken = self._calls, self._members(request, self._calls.create)
        known = {calls.name, *self._apart}
        others = [name for name in request.properties if name not in known and self._member(name).lower() not in taken]
        if others and not calls.into:
            raise lacking(f"{', '.join(sorted(others))} of {self.type}")
        if not calls.create and not request.properties.get(calls.settings[0].property):
            raise ResourceError(f"At least one of [{calls.settings[0].property}] must be non-empty.")
        for value in request.properties.values():
            _check_principals(request.aws.client("iam"), value)

    def _set(self, request: Request, setting: Setting) -> None:
        old, new = (properties.get(setting.property) for properties in (request.old_properties, request.properties))
        if setting.property == "Tags":
            new = tag_map(request)
        elif str(new).lower() == "false":
            new = None
        wanted = (new or []) if setting.each else [new] if new else []
        for item in wanted:
            put = setting.to_put(item, request.properties)
            self._call(request, setting.put, self._narrow(request, setting.put, put))
        there = [self._narrow(request, setting.remove, _gone(setting, item, request.properties)) for item in wanted]
        for item in (old or []) if setting.each else [old] if old and not new else []:
            gone = _gone(setting, item, request.old_properties if setting.each else request.properties)
            if setting.remove and self._narrow(request, setting.remove, gone) not in there:
                self._call_if_there(request, setting.remove, gone)

    def _known(self, request: Request) -> dict[str, Any]:
        """Members that say which resource a call is about."""
        calls = self._calls
        along = {name: request.properties[name] for name in calls.along if name in request.properties}
        names, arn = calls.id.split(":"), request.resource.attributes.get("Arn")
        ids = dict(zip(names, request.physical_id.rsplit(":", len(names) - 1), strict=True))
        return {**along, **ids, calls.update_id: request.physical_id, "ResourceArn": arn}

    def _narrow(self, request: Request, operation: str, given: Members) -> dict[str, Any]:
        """Add which resource it is about to the members of a call, and leave out what it doesn't take."""
        taken, given = self._members(request, operation), {**self._known(request), **given}
        return {name: value for name, value in given.items() if name.lower() in taken and value is not None}

    def _call_if_there(self, request: Request, operation: str, given: Members) -> dict[str, Any]:
        try:
            return self._call(request, operation, self._narrow(request, operation, given))
        except ClientError as error:
            if not re.search("NotFound|NoSuch", error.response["Error"]["Code"]):
                raise
            return {}

    def _call(self, request: Request, operation: str, given: Members) -> dict[str, Any]:
        client, calls, members = request.aws.client(self._calls.service), self._calls, self._members(request, operation)
        wanted = {self._member(name): value for name, value in given.items() if name != "Tags"}
        if "tags" in members and tag_map(request) and not calls.always.keys() & wanted.keys():
            wanted["Tags"] = _tags(members["tags"], tag_map(request))
        if calls.into.lower() in members:
            others = [name for name in wanted if name.lower() not in members]
            wanted[calls.into] = {name: document(wanted.pop(name)) for name in others}
        for name, value in wanted.items():
            if name.lower() in members and members[name.lower()].type_name == "list" and not isinstance(value, list):
                wanted[name] = [value]
        answer: dict[str, Any] = getattr(client, xform_name(operation))(**api_input(client, operation, wanted))
        return answer

    def _status(self, request: Request) -> str:
        """The resource's status; empty if it is gone."""
        answer = self._call_if_there(request, self._calls.ready, {})
        found = jmespath.search("values(@) | [?status] | [0]", answer) or {}
        if found.get("status") == "CREATE FAILED":
            raise ResourceError(f"{request.physical_id} is CREATE FAILED: {found.get('failureReason', '')}")
        return str(found.get("status", ""))

    def _attributes(self, request: Request, answer: Members) -> dict[str, Any]:
        known, before = {**request.properties, **answer}, request.resource.attributes
        physical_id, account, region = request.physical_id, request.aws.account, request.aws.region
        names = {"id": physical_id, "name": physical_id.rsplit(":", 1)[-1], "account": account, "region": region}
        found = {
            attribute: place.format(**names) if "{" in place else jmespath.search(place, known)
            for attribute, place in self._calls.attributes.items()
        }
        return before | {attribute: value for attribute, value in found.items() if value is not None}


def _gone(setting: Setting, value: Any, properties: Members) -> Members:
    return (setting.gone or setting.to_put)(value, properties)


def _check_principals(iam: Any, policy: Any) -> None:
    """Refuse a policy that names a role of this account that isn't there, as AWS does; no other property."""
    if isinstance(policy, str) and policy.startswith("{") and '"Statement"' in policy:
        policy = json.loads(policy)
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for arn in [named] if isinstance(named, str) else named:
            if match := _ROLE_ARN.fullmatch(arn):
                try:
                    iam.get_role(RoleName=match[1])
                except iam.exceptions.NoSuchEntityException as error:
                    raise ResourceError(f'Invalid principal in policy: "AWS":"{arn}" (MalformedPolicy)') from error


def _tags(shape: Any, tags: dict[str, str]) -> Any:
    """Tags in the form that a service takes."""
    if shape.type_name == "map":
        return tags
    key, value = sorted(shape.member.members, key=lambda name: not name.lower().endswith("key"))
    return [{key: name, value: text} for name, text in tags.items()]
