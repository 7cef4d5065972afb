"""Amazon EventBridge Scheduler: schedule groups."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, tag_list


class ScheduleGroup(ResourceType):
    """AWS::Scheduler::ScheduleGroup; deleting it deletes its schedules."""

    type = "AWS::Scheduler::ScheduleGroup"
    properties = frozenset({"Name", "Tags"})
    create_only = frozenset({"Name"})

    def create(self, request: Request) -> Outcome:
        client = request.aws.client("scheduler")
        name = request.properties.get("Name") or request.generated_name(64)
        arn = client.create_schedule_group(Name=name, Tags=tag_list(request))["ScheduleGroupArn"]
        request.initiated(name)
        return Outcome(name, {"Arn": arn, "State": "ACTIVE"})

    def update(self, request: Request) -> Outcome:
        if tags := tag_list(request):
            request.aws.client("scheduler").tag_resource(ResourceArn=request.attributes["Arn"], Tags=tags)
        return Outcome(request.physical_id, request.attributes)

    def delete(self, request: Request) -> None:
        client = request.aws.client("scheduler")
        try:
            client.delete_schedule_group(Name=request.physical_id)
        except client.exceptions.ResourceNotFoundException:
            return
