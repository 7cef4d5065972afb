"""Personalize's dataset import jobs: how they are listed, found and started, and what its errors mean.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
https://docs.aws.amazon.com/personalize/latest/dg/API_ListDatasetImportJobs.html
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.job_name import JobName

PAGE_SIZE = 100


class TryAgainError(Exception):
    """The call failed in a way that passes by itself: throttling, a full quota, a busy dataset, a broken connection."""


class NotPermittedError(Exception):
    """A role or a permission is missing, or was made so recently that AWS does not see it everywhere yet."""


class RefusedError(Exception):
    """The service refused the call, and will refuse it again."""


class AlreadyStartedError(Exception):
    """A job of this name exists."""


@dataclass(frozen=True)
class Job:
    """A dataset import job as Personalize summarises it; times in epoch seconds, 0 where it tells none."""

    arn: str
    name: str
    status: str
    created: float = 0.0
    updated: float = 0.0
    failure_reason: str = ""
    import_mode: str = "FULL"

    @property
    def is_active(self) -> bool:
        """Whether the data is in the dataset."""
        return self.status == "ACTIVE"

    @property
    def is_failed(self) -> bool:
        """Whether the job ended without importing the data."""
        return self.status == "CREATE FAILED"

    @property
    def is_running(self) -> bool:
        """Whether the job is pending or in progress."""
        return not self.is_active and not self.is_failed

    @property
    def parts(self) -> JobName | None:
        """The parts of the name, None for a job that this software didn't start."""
        return JobName.parse(self.name)


@dataclass(frozen=True)
class Found:
    """The result of a search: the job, if there is one, and all jobs that were listed on the way."""

    job: Job | None
    listed: tuple[Job, ...] = ()


class DatasetImportJobs:
    """The dataset import jobs of one dataset."""

    def __init__(self, client: Any, dataset_arn: str) -> None:
        self._client = client
        self._dataset_arn = dataset_arn

    def all(self) -> tuple[Job, ...]:
        """Return every job of the dataset, in no particular order.

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        return tuple(job for jobs, _ in self._pages() for job in jobs)

    def find(self, name: str, arn: str) -> Found:
        """Look for a job by its name.

        The service lists jobs in an order that it doesn't document. New ones come first in practice, so the first page
        nearly always has the job; where it doesn't, one DescribeDatasetImportJob call spares the other pages.

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        listed: list[Job] = []
        for jobs, is_last in self._pages():
            is_first = not listed
            listed += jobs
            for job in jobs:
                if job.name == name:
                    return Found(job, tuple(listed))
            if is_first and not is_last:
                try:
                    return Found(self.describe(arn), tuple(listed))
                except (TryAgainError, NotPermittedError, RefusedError):
                    continue
        return Found(None, tuple(listed))

    def describe(self, arn: str) -> Job | None:
        """Return a job by its ARN, None if there is none.

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        try:
            return _job(self._client.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise _meaning(error) from error

    def start(self, request: ImportRequest) -> None:
        """Start the job that the request asks for.

        Raises:
            AlreadyStartedError: The job exists.
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        parameters: dict[str, Any] = {
            "jobName": str(request.job_name),
            "datasetArn": request.dataset_arn,
            "dataSource": {"dataLocation": request.data_location},
            "roleArn": request.role_arn,
            "importMode": request.import_mode,
            "publishAttributionMetricsToS3": request.spec.publish_attribution_metrics_to_s3,
        }
        if request.tags:
            parameters["tags"] = list(request.tags)
        try:
            self._client.create_dataset_import_job(**parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceAlreadyExistsException":
                raise AlreadyStartedError from None
            raise _meaning(error) from error
        except BotoCoreError as error:
            raise _meaning(error) from error

    def _pages(self) -> Iterator[tuple[list[Job], bool]]:
        paginator = self._client.get_paginator("list_dataset_import_jobs")
        try:
            for page in paginator.paginate(datasetArn=self._dataset_arn, PaginationConfig={"PageSize": PAGE_SIZE}):
                yield [_job(summary) for summary in page.get("datasetImportJobs", [])], not page.get("nextToken")
        except (ClientError, BotoCoreError) as error:
            raise _meaning(error) from error


def _job(summary: Mapping[str, Any]) -> Job:
    def seconds(moment: datetime.datetime | None) -> float:
        return moment.timestamp() if moment else 0.0

    return Job(
        arn=summary.get("datasetImportJobArn", ""),
        name=summary.get("jobName", ""),
        status=summary.get("status", ""),
        created=seconds(summary.get("creationDateTime")),
        updated=seconds(summary.get("lastUpdatedDateTime")),
        failure_reason=summary.get("failureReason", ""),
        import_mode=summary.get("importMode", "FULL"),
    )


_PASSING_CODES = frozenset(
    {
        "ExpiredTokenException",
        "InternalFailure",
        "InvalidNextTokenException",
        "LimitExceededException",
        "RequestExpired",
        "RequestLimitExceeded",
        "ResourceInUseException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_PERMISSION_CODES = frozenset({"AccessDenied", "AccessDeniedException", "UnrecognizedClientException"})
# The service documents no texts for a role that it can't assume or that can't read the data; these words are in all of
# the ones that its sister services use. A text about the form of the ARN is no such case.
_PERMISSION_WORDS = re.compile(r"\brole\b|assume|privilege|permission|access denied|not authorized", re.IGNORECASE)
_FORM_WORDS = re.compile(r"failed to satisfy constraint|validation error", re.IGNORECASE)
# Places and lists of columns, which users name, and may name like that.
_NAMES = re.compile(r"\b(?:s3://|arn:)\S+|\[[^\]]*\]")


def _meaning(error: ClientError | BotoCoreError) -> Exception:
    """Return what an error means for a request.

    botocore's own text of an error changes with its retries, so only the service's code and message are read.
    """
    if isinstance(error, ParamValidationError):
        # Only tags can be of a wrong type here, and botocore's text quotes them.
        return RefusedError("Tags must be a list of objects, each with a tagKey and a tagValue")
    if not isinstance(error, ClientError):
        return TryAgainError(f"Personalize could not be reached ({type(error).__name__})")
    code = error.response["Error"].get("Code", "")
    message = error.response["Error"].get("Message", "")
    text = f"{message} ({error.operation_name}: {code})"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _PASSING_CODES or status >= 500 or status == 429:
        return TryAgainError(text)
    words = _NAMES.sub("", message)
    about_permission = _PERMISSION_WORDS.search(words) and not _FORM_WORDS.search(words)
    if code in _PERMISSION_CODES or (code == "InvalidInputException" and about_permission):
        return NotPermittedError(text)
    return RefusedError(text)
