"""Templates as the construct synthesises them: a service role and one or more links per import."""

from typing import Any

from simulator.template import Declared, GetAtt

from cdk_personalize_import._links import links

ACCOUNT = "111122223333"
SERVICE_TOKEN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:personalize-import"
TAG = "tag-value-that-must-not-be-logged"


def dataset_arn(name: str) -> str:
    return f"arn:aws:personalize:us-east-1:{ACCOUNT}:dataset/{name.lower()}/INTERACTIONS"


def role_arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/cdk-personalize-import/us-east-1/0123456789/{name}"


def an_import(
    name: str = "Interactions",
    *,
    timeout: int = 3600,
    dataset: str | None = None,
    role: str | None = None,
    own_dataset: bool = False,
    definition: str = "",
    adds_to: str = "",
    role_properties: dict[str, Any] | None = None,
    depends_on: tuple[str, ...] = (),
    **properties: Any,
) -> dict[str, Declared]:
    """The resources of one import.

    Args:
        name: logical id of its first custom resource; those that take over the wait are called <name>Wait2 and so on.
        timeout: the construct's timeout in seconds; more than an hour makes a chain.
        dataset: name of the dataset, by default that of the import.
        role: name of the service role, by default made from the import's.
        own_dataset: whether the dataset is in the same stack.
        definition: what makes CloudFormation replace that dataset: with another one it makes a new dataset.
        adds_to: logical id of the import that this one adds to.
        role_properties: more about the role: seconds until it is `usable_after`.
        depends_on: other resources that have to be there first.
        properties: overrides of the custom resource's properties; None removes one.
    """
    role_id = role or f"{name}Role"
    resources = {role_id: Declared("role", {"Arn": role_arn(role_id), **(role_properties or {})})}
    needs = (role_id, *depends_on)
    if own_dataset:
        arn = dataset_arn(dataset or name)
        resources[f"{name}Dataset"] = Declared("dataset", {"Arn": arn, "definition": definition})
        needs += (f"{name}Dataset",)
    common = {
        "ServiceToken": SERVICE_TOKEN,
        "DatasetArn": dataset_arn(dataset or name),
        "DataLocation": f"s3://training-data/{name.lower()}/",
        "RoleArn": role_arn(role_id),
        "ImportMode": "FULL",
        "PublishAttributionMetricsToS3": False,
        "Tags": [{"tagKey": "team", "tagValue": TAG}],
        "JobNamePrefix": f"shop-{name}",
        "WaitForCompletion": True,
        "PollInterval": 5,
        "Preflight": False,
        "DatasetDefinition": {"SchemaArn": definition} if definition else None,
        "AddsTo": GetAtt(adds_to, "DatasetImportJobArn") if adds_to else None,
        **properties,
    }
    common = {key: value for key, value in common.items() if value is not None}
    earlier = None
    for number, limits in enumerate(links(timeout), 1):
        link = f"{name}Wait{number}" if earlier else name
        own: dict[str, Any] = {"Timeout": limits.timeout, "ServiceTimeout": limits.service_timeout}
        if earlier:
            own["JobName"] = GetAtt(earlier, "JobName")
        if not limits.is_last:
            own["HandOver"] = True
        resources[link] = Declared("import", common | own, needs)
        earlier = link
    return resources


def other(takes: float = 30, fails: bool = False, depends_on: tuple[str, ...] = (), version: int = 1) -> Declared:
    """A resource that has nothing to do with imports; a changed `version` updates it."""
    return Declared("other", {"takes": takes, "fails": fails, "version": version}, depends_on)
