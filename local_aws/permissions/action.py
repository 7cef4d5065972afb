"""Which IAM actions, on which resources, an API call needs.

Actions and resource types are those of the service authorization reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

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


@dataclass(frozen=True)
class ApiCall:
    """An API call as it arrived.

    Attributes:
        service: The service's name in IAM, for example ``personalize``.
        operation: The operation's name in the service's model; for S3, moto's name of the action.
        params: The request's members, under their names in the model.
        region: The region that was called.
        account: The account that was called.
        partition: The partition, for example ``aws``.
        resource: The resource's ARN where the URL tells it (S3), else empty.
    """

    service: str
    operation: str
    params: dict[str, Any]
    region: str
    account: str
    partition: str = "aws"
    resource: str = ""

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource of the called service."""
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{resource}"


def needs(call: ApiCall) -> list[Need]:
    """Return every permission that a call needs; the call is refused if one of them is missing.

    Args:
        call: The call. A service or operation that this module doesn't know needs the action of the operation's name
            on ``*``.
    """
    action = f"{call.service}:{call.operation}"
    if call.operation == "GetCallerIdentity":
        return []
    rule = _RULES.get(call.service)
    return rule(call) if rule else [Need(action)]


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


def _logs(call: ApiCall) -> list[Need]:
    group, stream = call.params.get("logGroupName"), call.params.get("logStreamName")
    if group is None:
        return [Need(f"logs:{call.operation}")]
    return [Need(f"logs:{call.operation}", call.arn(f"log-group:{group}:log-stream:{stream or ''}"))]


def _cloudformation(call: ApiCall) -> list[Need]:
    stack = call.params.get("StackName")
    if not stack:
        return [Need(f"cloudformation:{call.operation}")]
    arn = stack if stack.startswith("arn:") else call.arn(f"stack/{stack}/*")
    return [Need(f"cloudformation:{call.operation}", arn)]


def _lambda(call: ApiCall) -> list[Need]:
    name = str(call.params.get("FunctionName", "*"))
    action = "lambda:InvokeFunction" if call.operation == "Invoke" else f"lambda:{call.operation}"
    return [Need(action, name if name.startswith("arn:") else call.arn(f"function:{name}"))]


def _kms(call: ApiCall) -> list[Need]:
    key = str(call.params.get("KeyId", "*"))
    return [Need(f"kms:{call.operation}", key if key == "*" or key.startswith("arn:") else call.arn(f"key/{key}"))]


def _events(call: ApiCall) -> list[Need]:
    buses = {str(entry.get("EventBusName") or "default") for entry in call.params.get("Entries", [])}
    arns = [bus if bus.startswith("arn:") else call.arn(f"event-bus/{bus}") for bus in sorted(buses)]
    return [Need(f"events:{call.operation}", arn) for arn in arns or ["*"]]


def _sts(call: ApiCall) -> list[Need]:
    return [Need(f"sts:{call.operation}", str(call.params.get("RoleArn", "*")))]


def _pass_role(role_arn: str | None, service_principal: str) -> list[Need]:
    return [Need("iam:PassRole", role_arn, {"iam:PassedToService": service_principal})] if role_arn else []


_Rule: TypeAlias = Callable[[ApiCall], list[Need]]
_RULES: dict[str, _Rule] = {
    "personalize": _personalize,
    "scheduler": _scheduler,
    "s3": _s3,
    "logs": _logs,
    "cloudformation": _cloudformation,
    "lambda": _lambda,
    "kms": _kms,
    "events": _events,
    "sts": _sts,
}

KNOWN_SERVICES = frozenset(_RULES)
"""The services whose resources and further permissions this module knows."""
