"""Resource types that are calls of one service: what creates a resource, what changes it, what deletes it.

A change that no call makes is a replacement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, document, tag_map


@dataclass(frozen=True)
class Calls:
    """The calls of a resource type.

    Attributes:
        type: The type's name in templates.
        service: The service, as boto3 calls it.
        create: The operation that creates a resource.
        delete: The operation that deletes it.
        id: The member that takes the physical id, when a resource is deleted or changed.
        name: The property that names the resource; where it is missing, a name is made up.
        made: The member of the answer that is the physical id; without it, the name is.
        update: The operation that changes it, if there is one. ``TagResource`` takes the ARN and nothing but the tags.
        update_id: The member of the update that takes the physical id, where it isn't ``id``.
        always: Members of the update that are no properties.
        along: Properties that the delete needs besides the physical id.
        into: The member that takes, as texts, the properties that aren't members of their own.
        attributes: What Fn::GetAtt returns: members of the create's answer, or properties.
        arn: The ARN where no answer tells it.
    """

    type: str
    service: str
    create: str
    delete: str
    id: str
    name: str = ""
    made: str = ""
    update: str = ""
    update_id: str = ""
    always: Mapping[str, Any] = field(default_factory=dict)
    along: tuple[str, ...] = ()
    into: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    arn: str = ""


class ApiType(ResourceType):
    """A resource type of one service's calls.

    Args:
        calls: The calls.
    """

    def __init__(self, calls: Calls) -> None:
        self.type = calls.type
        self.updates = bool(calls.update)
        self._calls = calls

    def create(self, request: Request) -> Outcome:
        calls = self._calls
        name = request.properties.get(calls.name) or request.generated_name(64)
        answer = self._call(request, calls.create, {**request.properties, **({calls.name: name} if calls.name else {})})
        physical_id = str(answer[calls.made] if calls.made else name)
        request.initiated(physical_id)
        return Outcome(physical_id, self._attributes(request, physical_id, answer))

    def update(self, request: Request) -> Outcome:
        calls = self._calls
        if calls.update == "TagResource":
            if tag_map(request):
                self._call(request, calls.update, {"ResourceArn": request.attributes["Arn"]})
            return Outcome(request.physical_id, request.attributes)
        given = {**request.properties, calls.update_id or calls.id: request.physical_id, **calls.always}
        answer = {**request.attributes, **self._call(request, calls.update, given)}
        return Outcome(request.physical_id, self._attributes(request, request.physical_id, answer))

    def delete(self, request: Request) -> None:
        along = {name: request.properties[name] for name in self._calls.along if name in request.properties}
        try:
            self._call(request, self._calls.delete, {**along, self._calls.id: request.physical_id})
        except ClientError as error:
            if "NotFound" not in error.response["Error"]["Code"]:
                raise

    def _call(self, request: Request, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        client, calls = request.aws.client(self._calls.service), self._calls
        members = client.meta.service_model.operation_model(operation).input_shape.members
        wanted = {name: value for name, value in given.items() if name != "Tags"}
        tags = next((name for name in members if name.lower() == "tags"), None)
        if tags and tag_map(request) and not calls.always.keys() & wanted.keys():
            wanted[tags] = _tags(members[tags], tag_map(request))
        if calls.into in members:
            own = {name.lower() for name in members}
            others = [name for name in wanted if name.lower() not in own]
            wanted[calls.into] = {name: document(wanted.pop(name)) for name in others}
        for name in wanted.keys() & members.keys():
            if members[name].type_name == "list" and not isinstance(wanted[name], list):
                wanted[name] = [wanted[name]]
        answer: dict[str, Any] = getattr(client, xform_name(operation))(**api_input(client, operation, wanted))
        return answer

    def _attributes(self, request: Request, physical_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        calls, known = self._calls, {**answer, **request.properties, **request.attributes}
        found = {attribute: known[member] for attribute, member in calls.attributes.items() if member in known}
        if calls.arn:
            found["Arn"] = calls.arn.format(id=physical_id, region=request.aws.region, account=request.aws.account)
        return found


def _tags(shape: Any, tags: dict[str, str]) -> Any:
    """Tags in the form that a service takes."""
    if shape.type_name == "map":
        return tags
    key, value = sorted(shape.member.members, key=lambda name: not name.lower().endswith("key"))
    return [{key: name, value: text} for name, text in tags.items()]


# fmt: off
API_TYPES = (
    Calls("AWS::CloudWatch::Alarm", "cloudwatch", create="PutMetricAlarm", update="PutMetricAlarm",
          update_id="AlarmName", delete="DeleteAlarms", id="AlarmNames", name="AlarmName",
          arn="arn:aws:cloudwatch:{region}:{account}:alarm:{id}"),
    Calls("AWS::KMS::Alias", "kms", create="CreateAlias", update="UpdateAlias", delete="DeleteAlias",
          id="AliasName", name="AliasName"),
    Calls("AWS::Lambda::Alias", "lambda", create="CreateAlias", update="UpdateAlias", update_id="Name",
          delete="DeleteAlias", id="Name", name="Name", along=("FunctionName",),
          attributes={"AliasArn": "AliasArn"}),
    Calls("AWS::Lambda::EventInvokeConfig", "lambda", create="PutFunctionEventInvokeConfig",
          update="PutFunctionEventInvokeConfig", delete="DeleteFunctionEventInvokeConfig", id="FunctionName",
          name="FunctionName", along=("Qualifier",)),
    Calls("AWS::Lambda::Permission", "lambda", create="AddPermission", delete="RemovePermission", id="StatementId",
          name="StatementId", along=("FunctionName",)),
    Calls("AWS::Lambda::Version", "lambda", create="PublishVersion", delete="DeleteFunction", id="FunctionName",
          made="FunctionArn", attributes={"FunctionArn": "FunctionArn", "Version": "Version"}),
    Calls("AWS::SNS::Subscription", "sns", create="Subscribe", delete="Unsubscribe", id="SubscriptionArn",
          made="SubscriptionArn", into="Attributes", attributes={"Arn": "SubscriptionArn"}),
    Calls("AWS::SSM::Parameter", "ssm", create="PutParameter", update="PutParameter", always={"Overwrite": True},
          delete="DeleteParameter", id="Name", name="Name", attributes={"Type": "Type", "Value": "Value"}),
    Calls("AWS::Scheduler::Schedule", "scheduler", create="CreateSchedule", update="UpdateSchedule",
          delete="DeleteSchedule", id="Name", name="Name", along=("GroupName",), attributes={"Arn": "ScheduleArn"}),
    Calls("AWS::Scheduler::ScheduleGroup", "scheduler", create="CreateScheduleGroup", update="TagResource",
          delete="DeleteScheduleGroup", id="Name", name="Name", attributes={"Arn": "ScheduleGroupArn"}),
)
# fmt: on
