"""Amazon EventBridge: rules."""

from typing import Any

from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, tag_list


class Rule(ResourceType):
    """AWS::Events::Rule, with its targets. moto's own can't be deleted."""

    type = "AWS::Events::Rule"

    def create(self, request: Request) -> Outcome:
        name = request.properties.get("Name") or request.generated_name(64)
        request.initiated(name)
        return self._put(request, name)

    def update(self, request: Request) -> Outcome:
        wanted = {target["Id"] for target in request.properties.get("Targets", [])}
        self._remove(request, [each for each in request.old_properties.get("Targets", []) if each["Id"] not in wanted])
        return self._put(request, request.physical_id)

    def delete(self, request: Request) -> None:
        client = request.aws.client("events")
        try:
            self._remove(request, request.properties.get("Targets", []))
            client.delete_rule(Name=request.physical_id, **_bus(request))
        except client.exceptions.ResourceNotFoundException:
            return

    def _put(self, request: Request, name: str) -> Outcome:
        client, given = request.aws.client("events"), {**request.properties, "Name": name}
        targets = given.pop("Targets", [])
        given["Tags"] = tag_list(request)
        arn = client.put_rule(**api_input(client, "PutRule", given))["RuleArn"]
        if targets:
            wanted = {"Rule": name, "Targets": targets, **_bus(request)}
            client.put_targets(**api_input(client, "PutTargets", wanted))
        return Outcome(name, {"Arn": arn})

    def _remove(self, request: Request, targets: list[Any]) -> None:
        if targets:
            ids = [target["Id"] for target in targets]
            request.aws.client("events").remove_targets(Rule=request.physical_id, Ids=ids, **_bus(request))


def _bus(request: Request) -> dict[str, str]:
    return {key: request.properties[key] for key in ("EventBusName",) if key in request.properties}
