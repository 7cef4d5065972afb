"""How jobs are listed, found and started through botocore, and what the service's errors mean."""

import datetime
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError
from botocore.stub import Stubber

from cdk_personalize_import_handler.custom_resource.request import read_request
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest, read_import
from cdk_personalize_import_handler.dataset_import.jobs import PAGE_SIZE, AlreadyStartedError, DatasetImportJobs
from cdk_personalize_import_handler.dataset_import.service_errors import NotPermittedError, RefusedError, TryAgainError

DATASET_ARN = "arn:aws:personalize:us-east-1:111122223333:dataset/shop/INTERACTIONS"
JOB_ARN_PREFIX = "arn:aws:personalize:us-east-1:111122223333:dataset-import-job/"
ROLE_ARN = "arn:aws:iam::111122223333:role/personalize"
NAME = "shop-0123456789-01234567-89abcdef"
CREATED = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def client() -> Any:
    return boto3.client("personalize", region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")


def summary(name: str, status: str = "ACTIVE", age_hours: float = 0) -> dict[str, Any]:
    created = CREATED - datetime.timedelta(hours=age_hours)
    return {
        "datasetImportJobArn": JOB_ARN_PREFIX + name,
        "jobName": name,
        "status": status,
        "creationDateTime": created,
        "lastUpdatedDateTime": created + datetime.timedelta(minutes=40),
        "importMode": "FULL",
    }


@contextmanager
def stubbed() -> Iterator[tuple[DatasetImportJobs, Stubber]]:
    """Yield the jobs over a client that makes just the calls that were announced; botocore checks both directions."""
    personalize = client()
    with Stubber(personalize) as stubber:
        yield DatasetImportJobs(personalize, DATASET_ARN), stubber
        stubber.assert_no_pending_responses()


def expect_pages(stubber: Stubber, jobs: list[dict[str, Any]], pages: int) -> None:
    """Announce ListDatasetImportJobs calls, each with the token that the page before gave."""
    for page in range(pages):
        start = page * PAGE_SIZE
        request: dict[str, Any] = {"datasetArn": DATASET_ARN, "maxResults": PAGE_SIZE}
        if page:
            request["nextToken"] = f"from-{start}"
        response: dict[str, Any] = {"datasetImportJobs": jobs[start : start + PAGE_SIZE]}
        if start + PAGE_SIZE < len(jobs):
            response["nextToken"] = f"from-{start + PAGE_SIZE}"
        stubber.add_response("list_dataset_import_jobs", response, request)


def expect_describe(stubber: Stubber) -> None:
    job = summary(NAME, "CREATE IN_PROGRESS") | {"datasetArn": DATASET_ARN}
    stubber.add_response(
        "describe_dataset_import_job", {"datasetImportJob": job}, {"datasetImportJobArn": JOB_ARN_PREFIX + NAME}
    )


def many_jobs(arrange: Callable[[list[dict[str, Any]]], None]) -> list[dict[str, Any]]:
    jobs = [summary(NAME, "CREATE IN_PROGRESS")]
    jobs += [summary(f"earlier-{index}", age_hours=index + 1) for index in range(10_000)]
    arrange(jobs)
    return jobs


@pytest.mark.parametrize(
    ("arrange", "describes"),
    [
        pytest.param(lambda jobs: None, False, id="new ones first"),
        pytest.param(lambda jobs: jobs.reverse(), True, id="old ones first"),
        pytest.param(lambda jobs: random.Random(1).shuffle(jobs), True, id="in no order"),
    ],
)
def test_among_ten_thousand_jobs_ours_takes_one_page_and_at_most_one_call_more(
    arrange: Callable[[list[dict[str, Any]]], None], describes: bool
) -> None:
    with stubbed() as (jobs, stubber):
        expect_pages(stubber, many_jobs(arrange), pages=1)
        if describes:
            expect_describe(stubber)
        found = jobs.find(NAME, JOB_ARN_PREFIX + NAME)
    assert found.job is not None
    assert found.job.is_running
    assert len(found.listed) == PAGE_SIZE


def test_a_job_that_is_nowhere_is_known_not_to_be_there_after_two_calls() -> None:
    with stubbed() as (jobs, stubber):
        expect_pages(stubber, [summary(f"earlier-{index}") for index in range(10_000)], pages=1)
        stubber.add_client_error("describe_dataset_import_job", "ResourceNotFoundException", http_status_code=400)
        assert jobs.find(NAME, JOB_ARN_PREFIX + NAME).job is None


def test_where_the_job_can_not_be_described_every_page_is_read_until_it_is_found() -> None:
    earlier = [summary(f"earlier-{index}") for index in range(950)]
    with stubbed() as (jobs, stubber):
        listed = [*earlier[:250], summary(NAME), *earlier[250:]]
        expect_pages(stubber, listed, pages=1)
        stubber.add_client_error("describe_dataset_import_job", "AccessDeniedException", http_status_code=400)
        for page in (1, 2):
            request = {"datasetArn": DATASET_ARN, "maxResults": PAGE_SIZE, "nextToken": f"from-{page * PAGE_SIZE}"}
            response = {
                "datasetImportJobs": listed[page * PAGE_SIZE : (page + 1) * PAGE_SIZE],
                "nextToken": f"from-{(page + 1) * PAGE_SIZE}",
            }
            stubber.add_response("list_dataset_import_jobs", response, request)
        found = jobs.find(NAME, JOB_ARN_PREFIX + NAME)
    assert found.job is not None
    assert found.job.is_active


def test_all_jobs_are_all_pages() -> None:
    listed = [summary(f"earlier-{index}") for index in range(2 * PAGE_SIZE + 1)]
    with stubbed() as (jobs, stubber):
        expect_pages(stubber, listed, pages=3)
        assert [job.name for job in jobs.all()] == [job["jobName"] for job in listed]


def test_a_summary_tells_times_mode_and_reason() -> None:
    failed = summary(NAME, "CREATE FAILED") | {"failureReason": "no such column", "importMode": "INCREMENTAL"}
    with stubbed() as (jobs, stubber):
        expect_pages(stubber, [failed], pages=1)
        (job,) = jobs.all()
    assert job.is_failed
    assert not job.is_running
    assert (job.failure_reason, job.import_mode) == ("no such column", "INCREMENTAL")
    assert job.updated - job.created == 40 * 60


def import_request(**properties: Any) -> ImportRequest:
    return read_import(
        read_request(
            {
                "RequestType": "Create",
                "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1",
                "RequestId": "request",
                "LogicalResourceId": "Interactions",
                "ResourceProperties": {
                    "DatasetArn": DATASET_ARN,
                    "DataLocation": "s3://shop/interactions/",
                    "RoleArn": ROLE_ARN,
                    **properties,
                },
            },
            now=0.0,
        )
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({}, {"importMode": "FULL", "publishAttributionMetricsToS3": False}),
        (
            {
                "ImportMode": "INCREMENTAL",
                "PublishAttributionMetricsToS3": "true",
                "Tags": [{"tagKey": "team", "tagValue": "recs"}],
            },
            {
                "importMode": "INCREMENTAL",
                "publishAttributionMetricsToS3": True,
                "tags": [{"tagKey": "team", "tagValue": "recs"}],
            },
        ),
    ],
)
def test_a_job_is_started_with_what_the_request_says(properties: dict[str, Any], expected: dict[str, Any]) -> None:
    request = import_request(**properties)
    with stubbed() as (jobs, stubber):
        stubber.add_response(
            "create_dataset_import_job",
            {"datasetImportJobArn": request.job_arn},
            {
                "jobName": str(request.job_name),
                "datasetArn": DATASET_ARN,
                "dataSource": {"dataLocation": "s3://shop/interactions/"},
                "roleArn": ROLE_ARN,
                **expected,
            },
        )
        jobs.start(request)


