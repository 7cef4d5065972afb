"""Amazon Simple Notification Service: topics."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, tag_list


class Topic(ResourceType):
    """AWS::SNS::Topic."""

    type = "AWS::SNS::Topic"
    properties = frozenset({"DisplayName", "Tags", "TopicName"})

    def create(self, request: Request) -> Outcome:
        name = request.properties.get("TopicName") or request.generated_name(256)
        arn = request.aws.client("sns").create_topic(
            Name=name, Attributes={"DisplayName": request.properties.get("DisplayName", "")}, Tags=tag_list(request)
        )["TopicArn"]
        request.initiated(arn)
        return Outcome(arn, {"TopicArn": arn, "TopicName": name})

    def update(self, request: Request) -> Outcome:
        display_name = request.properties.get("DisplayName", "")
        request.aws.client("sns").set_topic_attributes(
            TopicArn=request.physical_id, AttributeName="DisplayName", AttributeValue=display_name
        )
        return Outcome(request.physical_id, request.attributes)

    def delete(self, request: Request) -> None:
        request.aws.client("sns").delete_topic(TopicArn=request.physical_id)
