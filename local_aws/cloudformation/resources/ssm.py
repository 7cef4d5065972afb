"""AWS Systems Manager: parameters."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, tag_list


class Parameter(ResourceType):
    """AWS::SSM::Parameter."""

    type = "AWS::SSM::Parameter"
    properties = frozenset({"Description", "Name", "Tags", "Type", "Value"})
    create_only = frozenset({"Name"})

    def create(self, request: Request) -> Outcome:
        name = request.properties.get("Name") or f"CFN-{request.generated_name(200)}"
        self._put(request, name, overwrite=False)
        request.initiated(name)
        if tags := tag_list(request):
            request.aws.client("ssm").add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=tags)
        return Outcome(name, self._attributes(request))

    def update(self, request: Request) -> Outcome:
        self._put(request, request.physical_id, overwrite=True)
        return Outcome(request.physical_id, self._attributes(request))

    def delete(self, request: Request) -> None:
        client = request.aws.client("ssm")
        try:
            client.delete_parameter(Name=request.physical_id)
        except client.exceptions.ParameterNotFound:
            return

    def _put(self, request: Request, name: str, overwrite: bool) -> None:
        properties = request.properties
        request.aws.client("ssm").put_parameter(
            Name=name,
            Type=properties["Type"],
            Value=str(properties["Value"]),
            Description=properties.get("Description", ""),
            Overwrite=overwrite,
        )

    def _attributes(self, request: Request) -> dict[str, str]:
        return {"Type": request.properties["Type"], "Value": str(request.properties["Value"])}
