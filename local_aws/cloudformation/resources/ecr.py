"""Amazon Elastic Container Registry: repositories."""

from local_aws.cloudformation.resources.base import Outcome, Request, ResourceType, document, tag_list


class Repository(ResourceType):
    """AWS::ECR::Repository."""

    type = "AWS::ECR::Repository"
    properties = frozenset(
        {
            "ImageScanningConfiguration",
            "ImageTagMutability",
            "LifecyclePolicy",
            "RepositoryName",
            "RepositoryPolicyText",
            "Tags",
        }
    )

    def create(self, request: Request) -> Outcome:
        client = request.aws.client("ecr")
        name = request.properties.get("RepositoryName") or request.generated_name(200).lower()
        repository = client.create_repository(repositoryName=name, tags=tag_list(request))["repository"]
        request.initiated(name)
        self._configure(request, name)
        return Outcome(name, {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]})

    def update(self, request: Request) -> Outcome:
        self._configure(request, request.physical_id)
        return Outcome(request.physical_id, request.attributes)

    def delete(self, request: Request) -> None:
        client = request.aws.client("ecr")
        try:
            client.delete_repository(repositoryName=request.physical_id)
        except client.exceptions.RepositoryNotFoundException:
            return

    def _configure(self, request: Request, name: str) -> None:
        client, properties = request.aws.client("ecr"), request.properties
        mutability = properties.get("ImageTagMutability", "MUTABLE")
        client.put_image_tag_mutability(repositoryName=name, imageTagMutability=mutability)
        on_push = str(properties.get("ImageScanningConfiguration", {}).get("ScanOnPush", "false")).lower() == "true"
        client.put_image_scanning_configuration(repositoryName=name, imageScanningConfiguration={"scanOnPush": on_push})
        if "LifecyclePolicy" in properties:
            text = properties["LifecyclePolicy"]["LifecyclePolicyText"]
            client.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=text)
        if "RepositoryPolicyText" in properties:
            text = document(properties["RepositoryPolicyText"])
            client.set_repository_policy(repositoryName=name, policyText=text)
