"""AWS Lambda's API: moto keeps the functions, this module hands their invocations to processes of this machine.

moto itself would need Docker for them. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import base64
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend, LambdaFunction

from local_aws import turn
from local_aws.account import Account
from local_aws.functions.invocations import functions
from local_aws.permissions.action import Need
from local_aws.permissions.policy import allowed, may_assume

_SERVICE = "lambda.amazonaws.com"
_NETWORK_ACTIONS = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
_LONGEST_TAIL = 4096
"""Bytes of its log that an invocation returns."""


def register(aws: Account) -> None:
    """Let moto's functions run here."""
    aws.extend(LambdaFunction, "__init__", _init)
    aws.extend(LambdaFunction, "update_configuration", _update_configuration)
    aws.extend(LambdaFunction, "get_configuration", _get_configuration)
    aws.replace(LambdaFunction, "invoke", _invoke)
    aws.extend(LambdaBackend, "create_function", _create_function)


def _init(init: Any, function: Any, account_id: str, spec: dict[str, Any], *given: Any, **more: Any) -> None:
    # moto forgets where a function logs and who gets what it failed, and never changes the key.
    function.logging_config = spec.get("LoggingConfig") or {}
    function.dead_letter_config = spec.get("DeadLetterConfig") or {}
    init(function, account_id, spec, *given, **more)


def _update_configuration(update: Any, function: Any, config_updates: dict[str, Any]) -> Any:
    _check_role({"Role": function.role, **config_updates})
    function.logging_config = config_updates.get("LoggingConfig") or function.logging_config
    function.dead_letter_config = config_updates.get("DeadLetterConfig", function.dead_letter_config)
    function.kms_key_arn = config_updates.get("KMSKeyArn", function.kms_key_arn) or None
    return update(function, config_updates)


def _get_configuration(get: Any, function: Any, *given: Any, **more: Any) -> dict[str, Any]:
    group = function.logging_config.get("LogGroup") or f"/aws/lambda/{function.function_name}"
    logging_config = {"LogFormat": "Text", **function.logging_config, "LogGroup": group}
    dead_letters = {"DeadLetterConfig": function.dead_letter_config} if function.dead_letter_config else {}
    return {**get(function, *given, **more), "LoggingConfig": logging_config, **dead_letters}


def _create_function(create: Any, backend: LambdaBackend, spec: dict[str, Any]) -> Any:
    if not may_assume(spec["Role"], _SERVICE):
        raise InvalidParameterValueException("The role defined for the function cannot be assumed by Lambda.")
    _check_role(spec)
    return create(backend, spec)


def _check_role(spec: dict[str, Any]) -> None:
    """Refuse what Lambda would do with the function's role and can't.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    needs = []
    if spec.get("VpcConfig", {}).get("SubnetIds"):
        needs = [("ec2", name, "*", "EC2") for name in _NETWORK_ACTIONS]
    queue = spec.get("DeadLetterConfig", {}).get("TargetArn")
    if queue:
        service, action = ("sns", "Publish") if queue.split(":")[2] == "sns" else ("sqs", "SendMessage")
        needs.append((service, action, queue, service.upper()))
    for service, action, resource, name in needs:
        if not allowed(spec["Role"], Need(f"{service}:{action}", resource)):
            raise InvalidParameterValueException(
                f"The provided execution role does not have permissions to call {action} on {name}"
            )


def _invoke(function: LambdaFunction, body: str, request_headers: Any, response_headers: Any) -> bytes:
    kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
    event = body or "{}"
    if kind == "Event":
        functions().invoke_later(function.function_arn, event)
    if kind != "RequestResponse":
        return b""
    outcome = turn.aside(functions().invoke, function, event)
    response_headers["X-Amz-Executed-Version"] = str(function.version)
    if request_headers.get("X-Amz-Log-Type") == "Tail":
        tail = outcome.log.encode()[-_LONGEST_TAIL:]
        response_headers["X-Amz-Log-Result"] = base64.b64encode(tail).decode()
    if outcome.error:
        response_headers["X-Amz-Function-Error"] = "Unhandled"
    return outcome.payload.encode()
