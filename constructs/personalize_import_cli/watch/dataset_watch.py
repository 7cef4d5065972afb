"""The import jobs of one dataset, whoever started them."""

from __future__ import annotations

from typing import Any

from personalize_import_cli.aws import AwsError, is_code
from personalize_import_cli.watch.earlier_jobs import EarlierJobs
from personalize_import_cli.watch.job_names import prefix_of
from personalize_import_cli.watch.job_row import job_row
from personalize_import_cli.watch.jobs import list_jobs
from personalize_import_cli.watch.view import View


class DatasetWatch:
    """Watches a dataset: the jobs that run, and where none does the latest one.

    Args:
        personalize: A Personalize client.
        arn: ARN of the dataset.
    """

    def __init__(self, personalize: Any, arn: str) -> None:
        self._personalize = personalize
        self._arn = arn
        self._earlier = EarlierJobs(personalize)
        self._watched: set[str] = set()

    def look(self) -> View:
        """Return the jobs as they are now.

        Raises:
            AwsError: There is no such dataset, or it never had a job.
            ClientError, BotoCoreError: As the service answers.
        """
        try:
            dataset = self._personalize.describe_dataset(datasetArn=self._arn)["dataset"]
        except Exception as error:
            if is_code(error, "ResourceNotFoundException", "InvalidInputException"):
                raise AwsError(f"there is no dataset {self._arn}") from error
            raise
        jobs = list_jobs(self._personalize, self._arn)
        if not jobs:
            raise AwsError(f"dataset {self._arn} has no import job")
        running = [job for job in jobs if job.is_running]
        # A job that ran at an earlier look stays in view when it has ended.
        self._watched.update(job.arn for job in running or (() if self._watched else jobs[:1]))
        rows = [
            job_row(prefix_of(job.name), job, self._earlier.expectation(job, jobs) if job.is_running else None)
            for job in reversed(jobs)
            if job.arn in self._watched
        ]
        return View(f"dataset {self._arn}, {dataset['status']}", tuple(rows), is_ended=not running)
