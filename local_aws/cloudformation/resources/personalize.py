"""Amazon Personalize: datasets."""

from local_aws.cloudformation.resources.api_input import api_input
from local_aws.cloudformation.resources.base import Request, ResourceError
from local_aws.cloudformation.resources.calls import Calls


def _check_type(request: Request, _: str) -> None:
    if request.properties["DatasetType"] not in ("Interactions", "Items", "Users"):
        raise ResourceError(f"{request.properties['DatasetType']} is not a valid enum value of #/DatasetType")


def _import(request: Request) -> None:
    job = request.properties.get("DatasetImportJob")
    if not job or not request.changed("DatasetImportJob"):
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


DATASET = Calls(
    "AWS::Personalize::Dataset", "personalize", create="CreateDataset", delete="DeleteDataset", id="datasetArn",
    made="datasetArn", ready="DescribeDataset", along=("DatasetImportJob",), attributes={"DatasetArn": "{id}"},
    check=_check_type, after=_import,
)  # fmt: skip
