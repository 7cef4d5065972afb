"""The key that encrypts a function's environment: Lambda decrypts it with the function's role.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
"""

from moto.awslambda.models import LambdaFunction
from moto.core.exceptions import JsonRESTError

from local_aws.permissions.action import Need
from local_aws.permissions.policy import Decision, key_decision


class KMSAccessDeniedException(JsonRESTError):  # noqa: N818
    """The function's role may not use the key."""

    code = 502

    def __init__(self) -> None:
        super().__init__(
            "KMSAccessDeniedException",
            "Lambda was unable to decrypt the environment variables because KMS access was denied. "
            "Please check the function's KMS key settings.",
        )


def check_environment_key(function: LambdaFunction) -> None:
    """Refuse to run a function whose role can't decrypt its environment.

    Raises:
        KMSAccessDeniedException: It can't.
    """
    if function.kms_key_arn:
        context = {"kms:EncryptionContext:aws:lambda:FunctionArn": function.function_arn}
        need = Need("kms:Decrypt", function.kms_key_arn, context)
        if key_decision(function.role, need) is not Decision.ALLOWED:
            raise KMSAccessDeniedException
