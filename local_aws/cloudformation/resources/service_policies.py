"""Policies of queues and topics: each an attribute of what it is about."""

from typing import Any

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, document

_NOBODY = '{"Version": "2012-10-17", "Statement": []}'


class ServicePolicy(ResourceType):
    """A policy that several resources of a service get.

    Args:
        type_name: The type's name in templates.
        service: The service, as boto3 calls it.
        owners: The property that lists what gets the policy.
    """

    def __init__(self, type_name: str, service: str, owners: str) -> None:
        self.type = type_name
        self._service = service
        self._owners = owners

    def create(self, request: Request) -> Outcome:
        physical_id = request.generated_name(128)
        request.initiated(physical_id)
        self._put(request, request.properties[self._owners], document(request.properties["PolicyDocument"]))
        return Outcome(physical_id, {"Id": physical_id})

    def update(self, request: Request) -> Outcome:
        left = [
            owner for owner in request.old_properties[self._owners] if owner not in request.properties[self._owners]
        ]
        self._put(request, left, _NOBODY)
        self._put(request, request.properties[self._owners], document(request.properties["PolicyDocument"]))
        return Outcome(request.physical_id, request.attributes)

    def delete(self, request: Request) -> None:
        self._put(request, request.properties[self._owners], _NOBODY)

    def _put(self, request: Request, owners: list[str], policy: str) -> None:
        client: Any = request.aws.client(self._service)
        for owner in owners:
            if self._service == "sqs":
                client.set_queue_attributes(QueueUrl=owner, Attributes={"Policy": policy})
            else:
                client.set_topic_attributes(TopicArn=owner, AttributeName="Policy", AttributeValue=policy)
