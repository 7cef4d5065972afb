"""The environment of a function: the key that encrypts it, and the variables that Lambda sets.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

import os
from pathlib import Path

from moto.awslambda.models import LambdaFunction
from moto.core.exceptions import JsonRESTError

from local_aws.account import Account
from local_aws.functions.log import FunctionLog
from local_aws.permissions import call_log
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

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html

    Raises:
        KMSAccessDeniedException: It can't.
    """
    if function.kms_key_arn:
        context = {"kms:EncryptionContext:aws:lambda:FunctionArn": function.function_arn}
        need = Need("kms:Decrypt", function.kms_key_arn, context)
        if key_decision(function.role, need) is not Decision.ALLOWED:
            raise KMSAccessDeniedException


def credentials(aws: Account, function: LambdaFunction) -> dict[str, str]:
    """Assume a function's role and return its temporary credentials; from now on their calls are checked.

    Args:
        aws: The embedded AWS.
        function: The function.
    """
    session = {"RoleArn": function.role, "RoleSessionName": function.function_name, "DurationSeconds": 43200}
    found = aws.client("sts").assume_role(**session)["Credentials"]
    call_log.check_calls_of(found["AccessKeyId"], function.function_name)
    return {
        "AWS_ACCESS_KEY_ID": found["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": found["SecretAccessKey"],
        "AWS_SESSION_TOKEN": found["SessionToken"],
    }


def reserved_variables(function: LambdaFunction, folder: Path, layers: Path | None, log: FunctionLog) -> dict[str, str]:
    """Return the variables that a function's own can't replace, but for its credentials.

    Args:
        function: The function.
        folder: Where its code lies.
        layers: Where its layers lie, if it has some; ``/opt`` on Lambda.
        log: Where it logs.
    """
    logging_config: dict[str, str] = function.get_configuration()["LoggingConfig"]
    level = logging_config.get("ApplicationLogLevel")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "TZ": "UTC",
        "_HANDLER": str(function.handler),
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": log.group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log.stream,
        "AWS_LAMBDA_LOG_FORMAT": logging_config["LogFormat"],
        **({"AWS_LAMBDA_LOG_LEVEL": level} if level else {}),
        **({"LD_LIBRARY_PATH": str(layers / "lib"), "LOCAL_AWS_LAYERS": str(layers)} if layers else {}),
    }
