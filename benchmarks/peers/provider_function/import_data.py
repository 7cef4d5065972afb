"""The user's two functions behind CDK's Provider."""

from typing import Any

import boto3

personalize = boto3.client("personalize")


def on_event(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Start the import."""
    if event["RequestType"] == "Delete":
        return {}
    properties = event["ResourceProperties"]
    job = personalize.create_dataset_import_job(
        jobName=f"{properties['JobName']}-{event['RequestId'][:8]}",
        datasetArn=properties["DatasetArn"],
        dataSource={"dataLocation": properties["DataLocation"]},
        roleArn=properties["RoleArn"],
    )
    return {"PhysicalResourceId": job["datasetImportJobArn"]}


def is_complete(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Tell whether the import is done."""
    if event["RequestType"] == "Delete":
        return {"IsComplete": True}
    answer = personalize.describe_dataset_import_job(datasetImportJobArn=event["PhysicalResourceId"])
    job = answer["datasetImportJob"]
    if job["status"] == "CREATE FAILED":
        raise RuntimeError(job.get("failureReason"))
    return {"IsComplete": job["status"] == "ACTIVE"}
