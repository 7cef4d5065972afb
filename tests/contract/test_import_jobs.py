"""Dataset import jobs: what AWS documents of them, and what was found of that which it doesn't.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from contract.account import Account, refusal
from contract.open_points import POINTS, csv
from contract.personalize import ENDS, Personalize, error_of

ORDER = ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
QUOTA = "More than 5 resources with PENDING or IN_PROGRESS status."
DECLARED = {
    "InvalidInputException",
    "LimitExceededException",
    "ResourceAlreadyExistsException",
    "ResourceInUseException",
    "ResourceNotFoundException",
}


@pytest.fixture(scope="module")
def location(personalize: Personalize, account: Account) -> str:
    """Where a right file lies."""
    return put(personalize, "right.csv", csv())


@pytest.fixture(scope="module")
def jobs(personalize: Personalize, account: Account, location: str, found: dict[str, str]) -> dict[str, Any]:
    """Jobs that ran at the same time, as they are described at the end; ``seen`` holds statuses of the right one."""
    column = put(personalize, "column.csv", csv(header="USER_ID,ITEM_ID,TIME,SCORE"))
    arns = {"right": personalize.start("right", location), "column": personalize.start("column", column)}
    in_use, _ = refusal(personalize.client.delete_dataset, datasetArn=personalize.dataset("Interactions"))
    try:
        arns["no-rights"] = personalize.start("no-rights", location, roleArn=personalize.role_without_rights)
        told = None
    except ClientError as error:
        told = error_of(error)
    seen = [""]

    def look() -> bool:
        status = personalize.job(arns["right"])["status"]
        seen.extend([status] if status != seen[-1] else [])
        return status in ENDS

    account.until(look, minutes=180)
    ended = {name: personalize.end(arn) for name, arn in arns.items()}
    no_rights = told or f"failure reason: {ended['no-rights'].get('failureReason')}"
    found["a role that may not read the data: refused, or failed later"] = no_rights
    return ended | {"seen": seen[1:], "in use": in_use, "no rights": no_rights}


def test_a_job_goes_through_its_statuses_in_order(jobs: dict[str, Any]) -> None:
    assert jobs["seen"] == [status for status in ORDER if status in jobs["seen"]]
    assert jobs["right"]["status"] == "ACTIVE", jobs["right"].get("failureReason")


def test_a_job_is_described_as_it_was_asked_for(jobs: dict[str, Any], personalize: Personalize, location: str) -> None:
    job = jobs["right"]
    assert job["dataSource"] == {"dataLocation": location}
    assert (job["datasetArn"], job["roleArn"]) == (personalize.dataset("Interactions"), personalize.role)
    assert job["importMode"] == "FULL"
    assert job["datasetImportJobArn"].endswith(f":dataset-import-job/{job['jobName']}")
    assert job["creationDateTime"] <= job["lastUpdatedDateTime"]


def test_a_job_is_listed_by_its_dataset(jobs: dict[str, Any], personalize: Personalize) -> None:
    job = jobs["right"]
    pages = personalize.client.get_paginator("list_dataset_import_jobs").paginate(
        datasetArn=job["datasetArn"], PaginationConfig={"PageSize": 1}
    )
    listed = {each["datasetImportJobArn"]: each for page in pages for each in page["datasetImportJobs"]}
    summary = listed[job["datasetImportJobArn"]]
    assert (summary["jobName"], summary["status"], summary["importMode"]) == (job["jobName"], "ACTIVE", "FULL")
    assert "dataSource" not in summary


@pytest.mark.usefixtures("jobs")
def test_a_name_is_taken_for_good(personalize: Personalize, location: str) -> None:
    with pytest.raises(ClientError) as refused:
        personalize.start("right", location)
    assert refused.value.response["Error"]["Code"] == "ResourceAlreadyExistsException"


def test_a_column_that_is_missing_is_named(jobs: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html"""
    assert jobs["column"]["status"] == "CREATE FAILED"
    assert "Input CSV is missing the following columns:[TIMESTAMP]" in jobs["column"]["failureReason"]


def test_a_role_without_rights_is_told(jobs: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/personalize/latest/dg/error-messages.html"""
    assert "Insufficient privileges for accessing data in Amazon S3." in jobs["no rights"]


def test_a_dataset_is_not_deleted_under_a_job(jobs: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/personalize/latest/dg/API_DeleteDataset.html"""
    assert jobs["in use"] == "ResourceInUseException"


def test_five_jobs_at_once_and_what_no_document_settles(
    personalize: Personalize, account: Account, found: dict[str, str]
) -> None:
    """Each point's job ends, or is refused with a declared error; a sixth open job is refused as documented."""
    waiting, running, refused = list(POINTS), dict[str, str](), list[dict[str, str]]()
    while waiting or running:
        while waiting:
            try:
                running[waiting[0]] = started(personalize, waiting[0])
            except ClientError as error:
                refused.append(error.response["Error"])
                if refused[-1]["Code"] == "LimitExceededException":
                    break
                found[POINTS[waiting[0]].question] = error_of(error)
            waiting.pop(0)
        assert running or not waiting, "other jobs of this account fill the quota"
        if running:
            account.until(lambda: any(has_ended(personalize, arn) for arn in running.values()), minutes=180)
        for name in [name for name, arn in running.items() if has_ended(personalize, arn)]:
            found[POINTS[name].question] = personalize.job(running.pop(name)).get("failureReason") or "ACTIVE"
    assert {error["Message"] for error in refused if error["Code"] == "LimitExceededException"} == {QUOTA}
    assert {error["Code"] for error in refused} <= DECLARED
    assert {point.question for point in POINTS.values()} <= found.keys()


def has_ended(personalize: Personalize, arn: str) -> bool:
    return personalize.job(arn)["status"] in ENDS


def started(personalize: Personalize, name: str) -> str:
    """Start a point's job; return its ARN."""
    point = POINTS[name]
    for key, body in point.files.items():
        put(personalize, f"{name}/{key}", body)
    location = f"s3://{personalize.bucket}/{name}/{point.key}"
    more = {key: f"{personalize.role}-{value}" if key == "roleArn" else value for key, value in point.more.items()}
    return personalize.start(name, location, point.kind, **more)


def put(personalize: Personalize, key: str, body: bytes) -> str:
    """Store an object; return its location."""
    personalize.account.s3.put_object(Bucket=personalize.bucket, Key=key, Body=body)
    return f"s3://{personalize.bucket}/{key}"


def test_lists_of_an_unknown_dataset_and_their_order(personalize: Personalize, found: dict[str, str]) -> None:
    dataset = personalize.dataset("Interactions")
    try:
        listed = personalize.client.list_dataset_import_jobs(datasetArn=f"{dataset}-unknown")["datasetImportJobs"]
        found["a list for a dataset that isn't there"] = f"{len(listed)} jobs"
    except ClientError as error:
        found["a list for a dataset that isn't there"] = error_of(error)
    jobs = personalize.client.list_dataset_import_jobs(datasetArn=dataset)["datasetImportJobs"]
    times = [job["creationDateTime"] for job in jobs]
    orders = {"newest first": sorted(times, reverse=True), "oldest first": sorted(times)}
    found["the order of a list"] = next((name for name, order in orders.items() if order == times), "none")
    assert jobs
