"""AWS Lambda: functions and layer versions."""

import io
import zipfile
from dataclasses import replace
from typing import Any

from local_aws.cloudformation.resources import known_types
from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, lacking
from local_aws.cloudformation.resources.calls import Calls, Members, Setting

_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}
_DEFAULTS: dict[str, Any] = {
    "DeadLetterConfig": {}, "Description": "", "Environment": {"Variables": {}}, "KmsKeyArn": "", "Layers": [],
    "MemorySize": 128, "Timeout": 3, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}  # fmt: skip


class Function(ApiType):
    """AWS::Lambda::Function."""

    properties = frozenset(
        {
            "Architectures", "Code", "DeadLetterConfig", "Description", "Environment", "EphemeralStorage",
            "FunctionName", "Handler", "KmsKeyArn", "Layers", "LoggingConfig", "MemorySize", "Role", "Runtime",
            "ReservedConcurrentExecutions", "Tags", "Timeout", "TracingConfig", "VpcConfig",
        }
    )  # fmt: skip

    def __init__(self) -> None:
        settings = (
            Setting("Code", "UpdateFunctionCode", members=_new_code),
            Setting("Architectures", "UpdateFunctionCode", "UpdateFunctionCode", members=_new_code),
            Setting("ReservedConcurrentExecutions", "PutFunctionConcurrency", "DeleteFunctionConcurrency"),
            Setting("Tags", "TagResource"),
        )
        super().__init__(
            Calls("AWS::Lambda::Function", "lambda", create="CreateFunction", update="UpdateFunctionConfiguration",
                  delete="DeleteFunction", id="FunctionName", name="FunctionName", settings=settings,
                  attributes={"Arn": "FunctionArn"})
        )  # fmt: skip

    def create(self, request: Request) -> Outcome:
        _check_runtime(request)
        return super().create(request)

    def given(self, request: Request) -> dict[str, Any]:
        return super().given(request) | {"Code": _code(request.properties["Code"], request.properties)}

    def update(self, request: Request) -> Outcome:
        _check_runtime(request)
        # What a property goes back to when it leaves the template.
        defaults = {name: value for name, value in _DEFAULTS.items() if name in request.old_properties}
        return super().update(replace(request, properties={**defaults, **request.properties}))


class LayerVersion(ResourceType):
    """AWS::Lambda::LayerVersion: every change publishes a new one."""

    type = "AWS::Lambda::LayerVersion"

    def create(self, request: Request) -> Outcome:
        client = request.aws.client("lambda")
        given = {"LayerName": request.generated_name(140, separator=""), **request.properties}
        arn = client.publish_layer_version(**api_input(client, "PublishLayerVersion", given))["LayerVersionArn"]
        request.initiated(arn)
        return Outcome(arn, {"LayerVersionArn": arn})

    def delete(self, request: Request) -> None:
        layer, version = request.physical_id.rsplit(":", 1)
        request.aws.client("lambda").delete_layer_version(LayerName=layer, VersionNumber=int(version))


def _check_runtime(request: Request) -> None:
    """Refuse a function that can't run here, unless the work of its custom resource is done without it."""
    runtime, template = str(request.properties.get("Runtime", "")), request.stack.template
    if runtime.startswith("python"):
        return
    token, resources = {"Fn::GetAtt": [request.logical_id, "Arn"]}, template.resources if template else {}
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
