"""Dataset import jobs as Personalize tells of them.

https://docs.aws.amazon.com/personalize/latest/dg/API_ListDatasetImportJobs.html
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from personalize_import_cli.watch.job_names import resource_of

# https://docs.aws.amazon.com/personalize/latest/dg/limits.html: pending or in progress, per account and region.
QUOTA = 5
_PAGE = 100


@dataclass(frozen=True)
class Job:
    """A dataset import job.

    Attributes:
        arn: Its ARN.
        name: Its name.
        status: Its status, in Personalize's words.
        created: When it was created.
        updated: When its status last changed.
        failure_reason: Why it failed; empty otherwise.
        import_mode: FULL or INCREMENTAL.
    """

    arn: str
    name: str
    status: str
    created: datetime.datetime
    updated: datetime.datetime
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
    def resource(self) -> str | None:
        """The hash of the resource that it imports for, None for a job that a construct didn't start."""
        return resource_of(self.name)

    @property
    def duration(self) -> datetime.timedelta:
        """How long a job that has ended took."""
        return self.updated - self.created


def list_jobs(personalize: Any, dataset_arn: str | None = None) -> tuple[Job, ...]:
    """Return the jobs of a dataset, or of the whole account, newest first.

    Args:
        personalize: A Personalize client.
        dataset_arn: The dataset; None for all.

    Raises:
        ClientError, BotoCoreError: As the service answers.
    """
    arguments = {"datasetArn": dataset_arn} if dataset_arn else {}
    pages = personalize.get_paginator("list_dataset_import_jobs").paginate(
        **arguments, PaginationConfig={"PageSize": _PAGE}
    )
    jobs = [_job(summary) for page in pages for summary in page.get("datasetImportJobs", [])]
    return tuple(sorted(jobs, key=lambda job: job.created, reverse=True))


def _job(summary: dict[str, Any]) -> Job:
    created = summary["creationDateTime"]
    return Job(
        arn=summary["datasetImportJobArn"],
        name=summary.get("jobName", ""),
        status=summary.get("status", ""),
        created=created,
        updated=summary.get("lastUpdatedDateTime", created),
        failure_reason=summary.get("failureReason", ""),
        import_mode=summary.get("importMode", "FULL"),
    )
