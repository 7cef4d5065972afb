"""Amazon Personalize: schemas, dataset groups, datasets, solutions and event trackers.

CloudFormation waits until each is ACTIVE, and until each is gone.
"""

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError, ResourceType


class _PersonalizeResource(ResourceType):
    """A resource with an ARN and, but for schemas, a status.

    Attributes:
        noun: Its name in operations, such as ``DatasetGroup``.
    """

    noun: ClassVar[str]
    has_status: ClassVar[bool] = True

    def create(self, request: Request) -> Outcome:
        client = request.aws.client("personalize")
        given = api_input(client, f"Create{self.noun}", self.given(request))
        created = getattr(client, f"create_{_snake(self.noun)}")(**given)
        arn = created[f"{_camel(self.noun)}Arn"]
        request.initiated(arn)
        if self.has_status:
            request.wait_until(lambda: self._is_active(client, arn), f"{self.noun} to be ACTIVE")
        return Outcome(arn, {f"{self.noun}Arn": arn, **self.more_attributes(created)})

    def given(self, request: Request) -> dict[str, Any]:
        """Return the properties that go into the create call."""
        tags = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in request.stack.tags]
        own = [{"tagKey": tag["TagKey"], "tagValue": tag["TagValue"]} for tag in request.properties.get("Tags", [])]
        properties = {key: value for key, value in request.properties.items() if key != "Tags"}
        return properties | ({"Tags": tags + own} if tags or own else {})

    def more_attributes(self, created: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Return attributes beside the ARN."""
        return {}

    def delete(self, request: Request) -> None:
        client = request.aws.client("personalize")
        delete = getattr(client, f"delete_{_snake(self.noun)}")
        try:
            delete(**{f"{_camel(self.noun)}Arn": request.physical_id})
            if self.has_status:
                request.wait_until(lambda: self._is_gone(client, request.physical_id), f"{self.noun} to be deleted")
        except client.exceptions.ResourceNotFoundException:
            return

    def _describe(self, client: Any, arn: str) -> dict[str, Any]:
        key = _camel(self.noun)
        found: dict[str, Any] = getattr(client, f"describe_{_snake(self.noun)}")(**{f"{key}Arn": arn})[key]
        return found

    def _is_active(self, client: Any, arn: str) -> bool:
        described = self._describe(client, arn)
        if described["status"] == "CREATE FAILED":
            raise ResourceError(f"{self.noun} {arn} is CREATE FAILED: {described.get('failureReason', '')}")
        return bool(described["status"] == "ACTIVE")

    def _is_gone(self, client: Any, arn: str) -> bool:
        try:
            self._describe(client, arn)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return True
            raise
        return False


class Schema(_PersonalizeResource):
    """AWS::Personalize::Schema."""

    type = "AWS::Personalize::Schema"
    noun = "Schema"
    has_status = False

    def given(self, request: Request) -> dict[str, Any]:
        return request.properties


class DatasetGroup(_PersonalizeResource):
    """AWS::Personalize::DatasetGroup."""

    type = "AWS::Personalize::DatasetGroup"
    noun = "DatasetGroup"


class Dataset(_PersonalizeResource):
    """AWS::Personalize::Dataset; a replacement deletes the old dataset first, and its data with it."""

    type = "AWS::Personalize::Dataset"
    noun = "Dataset"

    def create(self, request: Request) -> Outcome:
        outcome = super().create(request)
        self._import(request, outcome.physical_id)
        return outcome

    def update(self, request: Request) -> Outcome:
        if request.changed("DatasetImportJob"):
            self._import(request, request.physical_id)
        return Outcome(request.physical_id, request.attributes)

    def given(self, request: Request) -> dict[str, Any]:
        if request.properties["DatasetType"] not in ("Interactions", "Items", "Users"):
            raise ResourceError(f"{request.properties['DatasetType']} is not a valid enum value of #/DatasetType")
        return {key: value for key, value in super().given(request).items() if key != "DatasetImportJob"}

    def _import(self, request: Request, arn: str) -> None:
        job = request.properties.get("DatasetImportJob")
        if not job:
            return
        client = request.aws.client("personalize")
        given = api_input(client, "CreateDatasetImportJob", {**job, "DatasetArn": arn})
        job_arn = client.create_dataset_import_job(**given)["datasetImportJobArn"]

        def done() -> bool:
            described = client.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"]
            if described["status"] == "CREATE FAILED":
                raise ResourceError(f"Dataset import job {job_arn} failed: {described.get('failureReason', '')}")
            return bool(described["status"] == "ACTIVE")

        request.wait_until(done, "dataset import job to be ACTIVE", minutes=2160)


class Solution(_PersonalizeResource):
    """AWS::Personalize::Solution."""

    type = "AWS::Personalize::Solution"
    noun = "Solution"


class EventTracker(_PersonalizeResource):
    """AWS::Personalize::EventTracker."""

    type = "AWS::Personalize::EventTracker"
    noun = "EventTracker"

    def more_attributes(self, created: dict[str, Any]) -> dict[str, Any]:
        return {"TrackingId": created["trackingId"]}


def _camel(noun: str) -> str:
    return noun[0].lower() + noun[1:]


def _snake(noun: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in noun).lstrip("_")
