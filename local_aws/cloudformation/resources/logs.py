"""Amazon CloudWatch Logs: log groups."""

from moto.logs.models import logs_backends

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError, ResourceType, tag_map
from local_aws.permissions.policy import Decision, Permissions


class LogGroup(ResourceType):
    """AWS::Logs::LogGroup."""

    type = "AWS::Logs::LogGroup"
    properties = frozenset({"KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags"})

    def create(self, request: Request) -> Outcome:
        client, properties = request.aws.client("logs"), request.properties
        name = properties.get("LogGroupName") or request.generated_name(512)
        optional = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        _check_key(request, name)
        client.create_log_group(logGroupName=name, tags=tag_map(request), **optional)
        request.initiated(name)
        return self._retain(request, name)

    def update(self, request: Request) -> Outcome:
        if request.changed("KmsKeyId"):
            _check_key(request, request.physical_id)
            backend = logs_backends[request.aws.account][request.aws.region]
            # moto has no AssociateKmsKey.
            backend.groups[request.physical_id].kms_key_id = request.properties.get("KmsKeyId")
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


def _check_key(request: Request, name: str) -> None:
    """Refuse a key whose policy doesn't let in CloudWatch Logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    if "KmsKeyId" not in request.properties:
        return
    region, account = request.aws.region, request.aws.account
    arn = f"arn:aws:logs:{region}:{account}:log-group:{name}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    key, user = request.properties["KmsKeyId"], f"logs.{region}.amazonaws.com"
    for action in ("Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey"):
        permissions = Permissions(account, region)
        if permissions.key_decision(key, user, f"kms:{action}", context) is not Decision.ALLOWED:
            raise ResourceError(
                f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}' "
                "(Service: CloudWatchLogs, Status Code: 400)"
            )
