"""Amazon CloudWatch Logs: log groups."""

from moto.logs.models import logs_backends

from local_aws import turn
from local_aws.cloudformation.resources.base import Request, ResourceError
from local_aws.cloudformation.resources.calls import Calls, Setting
from local_aws.permissions.action import Need
from local_aws.permissions.policy import Decision, key_decision


def _check_key(request: Request, name: str) -> None:
    """Refuse a key whose policy doesn't let in CloudWatch Logs.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    if "KmsKeyId" not in request.properties or not request.changed("KmsKeyId"):
        return
    region = request.aws.region
    arn = f"arn:aws:logs:{region}:{request.aws.account}:log-group:{name}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    for action in ("Encrypt", "Decrypt", "GenerateDataKey"):
        need = Need(f"kms:{action}", request.properties["KmsKeyId"], context)
        if key_decision(f"logs.{region}.amazonaws.com", need) is not Decision.ALLOWED:
            raise ResourceError(
                f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}' "
                "(Service: CloudWatchLogs, Status Code: 400)"
            )


@turn.taken()
def _take_key(request: Request) -> None:
    """Change the key: moto has no AssociateKmsKey."""
    groups = logs_backends[request.aws.account][request.aws.region].groups
    groups[request.physical_id].kms_key_id = request.properties.get("KmsKeyId")


LOG_GROUP = Calls(
    "AWS::Logs::LogGroup", "logs", create="CreateLogGroup", delete="DeleteLogGroup", id="logGroupName",
    name="LogGroupName", longest=512, along=("KmsKeyId",), check=_check_key, after=_take_key,
    attributes={"Arn": "arn:aws:logs:{region}:{account}:log-group:{id}:*"},
    settings=(Setting("RetentionInDays", "PutRetentionPolicy", "DeleteRetentionPolicy"),),
)  # fmt: skip
