"""The row of an import that has a job."""

from __future__ import annotations

from personalize_import_cli.watch.expectation import Expectation
from personalize_import_cli.watch.jobs import Job
from personalize_import_cli.watch.view import Row


def job_row(name: str, job: Job, expected: Expectation | None) -> Row:
    """Return the row of a job.

    Args:
        name: Whose job it is.
        job: The job.
        expected: What earlier jobs tell.
    """
    return Row(
        name=name,
        job=job.name,
        status=job.status,
        since=job.created,
        ended=None if job.is_running else job.updated,
        is_active=job.is_active,
        is_failed=job.is_failed,
        expected=expected,
        expected_end=expected.end_of(job) if expected else None,
        note=job.failure_reason,
    )
