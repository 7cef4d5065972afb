"""AWS Lambda: functions, layer versions, permissions and settings of asynchronous invocation."""

import io
import zipfile
from typing import Any

from local_aws.cloudformation.resources import known_types
from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, lacking, tag_map

_ON_CONFIGURATION = (
    "DeadLetterConfig", "Description", "Environment", "EphemeralStorage", "Handler", "KmsKeyArn", "Layers",
    "LoggingConfig", "MemorySize", "Role", "Runtime", "Timeout", "TracingConfig", "VpcConfig",
)  # fmt: skip
_INLINE_FILES = {"python": "index.py", "nodejs": "index.js"}


class Function(ResourceType):
    """AWS::Lambda::Function."""

    type = "AWS::Lambda::Function"
    properties = frozenset(
        {*_ON_CONFIGURATION, "Architectures", "Code", "FunctionName", "ReservedConcurrentExecutions", "Tags"}
    )

    def create(self, request: Request) -> Outcome:
        _check_runtime(request)
        client, properties = request.aws.client("lambda"), request.properties
        name = properties.get("FunctionName") or request.generated_name(64)
        given = _configuration(request, "CreateFunction", {"FunctionName": name})
        given["Code"] = _code(request)
        if "Architectures" in properties:
            given["Architectures"] = properties["Architectures"]
        if tags := tag_map(request):
            given["Tags"] = tags
        arn = client.create_function(**given)["FunctionArn"]
        request.initiated(name)
        self._reserve_concurrency(request, name)
        return Outcome(name, {"Arn": arn})

    def update(self, request: Request) -> Outcome:
        _check_runtime(request)
        client, name = request.aws.client("lambda"), request.physical_id
        if request.changed("Code") or request.changed("Architectures"):
            architectures = request.properties.get("Architectures", ["x86_64"])
            client.update_function_code(FunctionName=name, Architectures=architectures, **_code(request))
        if any(map(request.changed, _ON_CONFIGURATION)):
            given = _configuration(request, "UpdateFunctionConfiguration", {"FunctionName": name})
            client.update_function_configuration(**_defaults(request) | given)
        arn = request.attributes["Arn"]
        if request.changed("Tags") and tag_map(request):
            client.tag_resource(Resource=arn, Tags=tag_map(request))
        if request.changed("ReservedConcurrentExecutions"):
            self._reserve_concurrency(request, name)
        return Outcome(name, request.attributes)

    def delete(self, request: Request) -> None:
        client = request.aws.client("lambda")
        try:
            client.delete_function(FunctionName=request.physical_id)
        except client.exceptions.ResourceNotFoundException:
            return

    def _reserve_concurrency(self, request: Request, name: str) -> None:
        client, count = request.aws.client("lambda"), request.properties.get("ReservedConcurrentExecutions")
        if count is not None:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(count))
        elif request.old_properties.get("ReservedConcurrentExecutions") is not None:
            client.delete_function_concurrency(FunctionName=name)


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


def _configuration(request: Request, operation: str, named: dict[str, Any]) -> dict[str, Any]:
    given = {key: request.properties[key] for key in _ON_CONFIGURATION if key in request.properties}
    return api_input(request.aws.client("lambda"), operation, named | given)


def _defaults(request: Request) -> dict[str, Any]:
    """What a property goes back to when it leaves the template."""
    defaults = {"Description": "", "Environment": {"Variables": {}}, "MemorySize": 128, "Timeout": 3, "Layers": []}
    defaults |= {"DeadLetterConfig": {}, "KMSKeyArn": "", "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}}
    had = {name.lower() for name in request.old_properties}
    return {key: value for key, value in defaults.items() if key.lower() in had}


def _code(request: Request) -> dict[str, Any]:
    code = dict(request.properties["Code"])
    if "ZipFile" not in code:
        return code
    runtime = request.properties.get("Runtime", "")
    name = next((file for prefix, file in _INLINE_FILES.items() if runtime.startswith(prefix)), "index.py")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed date: the same source is the same code.
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), code["ZipFile"])
    return {"ZipFile": packed.getvalue()}
