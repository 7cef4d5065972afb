"""Earlier jobs of a running job's import: those of its resource, else those of its dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personalize_import_cli.watch.expectation import Expectation, expectation
from personalize_import_cli.watch.jobs import Job, list_jobs


class EarlierJobs:
    """Asks once for each job.

    Args:
        personalize: A Personalize client.
    """

    def __init__(self, personalize: Any) -> None:
        self._client = personalize
        self._found: dict[str, Expectation | None] = {}

    def expectation(self, job: Job, jobs: Sequence[Job]) -> Expectation | None:
        """Return what there is to expect of a running job, None where no earlier job tells.

        Args:
            job: The job.
            jobs: All jobs that are known.

        Raises:
            ClientError, BotoCoreError: As the service answers.
        """
        if job.arn not in self._found:
            alike = [other for other in jobs if job.resource is not None and other.resource == job.resource]
            found = expectation(job, alike)
            if found is None:
                # Its summary doesn't tell of which dataset it is.
                described = self._client.describe_dataset_import_job(datasetImportJobArn=job.arn)
                dataset = described["datasetImportJob"]["datasetArn"]
                found = expectation(job, list_jobs(self._client, dataset))
            self._found[job.arn] = found
        return self._found[job.arn]
