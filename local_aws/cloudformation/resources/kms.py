"""AWS Key Management Service: keys."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, document, tag_map
from local_aws.cloudformation.resources.iam import check_principals


class Key(ResourceType):
    """AWS::KMS::Key; deleting it schedules the key's deletion."""

    type = "AWS::KMS::Key"
    properties = frozenset({"Description", "EnableKeyRotation", "KeyPolicy", "PendingWindowInDays", "Tags"})

    def create(self, request: Request) -> Outcome:
        client, properties = request.aws.client("kms"), request.properties
        check_principals(request.aws.client("iam"), properties["KeyPolicy"])
        metadata = client.create_key(
            Policy=document(properties["KeyPolicy"]),
            Description=properties.get("Description", ""),
            Tags=[{"TagKey": key, "TagValue": value} for key, value in tag_map(request).items()],
        )["KeyMetadata"]
        key_id = metadata["KeyId"]
        request.initiated(key_id)
        self._rotate(request, key_id)
        return Outcome(key_id, {"Arn": metadata["Arn"], "KeyId": key_id})

    def update(self, request: Request) -> Outcome:
        client, key_id = request.aws.client("kms"), request.physical_id
        if request.changed("KeyPolicy"):
            policy = request.properties["KeyPolicy"]
            check_principals(request.aws.client("iam"), policy)
            client.put_key_policy(KeyId=key_id, PolicyName="default", Policy=document(policy))
        if request.changed("Description"):
            client.update_key_description(KeyId=key_id, Description=request.properties.get("Description", ""))
        self._rotate(request, key_id)
        return Outcome(key_id, request.attributes)

    def delete(self, request: Request) -> None:
        days = int(request.properties.get("PendingWindowInDays", 30))
        request.aws.client("kms").schedule_key_deletion(KeyId=request.physical_id, PendingWindowInDays=days)

    def _rotate(self, request: Request, key_id: str) -> None:
        client = request.aws.client("kms")
        if str(request.properties.get("EnableKeyRotation", "false")).lower() == "true":
            client.enable_key_rotation(KeyId=key_id)
        else:
            client.disable_key_rotation(KeyId=key_id)
