"""AWS Identity and Access Management: roles, inline policies and managed policies."""

import json
import re
from typing import Any

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError, ResourceType, document, tag_list

_MAX_INLINE = 10_240
_MAX_MANAGED = 6_144
_MAX_TRUST = 2_048
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):role/(?:.*/)?([^/]+)")


class Role(ResourceType):
    """AWS::IAM::Role."""

    type = "AWS::IAM::Role"

    def create(self, request: Request) -> Outcome:
        iam = request.aws.client("iam")
        properties = request.properties
        name = properties.get("RoleName") or request.generated_name(64)
        trust = properties["AssumeRolePolicyDocument"]
        check_principals(iam, trust)
        _check_size(trust, _MAX_TRUST, f"ACLSizePerRole: {_MAX_TRUST}")
        names = ("Description", "Path", "PermissionsBoundary")
        optional: dict[str, Any] = {key: properties[key] for key in names if key in properties}
        if "MaxSessionDuration" in properties:
            optional["MaxSessionDuration"] = int(properties["MaxSessionDuration"])
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), Tags=tag_list(request), **optional)
        request.initiated(name)
        return self._attach(request, name)

    def update(self, request: Request) -> Outcome:
        iam, name = request.aws.client("iam"), request.physical_id
        if request.changed("AssumeRolePolicyDocument"):
            trust = request.properties["AssumeRolePolicyDocument"]
            check_principals(iam, trust)
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=document(trust))
        if request.changed("Description") or request.changed("MaxSessionDuration"):
            duration = int(request.properties.get("MaxSessionDuration", 3600))
            description = request.properties.get("Description", "")
            iam.update_role(RoleName=name, Description=description, MaxSessionDuration=duration)
        if request.changed("PermissionsBoundary"):
            boundary = request.properties.get("PermissionsBoundary")
            if boundary:
                iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
            else:
                iam.delete_role_permissions_boundary(RoleName=name)
        if tags := tag_list(request):
            iam.tag_role(RoleName=name, Tags=tags)
        return self._attach(request, name)

    def delete(self, request: Request) -> None:
        iam, name = request.aws.client("iam"), request.physical_id
        try:
            for arn in _attached(iam, name):
                iam.detach_role_policy(RoleName=name, PolicyArn=arn)
            for policy in request.properties.get("Policies", []):
                iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
            iam.delete_role(RoleName=name)
        except iam.exceptions.NoSuchEntityException:
            return

    def _attach(self, request: Request, name: str) -> Outcome:
        iam = request.aws.client("iam")
        wanted, there = set(request.properties.get("ManagedPolicyArns", [])), set(_attached(iam, name))
        for arn in sorted(wanted - there):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        for arn in sorted(set(request.old_properties.get("ManagedPolicyArns", [])) - wanted):
            iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        policies = {policy["PolicyName"]: policy["PolicyDocument"] for policy in request.properties.get("Policies", [])}
        for policy_name, policy in policies.items():
            put_inline(iam, name, policy_name, policy)
        for policy in request.old_properties.get("Policies", []):
            if policy["PolicyName"] not in policies:
                iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
        role = iam.get_role(RoleName=name)["Role"]
        return Outcome(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


class Policy(ResourceType):
    """AWS::IAM::Policy: one inline policy, in every role that it names."""

    type = "AWS::IAM::Policy"
    properties = frozenset({"PolicyDocument", "PolicyName", "Roles"})

    def create(self, request: Request) -> Outcome:
        physical_id = request.generated_name(128)
        # Some of the roles may have the policy when another one refuses it.
        request.initiated(physical_id)
        self._put(request)
        return Outcome(physical_id, {"Id": physical_id})

    def update(self, request: Request) -> Outcome:
        self._put(request)
        old, name = request.old_properties, request.old_properties["PolicyName"]
        kept = [] if request.changed("PolicyName") else request.properties.get("Roles", [])
        self._remove(request, set(old.get("Roles", [])) - set(kept), name)
        return Outcome(request.physical_id, request.attributes)

    def delete(self, request: Request) -> None:
        self._remove(request, set(request.properties.get("Roles", [])), request.properties["PolicyName"])

    def _put(self, request: Request) -> None:
        roles = request.properties.get("Roles", [])
        if not roles:
            raise ResourceError("At least one of [Groups,Roles,Users] must be non-empty.")
        for role in roles:
            put_inline(
                request.aws.client("iam"), role, request.properties["PolicyName"], request.properties["PolicyDocument"]
            )

    def _remove(self, request: Request, roles: set[str], name: str) -> None:
        iam = request.aws.client("iam")
        for role in sorted(roles):
            try:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
            except iam.exceptions.NoSuchEntityException:
                continue


class ManagedPolicy(ResourceType):
    """AWS::IAM::ManagedPolicy."""

    type = "AWS::IAM::ManagedPolicy"
    properties = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"})

    def create(self, request: Request) -> Outcome:
        iam, properties = request.aws.client("iam"), request.properties
        _check_size(properties["PolicyDocument"], _MAX_MANAGED, f"PolicySize: {_MAX_MANAGED}")
        name = properties.get("ManagedPolicyName") or request.generated_name(128)
        optional = {key: properties[key] for key in ("Description", "Path") if key in properties}
        text = document(properties["PolicyDocument"])
        arn = iam.create_policy(PolicyName=name, PolicyDocument=text, **optional)["Policy"]["Arn"]
        request.initiated(arn)
        for role in properties.get("Roles", []):
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        return Outcome(arn, {"PolicyArn": arn})

    def update(self, request: Request) -> Outcome:
        iam, arn = request.aws.client("iam"), request.physical_id
        if request.changed("PolicyDocument"):
            text = document(request.properties["PolicyDocument"])
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)
            for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
                if not version["IsDefaultVersion"]:
                    iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        old, new = (set(item.get("Roles", [])) for item in (request.old_properties, request.properties))
        for role in sorted(new - old):
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        for role in sorted(old - new):
            iam.detach_role_policy(RoleName=role, PolicyArn=arn)
        return Outcome(arn, request.attributes)

    def delete(self, request: Request) -> None:
        iam, arn = request.aws.client("iam"), request.physical_id
        try:
            for role in request.properties.get("Roles", []):
                iam.detach_role_policy(RoleName=role, PolicyArn=arn)
            iam.delete_policy(PolicyArn=arn)
        except iam.exceptions.NoSuchEntityException:
            return