ROLE_TEXT = "Cannot assume the role arn:aws:iam::111122223333:role/personalize"
FORM_TEXT = "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy constraint: pattern"
COLUMNS_TEXT = "Input csv is missing the following columns: [ROLE, PERMISSION]"
ERRORS = [
    ("ThrottlingException", "Rate exceeded", 400, TryAgainError),
    ("TooManyRequestsException", "", 429, TryAgainError),
    ("LimitExceededException", "You have 5 dataset import jobs in progress", 400, TryAgainError),
    ("ResourceInUseException", "the dataset is being updated", 400, TryAgainError),
    ("InvalidNextTokenException", "", 400, TryAgainError),
    ("InternalFailure", "", 500, TryAgainError),
    ("AnythingElse", "", 503, TryAgainError),
    ("AnythingElse", "slow down", 429, TryAgainError),
    ("ExpiredTokenException", "", 400, TryAgainError),
    ("AccessDeniedException", "not authorized to perform: personalize:ListDatasetImportJobs", 400, NotPermittedError),
    ("UnrecognizedClientException", "", 400, NotPermittedError),
    ("InvalidInputException", ROLE_TEXT, 400, NotPermittedError),
    ("InvalidInputException", "Insufficient privileges for accessing data in Amazon S3", 400, NotPermittedError),
    ("InvalidInputException", FORM_TEXT, 400, RefusedError),
    ("InvalidInputException", COLUMNS_TEXT, 400, RefusedError),
    ("InvalidInputException", "No objects found at s3://shop/role/permission/", 400, RefusedError),
    ("InvalidInputException", "Invalid data location", 400, RefusedError),
    ("ResourceNotFoundException", "no such dataset", 400, RefusedError),
    ("TooManyTagsException", "", 400, RefusedError),
    ("AnythingElse", "", 400, RefusedError),
]


