"""The environment variables that Lambda sets for a function.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
"""

import os
from pathlib import Path

from moto.awslambda.models import LambdaFunction
from moto.sts.models import sts_backends

from local_aws import turn
from local_aws.functions.log import FunctionLog
from local_aws.permissions import call_log


@turn.taken()
def credentials(function: LambdaFunction) -> dict[str, str]:
    """Assume a function's role and return its temporary credentials; from now on their calls are checked.

    Args:
        function: The function.
    """
    role = sts_backends[function.account_id]["aws"].assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy="",
        duration=43200,
        external_id="",
    )
    call_log.check_calls_of(role.access_key_id, function.function_name)
    return {
        "AWS_ACCESS_KEY_ID": role.access_key_id,
        "AWS_SECRET_ACCESS_KEY": role.secret_access_key,
        "AWS_SESSION_TOKEN": role.session_token,
    }


def reserved_variables(function: LambdaFunction, folder: Path, layers: Path | None, log: FunctionLog) -> dict[str, str]:
    """Return the variables that a function's own can't replace, but for its credentials.

    Args:
        function: The function.
        folder: Where its code lies.
        layers: Where its layers lie, if it has some; ``/opt`` on Lambda.
        log: Where it logs.
    """
    logging_config: dict[str, str] = getattr(function, "logging_config", None) or {}
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
        "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat", "Text"),
        **({"AWS_LAMBDA_LOG_LEVEL": level} if level else {}),
        **({"LD_LIBRARY_PATH": str(layers / "lib"), "LOCAL_AWS_LAYERS": str(layers)} if layers else {}),
    }
