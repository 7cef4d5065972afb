"""A crhelper resource as in crhelper's README, with polling."""

import os
from typing import Any

import boto3
from crhelper import CfnResource

helper = CfnResource(log_level="INFO", polling_interval=int(os.environ.get("POLLING_MINUTES", "2")))
personalize = boto3.client("personalize")


@helper.create
@helper.update
def start(event: dict[str, Any], _context: Any) -> None:
    """Start the import."""
    properties = event["ResourceProperties"]
    job = personalize.create_dataset_import_job(
        jobName=f"{properties['JobName']}-{event['RequestId'][:8]}",
        datasetArn=properties["DatasetArn"],
        dataSource={"dataLocation": properties["DataLocation"]},
        roleArn=properties["RoleArn"],
    )
    helper.Data["DatasetImportJobArn"] = job["datasetImportJobArn"]


@helper.poll_create
@helper.poll_update
def follow(event: dict[str, Any], _context: Any) -> str | None:
    """Return the job's ARN when it is done."""
    arn: str = event["CrHelperData"]["DatasetImportJobArn"]
    job = personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
    if job["status"] == "CREATE FAILED":
        raise RuntimeError(job.get("failureReason"))
    return arn if job["status"] == "ACTIVE" else None


@helper.delete
def delete(event: dict[str, Any], _context: Any) -> None:
    """Leave the data where it is."""


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer a request."""
    helper(event, context)
