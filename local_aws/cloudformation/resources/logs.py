"""Amazon CloudWatch Logs: log groups."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, tag_map


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup."""

    type = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})

    def create(self, request: Request) -> Outcome:
        client, properties = request.aws.client("logs"), request.properties
        name = properties.get("LogGroupName") or request.generated_name(512)
        optional = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        client.create_log_group(logGroupName=name, tags=tag_map(request), **optional)
        request.initiated(name)
        return self._retain(request, name)

    def update(self, request: Request) -> Outcome:
        return self._retain(request, request.physical_id)

    def delete(self, request: Request) -> None:
        client = request.aws.client("logs")
        try:
            client.delete_log_group(logGroupName=request.physical_id)
        except client.exceptions.ResourceNotFoundException:
            return

    def _retain(self, request: Request, name: str) -> Outcome:
        client = request.aws.client("logs")
        if "RetentionInDays" in request.properties:
            days = int(request.properties["RetentionInDays"])
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
        elif "RetentionInDays" in request.old_properties:
            client.delete_retention_policy(logGroupName=name)
        arn = f"arn:aws:logs:{request.aws.region}:{request.aws.account}:log-group:{name}:*"
        return Outcome(name, {"Arn": arn})
