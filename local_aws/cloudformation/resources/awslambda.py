"""AWS Lambda: functions."""

import io
import zipfile
from typing import Any

from local_aws.cloudformation.resources import known_types
from local_aws.cloudformation.resources.base import Request, lacking
from local_aws.cloudformation.resources.calls import Calls, Members, Setting

_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}


def _check_runtime(request: Request, _: str) -> None:
    """Refuse a function that can't run here, unless the work of its custom resource is done without it."""
    runtime, template = str(request.properties.get("Runtime", "")), request.stack.template
    if runtime.startswith("python"):
        return
    token, resources = {"Fn::GetAtt": [request.resource.logical_id, "Arn"]}, template.resources if template else {}
    users = {each["Type"] for each in resources.values() if each.get("Properties", {}).get("ServiceToken") == token}
    if not users or not users <= {name for name in known_types() if name.startswith("Custom::")}:
        raise lacking(f"functions in {runtime}")


def _new_code(_: Any, properties: Members) -> dict[str, Any]:
    architectures = properties.get("Architectures", ["x86_64"])
    return {"Architectures": architectures, **_code(properties["Code"], properties)}


def _code(code: Members, properties: Members) -> dict[str, Any]:
    given = dict(code)
    if "ZipFile" in code:
        runtime = properties.get("Runtime", "")
        name = next((file for prefix, file in _INLINE_FILES.items() if runtime.startswith(prefix)), "index.py")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            # A fixed date: the same source is the same code.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), code["ZipFile"])
        given["ZipFile"] = packed.getvalue()
    return given


FUNCTION = Calls(
    "AWS::Lambda::Function", "lambda", create="CreateFunction", update="UpdateFunctionConfiguration",
    delete="DeleteFunction", id="FunctionName", name="FunctionName", attributes={"Arn": "FunctionArn"},
    properties=frozenset({
        "Architectures", "Code", "DeadLetterConfig", "Description", "Environment", "EphemeralStorage", "FunctionName",
        "Handler", "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize", "Role", "Runtime",
        "ReservedConcurrentExecutions", "Tags", "Timeout", "TracingConfig", "VpcConfig",
    }),
    convert={"Code": _code}, check=_check_runtime,
    defaults={
        "DeadLetterConfig": {}, "Description": "", "Environment": {"Variables": {}}, "KmsKeyArn": "", "Layers": [],
        "MemorySize": 128, "Timeout": 3, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    },
    settings=(
        Setting("Code", "UpdateFunctionCode", members=_new_code),
        Setting("Architectures", "UpdateFunctionCode", "UpdateFunctionCode", members=_new_code),
        Setting("ReservedConcurrentExecutions", "PutFunctionConcurrency", "DeleteFunctionConcurrency"),
        Setting("Tags", "TagResource"),
    ),
)  # fmt: skip
