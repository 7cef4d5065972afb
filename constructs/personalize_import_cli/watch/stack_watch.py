"""Puts together what CloudFormation says of a stack's imports and what Personalize says of their jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personalize_import_cli.aws import AwsError
from personalize_import_cli.watch.earlier_jobs import EarlierJobs
from personalize_import_cli.watch.job_row import job_row
from personalize_import_cli.watch.jobs import QUOTA, Job, list_jobs
from personalize_import_cli.watch.stack_failures import Failure, Failures, failures
from personalize_import_cli.watch.stack_imports import StackImport, stack_imports
from personalize_import_cli.watch.stack_resources import StackResources
from personalize_import_cli.watch.view import Row, View


class StackWatch:
    """Watches a stack.

    Args:
        cloudformation: A CloudFormation client.
        personalize: A Personalize client.
        name: Name or ARN of the stack.
    """

    def __init__(self, cloudformation: Any, personalize: Any, name: str) -> None:
        self._cloudformation = cloudformation
        self._personalize = personalize
        self._name = name
        self._resources = StackResources(cloudformation, name)
        self._earlier = EarlierJobs(personalize)

    def look(self) -> View:
        """Return the imports as they are now.

        Raises:
            AwsError: There is no such stack, or no import in it.
            ClientError, BotoCoreError: As the services answer.
        """
        stack = self._resources.look()
        if stack is None:
            raise AwsError(f"there is no stack {self._name}")
        if not stack.resources and not stack.is_in_progress and not stack.is_broken:
            raise AwsError(f"stack {stack.name} is {stack.status} and has no DatasetImportJob")
        failed = failures(self._cloudformation, stack) if stack.is_broken else {}
        imports = [each for each in stack_imports(stack) if each.is_there or each.failure(failed) is not None]
        rows = self._rows(imports, list_jobs(self._personalize), failed)
        # An import that the stack doesn't wait for goes on when the stack is complete.
        is_ended = not stack.is_in_progress and all(row.ended is not None for row in rows)
        return View(f"stack {stack.name}, {stack.status}", rows, is_ended)

    def _rows(self, imports: Sequence[StackImport], jobs: Sequence[Job], failed: Failures) -> tuple[Row, ...]:
        running = [job for job in jobs if job.is_running]
        rows = []
        for each in imports:
            job, failure = each.job(jobs), each.failure(failed)
            if job is not None and (job.is_running or job.is_failed or failure is None):
                expected = self._earlier.expectation(job, jobs) if job.is_running else None
                rows.append(job_row(each.name, job, expected))
            else:
                waits = each.is_starting and failure is None
                rows.append(_row_without_job(each, failure, self._queue(imports, running, jobs) if waits else ""))
        return tuple(rows)

    def _queue(self, imports: Sequence[StackImport], running: Sequence[Job], jobs: Sequence[Job]) -> str:
        """Say what an import waits for that has no job yet."""
        if len(running) < QUOTA:
            return "has no job yet"
        names = {resource.hash: each.name for each in imports for resource in each.resources}
        behind = ", ".join(names.get(job.resource or "", job.name) for job in running)
        expected = [(found, job) for job in running if (found := self._earlier.expectation(job, jobs))]
        first = min((found.end_of(job) for found, job in expected), default=None)
        when = f"; the first is expected to end at {first.astimezone():%H:%M}" if first else ""
        return f"waits for the quota of {QUOTA} running jobs, behind {behind}{when}"


def _row_without_job(each: StackImport, failure: Failure | None, waits_for: str) -> Row:
    resource = each.leading
    goes_on = resource.status.endswith("_IN_PROGRESS") and failure is None
    return Row(
        name=each.name,
        job="",
        status=failure.status if failure else resource.status,
        since=resource.since,
        ended=None if goes_on else resource.since,
        is_failed=not goes_on,
        note=waits_for if goes_on else failure.reason if failure else "Personalize has no job of it",
    )
