"""Personalize's dataset import jobs: how they are listed, found and started.

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html
https://docs.aws.amazon.com/personalize/latest/dg/API_ListDatasetImportJobs.html
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest
from cdk_personalize_import_handler.dataset_import.job_name import JobName
from cdk_personalize_import_handler.dataset_import.service_errors import (
    NotPermittedError,
    RefusedError,
    TryAgainError,
    meaning,
)

PAGE_SIZE = 100


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


@dataclass(frozen=True, eq=False, repr=False)
class Found:
    """The result of a search: the job, if there is one, and all jobs that were listed on the way."""

    job: Job | None
    listed: tuple[Job, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Source:
    """Where the data of a job is, and how it was imported."""

    dataset_arn: str
    data_location: str
    role_arn: str
    import_mode: str


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

    def dataset_created(self) -> float:
        """Return when the dataset was created, in epoch seconds, 0 where there is none.

        CloudFormation replaces a dataset under the same ARN. What older jobs imported went with the old one.
        https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeDataset.html

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        try:
            return _seconds(self._client.describe_dataset(datasetArn=self._dataset_arn)["dataset"], "creationDateTime")
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return 0.0
            raise meaning(error) from error
        except BotoCoreError as error:
            raise meaning(error) from error

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
        described = self._described(arn)
        return None if described is None else _job(described)

    def known(self, arn: str, listed: Iterable[Job]) -> Job | None:
        """Return a job by its ARN, from a list, or described where it is not listed: yet, or any more.

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        return next((job for job in listed if job.arn == arn), None) or self.describe(arn)

    def seen(self, arn: str) -> Job | None:
        """Return a job by its ARN, None if there is none, or none can be seen."""
        try:
            return self.describe(arn)
        except (TryAgainError, NotPermittedError, RefusedError):
            return None

    def source_of(self, arn: str) -> Source | None:
        """Return what a job imports, None where the service doesn't know the job.

        Raises:
            TryAgainError, NotPermittedError, RefusedError: As the service answers.
        """
        job = self._described(arn)
        if job is None:
            return None
        location, mode = job["dataSource"]["dataLocation"], job.get("importMode", "FULL")
        return Source(job["datasetArn"], location, job["roleArn"], mode)

    def _described(self, arn: str) -> Any:
        try:
            return self._client.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise meaning(error) from error
        except BotoCoreError as error:
            raise meaning(error) from error

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
            raise meaning(error) from error
        except BotoCoreError as error:
            raise meaning(error) from error

    def _pages(self) -> Iterator[tuple[list[Job], bool]]:
        paginator = self._client.get_paginator("list_dataset_import_jobs")
        try:
            for page in paginator.paginate(datasetArn=self._dataset_arn, PaginationConfig={"PageSize": PAGE_SIZE}):
                yield [_job(summary) for summary in page.get("datasetImportJobs", [])], not page.get("nextToken")
        except (ClientError, BotoCoreError) as error:
            raise meaning(error) from error


def _seconds(summary: Mapping[str, Any], member: str) -> float:
    moment: datetime.datetime | None = summary.get(member)
    return moment.timestamp() if moment else 0.0


def _job(summary: Mapping[str, Any]) -> Job:
    return Job(
        arn=summary.get("datasetImportJobArn", ""),
        name=summary.get("jobName", ""),
        status=summary.get("status", ""),
        created=_seconds(summary, "creationDateTime"),
        updated=_seconds(summary, "lastUpdatedDateTime"),
        failure_reason=summary.get("failureReason", ""),
        import_mode=summary.get("importMode", "FULL"),
    )
