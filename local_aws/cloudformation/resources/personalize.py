"""Amazon Personalize: datasets."""

from typing import Any

from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError
from local_aws.cloudformation.resources.calls import Calls


class Dataset(ApiType):
    """AWS::Personalize::Dataset; a replacement deletes the old dataset first, and its data with it."""

    def __init__(self) -> None:
        super().__init__(
            Calls("AWS::Personalize::Dataset", "personalize", create="CreateDataset", delete="DeleteDataset",
                  id="datasetArn", made="datasetArn", ready="DescribeDataset", along=("DatasetImportJob",),
                  attributes={"DatasetArn": "{id}"})
        )  # fmt: skip

    def create(self, request: Request) -> Outcome:
        outcome = super().create(request)
        self._import(request)
        return outcome

    def update(self, request: Request) -> Outcome:
        if request.changed("DatasetImportJob"):
            self._import(request)
        return Outcome(request.physical_id, request.attributes)

    def given(self, request: Request) -> dict[str, Any]:
        if request.properties["DatasetType"] not in ("Interactions", "Items", "Users"):
            raise ResourceError(f"{request.properties['DatasetType']} is not a valid enum value of #/DatasetType")
        return super().given(request)

    def _import(self, request: Request) -> None:
        job = request.properties.get("DatasetImportJob")
        if not job:
            return
        client = request.aws.client("personalize")
        given = api_input(client, "CreateDatasetImportJob", {**job, "DatasetArn": request.physical_id})
        job_arn = client.create_dataset_import_job(**given)["datasetImportJobArn"]

        def done() -> bool:
            described = client.describe_dataset_import_job(datasetImportJobArn=job_arn)["datasetImportJob"]
            if described["status"] == "CREATE FAILED":
                raise ResourceError(f"Dataset import job {job_arn} failed: {described.get('failureReason', '')}")
            return bool(described["status"] == "ACTIVE")

        request.wait_until(done, "dataset import job to be ACTIVE", minutes=2160)
