"""Counts the calls of one poll beside how many earlier jobs the dataset has, and in which order they are listed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.report import Section, Table, Target
from benchmarks.virtual_services import DATASET_ARN, JOB_ARN_PREFIX, ImportJob
from cdk_personalize_import_handler.dataset_import.jobs import DatasetImportJobs

EARLIER = (10, 1_000, 10_000)
NEW_FIRST, OLD_FIRST, SHUFFLED = "new ones first", "old ones first", "in no order"
_NOW = 1_800_000_000.0
_NAME = "shop-0123456789-01234567-89abcdef"


class ListedJobs:
    """Personalize with a list of jobs, and a count of the calls."""

    def __init__(self, jobs: Sequence[ImportJob]) -> None:
        self.calls: Counter[str] = Counter()
        self._jobs = jobs

    def get_paginator(self, operation: str) -> ListedJobs:
        """Return a paginator for ListDatasetImportJobs."""
        assert operation == "list_dataset_import_jobs"
        return self

    def paginate(self, *, datasetArn: str, PaginationConfig: dict[str, int]) -> Iterator[dict[str, Any]]:  # noqa: N803
        """Return the pages, each a call."""
        assert datasetArn == DATASET_ARN
        size = PaginationConfig["PageSize"]
        for start in range(0, max(len(self._jobs), 1), size):
            self.calls["List"] += 1
            page = {"datasetImportJobs": [job.summary(_NOW) for job in self._jobs[start : start + size]]}
            yield page | ({"nextToken": str(start + size)} if start + size < len(self._jobs) else {})

    def describe_dataset_import_job(self, *, datasetImportJobArn: str) -> dict[str, Any]:  # noqa: N803
        """Return one job."""
        self.calls["Describe"] += 1
        job = next(job for job in self._jobs if JOB_ARN_PREFIX + job.name == datasetImportJobArn)
        return {"datasetImportJob": job.summary(_NOW)}


def calls(earlier: int, order: str) -> Counter[str]:
    """Return the calls of one look at a running job."""
    jobs = [ImportJob(_NAME, _NOW - 600, 2400)]
    jobs += [ImportJob(f"earlier-{index}", _NOW - (index + 1) * 3600, 2400) for index in range(earlier)]
    arrange: dict[str, Callable[[], None]] = {
        NEW_FIRST: lambda: None,
        OLD_FIRST: jobs.reverse,
        SHUFFLED: lambda: random.Random(1).shuffle(jobs),
    }
    arrange[order]()
    personalize = ListedJobs(jobs)
    found = DatasetImportJobs(personalize, DATASET_ARN).find(_NAME, JOB_ARN_PREFIX + _NAME)
    assert found.job is not None
    assert found.job.is_running
    return personalize.calls


def measure() -> Section:
    """Count the calls of one look."""
    rows = []
    for order in (NEW_FIRST, OLD_FIRST, SHUFFLED):
        counted = [calls(earlier, order) for earlier in EARLIER]
        rows.append([f"this project, {order}", *(" + ".join(f"{n} {name}" for name, n in c.items()) for c in counted)])
    rows.append(["Provider and plain crhelper, as written here", *["1 Describe"] * len(EARLIER)])
    listed = calls(EARLIER[-1], NEW_FIRST)["List"]
    return Section(
        "Calls per look",
        [Table("Calls of one look at a running job", ("", *(f"{n:,} earlier jobs" for n in EARLIER)), rows)],
        [Target("List calls per poll with 10,000 earlier jobs, newest first", "1", str(listed), listed == 1)],
    )