def put_inline(iam: Any, role: str, name: str, policy: Any) -> None:
    """Put an inline policy into a role, within IAM's limit for all inline policies of a role together."""
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document(policy))
    size = 0
    for other in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        found = iam.get_role_policy(RoleName=role, PolicyName=other)["PolicyDocument"]
        size += len(re.sub(r"\s", "", document(found)))
    if size > _MAX_INLINE:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
        raise ResourceError(f"Maximum policy size of {_MAX_INLINE} bytes exceeded for role {role} (Service: Iam, "
                            "Status Code: 409, LimitExceeded)")  # fmt: skip


def check_principals(iam: Any, policy: Any) -> None:
    """Refuse a policy that names a role of this account that isn't there, as AWS does.

    Raises:
        ResourceError: Naming the role.
    """
    for statement in json.loads(document(policy))["Statement"]:
        principal = statement.get("Principal", {})
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        for arn in [named] if isinstance(named, str) else named:
            match = _ROLE_ARN.fullmatch(arn)
            if match is None or match[1] != "123456789012":
                continue
            try:
                iam.get_role(RoleName=match[2])
            except iam.exceptions.NoSuchEntityException as error:
                raise ResourceError(f'Invalid principal in policy: "AWS":"{arn}" (MalformedPolicy)') from error


def _attached(iam: Any, role: str) -> list[str]:
    return [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]]


def _check_size(policy: Any, limit: int, quota: str) -> None:
    if len(re.sub(r"\s", "", document(policy))) > limit:
        raise ResourceError(f"Cannot exceed quota for {quota} (Service: Iam, Status Code: 409, LimitExceeded)")