@pytest.mark.parametrize(("code", "message", "status", "meaning"), ERRORS)
@pytest.mark.parametrize("operation", ["list_dataset_import_jobs", "create_dataset_import_job"])
def test_what_an_error_of_the_service_means(
    operation: str, code: str, message: str, status: int, meaning: type[Exception]
) -> None:
    with stubbed() as (jobs, stubber):
        stubber.add_client_error(operation, code, message, http_status_code=status)
        with pytest.raises(meaning) as error:
            jobs.all() if operation == "list_dataset_import_jobs" else jobs.start(import_request())
    assert message in str(error.value)
    assert code in str(error.value)


def test_a_job_of_the_name_that_exists_already_is_told_apart() -> None:
    with stubbed() as (jobs, stubber):
        stubber.add_client_error("create_dataset_import_job", "ResourceAlreadyExistsException", http_status_code=400)
        with pytest.raises(AlreadyStartedError):
            jobs.start(import_request())


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="https://x"), ConnectTimeoutError(endpoint_url="https://x")]
)
def test_a_connection_that_fails_is_tried_again(error: Exception) -> None:
    def fail(**_: Any) -> None:
        raise error

    personalize = client()
    personalize.meta.events.register("before-send", fail)
    jobs = DatasetImportJobs(personalize, DATASET_ARN)
    with pytest.raises(TryAgainError, match=type(error).__name__):
        jobs.find(NAME, JOB_ARN_PREFIX + NAME)
    with pytest.raises(TryAgainError, match=type(error).__name__):
        jobs.start(import_request())


@pytest.mark.parametrize("tags", [[{"tagKey": 1}], ["team"], [{"Key": "team", "Value": "recs"}]])
def test_tags_that_are_none_are_refused_with_a_sentence(tags: list[Any]) -> None:
    with pytest.raises(RefusedError, match="Tags must be"):
        DatasetImportJobs(client(), DATASET_ARN).start(import_request(Tags=tags))


def test_the_cause_of_an_error_is_kept() -> None:
    with stubbed() as (jobs, stubber):
        stubber.add_client_error("list_dataset_import_jobs", "ThrottlingException", http_status_code=400)
        with pytest.raises(TryAgainError) as error:
            jobs.all()
    assert isinstance(error.value.__cause__, ClientError)
