"""Amazon CloudWatch Logs: log groups."""

from dataclasses import replace

from moto.logs.models import logs_backends

from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError
from local_aws.cloudformation.resources.calls import Calls, Setting
from local_aws.permissions.policy import Decision, key_decision


class LogGroup(ApiType):
    """AWS::Logs::LogGroup."""

    def __init__(self) -> None:
        super().__init__(
            Calls("AWS::Logs::LogGroup", "logs", create="CreateLogGroup", delete="DeleteLogGroup", id="logGroupName",
                  name="LogGroupName", along=("KmsKeyId",),
                  attributes={"Arn": "arn:aws:logs:{region}:{account}:log-group:{id}:*"},
                  settings=(Setting("RetentionInDays", "PutRetentionPolicy", "DeleteRetentionPolicy"),))
        )  # fmt: skip

    def create(self, request: Request) -> Outcome:
        name = request.properties.get("LogGroupName") or request.generated_name(512)
        _check_key(request, name)
        return super().create(replace(request, properties={**request.properties, "LogGroupName": name}))

    def update(self, request: Request) -> Outcome:
        if request.changed("KmsKeyId"):
            _check_key(request, request.physical_id)
            backend = logs_backends[request.aws.account][request.aws.region]
            # moto has no AssociateKmsKey.
            backend.groups[request.physical_id].kms_key_id = request.properties.get("KmsKeyId")
        return super().update(request)


def _check_key(request: Request, name: str) -> None:
    """Refuse a key whose policy doesn't let in CloudWatch Logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    if "KmsKeyId" not in request.properties:
        return
    region, key = request.aws.region, request.properties["KmsKeyId"]
    arn = f"arn:aws:logs:{region}:{request.aws.account}:log-group:{name}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    for action in ("Encrypt", "Decrypt", "GenerateDataKey"):
        if key_decision(key, f"logs.{region}.amazonaws.com", f"kms:{action}", context) is not Decision.ALLOWED:
            raise ResourceError(
                f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}' "
                "(Service: CloudWatchLogs, Status Code: 400)"
            )
