"""Which IAM actions, on which resources, an API call needs.

Actions and resource types are those of the service authorization reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from local_aws.account import ACCOUNT, REGION
from local_aws.permissions.condition import Context


@dataclass(frozen=True)
class Need:
    """One permission that a call needs.

    Attributes:
        action: The IAM action, for example ``iam:PassRole``.
        resource: The resource's ARN, or ``*`` where the service has no resource level.
        context: Condition keys that the service supplies.
    """

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)

    @property
    def bucket(self) -> str:
        """The name of the bucket that an action of S3 is about; that of its object too."""
        return self.resource.split(":")[-1].split("/")[0]


@dataclass(frozen=True)
class ApiCall:
    """An API call as it arrived.

    Attributes:
        service: The service's name in IAM, for example ``personalize``.
        operation: The operation's name in the service's model; for S3, moto's name of the action.
        params: The request's members, under their names in the model.
        resource: The resource's ARN where the URL tells it (S3), else empty.
    """

    service: str
    operation: str
    params: dict[str, Any]
    resource: str = ""

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of the called service."""
        return f"arn:aws:{self.service}:{REGION}:{ACCOUNT}:{resource}"


def needs(call: ApiCall) -> list[Need]:
    """Return every permission that a call needs; the call is refused if one of them is missing.

    Args:
        call: The call. A service or operation that this module doesn't know needs the action of the operation's name
            on ``*``.
    """
    if call.operation == "GetCallerIdentity":
        return []
    if call.service in _RULES:
        return _RULES[call.service](call)
    operation = "InvokeFunction" if call.operation == "Invoke" else call.operation
    member, resource = _RESOURCES.get(call.service, ("", ""))
    named = str(call.params.get(member) or "")
    if named and not named.startswith("arn:"):
        named = call.arn(resource.format_map(defaultdict(str, call.params)))
    return [Need(f"{call.service}:{operation}", named or "*")]


def _personalize(call: ApiCall) -> list[Need]:
    params, operation = call.params, call.operation
    action = f"personalize:{operation}"
    if operation.startswith("List") or operation in ("TagResource", "UntagResource"):
        return [Need(action)]
    # A version is made of a solution: that is its resource.
    if not operation.startswith("Create") or operation == "CreateSolutionVersion":
        return [Need(action, next((str(value) for key, value in params.items() if key.endswith("Arn")), "*"))]
    kind, key = _PERSONALIZE_CREATED.get(operation, ("*", "name"))
    created = call.arn(f"{kind}/{params.get(key, '')}") if kind != "*" else "*"
    found = [Need(action, created)]
    if operation == "CreateDatasetImportJob":
        found.append(Need(action, str(params.get("datasetArn"))))
    found += _pass_role(params.get("roleArn"), "personalize.amazonaws.com")
    if params.get("tags"):
        found.append(Need("personalize:TagResource"))
    return found


_PERSONALIZE_CREATED = {
    "CreateDatasetGroup": ("dataset-group", "name"),
    "CreateSchema": ("schema", "name"),
    "CreateSolution": ("solution", "name"),
    "CreateDatasetImportJob": ("dataset-import-job", "jobName"),
}


def _scheduler(call: ApiCall) -> list[Need]:
    params, action = call.params, f"scheduler:{call.operation}"
    if call.operation.startswith("List"):
        return [Need(action)]
    if call.operation.endswith("ScheduleGroup"):
        return [Need(action, call.arn(f"schedule-group/{params.get('Name')}"))]
    schedule = call.arn(f"schedule/{params.get('GroupName') or 'default'}/{params.get('Name')}")
    role = (params.get("Target") or {}).get("RoleArn")
    return [Need(action, schedule), *_pass_role(role, "scheduler.amazonaws.com")]


def _s3(call: ApiCall) -> list[Need]:
    # A HEAD of an object is an s3:GetObject, one of a bucket an s3:ListBucket.
    actions = {"HeadBucket": "s3:ListBucket", "HeadObject": "s3:GetObject", "ListObjectsV2": "s3:ListBucket"}
    resource = "*" if call.operation == "ListAllMyBuckets" else call.resource
    context = {"s3:prefix": str(call.params.get("prefix", ""))} if call.operation == "ListBucket" else {}
    return [Need(actions.get(call.operation, f"s3:{call.operation}"), resource, context)]


def _events(call: ApiCall) -> list[Need]:
    buses = {str(entry.get("EventBusName") or "default") for entry in call.params.get("Entries", [])}
    arns = [bus if bus.startswith("arn:") else call.arn(f"event-bus/{bus}") for bus in sorted(buses)]
    return [Need(f"events:{call.operation}", arn) for arn in arns or ["*"]]


def _pass_role(role_arn: str | None, service_principal: str) -> list[Need]:
    return [Need("iam:PassRole", role_arn, {"iam:PassedToService": service_principal})] if role_arn else []


_RULES: dict[str, Callable[[ApiCall], list[Need]]] = {
    "events": _events,
    "personalize": _personalize,
    "s3": _s3,
    "scheduler": _scheduler,
}

_RESOURCES = {
    "cloudformation": ("StackName", "stack/{StackName}/*"),
    "kms": ("KeyId", "key/{KeyId}"),
    "lambda": ("FunctionName", "function:{FunctionName}"),
    "logs": ("logGroupName", "log-group:{logGroupName}:log-stream:{logStreamName}"),
    "sts": ("RoleArn", "{RoleArn}"),
}
"""The member of a request that names its resource, and that resource."""

KNOWN_SERVICES = frozenset({*_RULES, *_RESOURCES})
"""The services whose resources and further permissions this module knows."""
