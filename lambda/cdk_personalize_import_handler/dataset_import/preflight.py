"""Looks for what would make an import fail, before its job is started.

It reads the dataset, its schema and the first kilobytes of the files, within `BUDGET` seconds, and applies the rules of
`personalize_csv`. What it can't see, or not in time, is left for Personalize to decide.

https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeDataset.html
https://docs.aws.amazon.com/personalize/latest/dg/API_DescribeSchema.html
https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetImportJob.html (import mode)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from botocore.exceptions import ClientError

from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.dataset_import.explanation import bearing
from cdk_personalize_import_handler.dataset_import.source_files import (
    Listing,
    list_objects,
    parse_location,
    read_start,
    sample,
)

if TYPE_CHECKING:
    import datetime
    from concurrent.futures import Future, ThreadPoolExecutor

    from personalize_csv import DataFile, Schema

BUDGET = 5.0
"""Seconds after which nothing more is waited for."""
MAX_FILES = 20
MAX_CHECKED_RECORDS = 500
MAX_ERRORS = 10

_THREADS = 8

_Result = TypeVar("_Result")


class Request(Protocol):
    """What of a request is looked at."""

    @property
    def dataset_arn(self) -> str: ...  # noqa: D102
    @property
    def data_location(self) -> str: ...  # noqa: D102
    @property
    def import_mode(self) -> str: ...  # noqa: D102


@dataclass
class Verdict:
    """What the preflight found.

    Attributes:
        errors: What is certain to make the import fail, a sentence each, at most `MAX_ERRORS`.
        warnings: What may, and what could not be looked at.
        bearing: Of the warnings, what would explain a failure, by the kind of failure.
    """

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    bearing: dict[str, str] = field(default_factory=dict)


def check(request: Request, personalize: Any, s3: Any, clock: Clock) -> Verdict:
    """Look for what is certain to make an import fail.

    Never raises, and waits `BUDGET` seconds at most: what can't be looked at is a warning.

    Args:
        request: Names the dataset, the data location and the import mode.
        personalize: A Personalize client.
        s3: An S3 client.
        clock: Measures the budget, by its `perf_counter` where it has one.
    """
    # Only a request that starts a job needs threads and rules: a poll shall not pay for importing them.
    from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(_THREADS, "preflight")
    look = _Look(request, personalize, s3, clock, executor)
    try:
        look.run()
    except Exception as error:  # what is wrong with the check must not stop an import
        look.warnings.append(f"the preflight stopped ({_told(error)})")
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    return look.verdict


@dataclass(frozen=True)
class _Dataset:
    """What is known of the dataset; nothing where it can't be looked at."""

    schema: Schema | None = None
    dataset_type: str = ""
    created: datetime.datetime | None = None
    warnings: tuple[str, ...] = ()

    def may_hold_data_of(self, job: Mapping[str, Any]) -> bool:
        """Whether the dataset, which CloudFormation may have replaced, can hold what a job imported."""
        is_older = self.created is not None and job.get("creationDateTime", self.created) < self.created
        return job.get("status") != "CREATE FAILED" and not is_older


class _Look:
    def __init__(self, request: Request, personalize: Any, s3: Any, clock: Clock, executor: ThreadPoolExecutor) -> None:
        self.warnings: list[str] = []
        self._errors: list[str] = []
        self._bearing: dict[str, str] = {}
        self._request = request
        self._personalize = personalize
        self._s3 = s3
        self._executor = executor
        # A clock that is set meanwhile must not use the budget up.
        self._now: Callable[[], float] = getattr(clock, "perf_counter", clock.time)
        self._start = self._now()

    def run(self) -> None:
        described = self._executor.submit(self._describe)
        earlier = self._executor.submit(self._earlier_jobs)
        place = parse_location(self._request.data_location)
        listed = self._executor.submit(self._list, *place) if place else None
        dataset = self._result(described, f"the dataset {self._request.dataset_arn} and its schema") or _Dataset()
        self.warnings += dataset.warnings
        listing = self._result(listed, f"the objects of {self._request.data_location}") if listed else None
        if listed is None:
            self._warn(f"{self._request.data_location} is no s3:// location and is not looked at")
        if listing is not None:
            self._check_listing(listing, dataset)
        jobs = self._result(earlier, f"the earlier imports of {self._request.dataset_arn}")
        if jobs is not None and not any(dataset.may_hold_data_of(job) for job in jobs):
            self._errors.append(
                f"{self._request.dataset_arn} has no earlier import for import mode INCREMENTAL to add to; expected "
                "import mode FULL for the first import of a dataset"
            )

    def _describe(self) -> _Dataset:
        from personalize_csv import Schema, SchemaError

        dataset = self._personalize.describe_dataset(datasetArn=self._request.dataset_arn)["dataset"]
        kind, status = dataset.get("datasetType", ""), dataset.get("status", "")
        created = dataset.get("creationDateTime")
        warnings = [] if status == "ACTIVE" else [f"the dataset {self._request.dataset_arn} is {status}"]
        update = dataset.get("latestDatasetUpdate", {})
        if update.get("schemaArn", dataset["schemaArn"]) != dataset["schemaArn"] and update.get("status") != "ACTIVE":
            warnings.append(
                f"the schema of {self._request.dataset_arn} is being replaced: data is not compared with it"
            )
            return _Dataset(None, kind, created, tuple(warnings))
        schema = self._personalize.describe_schema(schemaArn=dataset["schemaArn"])["schema"]
        try:
            parsed = Schema.parse(schema["schema"], kind, schema.get("domain"), schema.get("name", ""))
        except SchemaError as error:
            warnings.append(f"the data is not compared with the schema {dataset['schemaArn']}: {error}")
            return _Dataset(None, "", created, tuple(warnings))
        return _Dataset(parsed, kind, created, tuple(warnings))

    def _earlier_jobs(self) -> list[dict[str, Any]] | None:
        """The dataset's jobs where INCREMENTAL is asked for, None where they are more than a page or don't matter."""
        if self._request.import_mode != "INCREMENTAL":
            return None
        page = self._personalize.list_dataset_import_jobs(datasetArn=self._request.dataset_arn, maxResults=100)
        return None if page.get("nextToken") else page.get("datasetImportJobs", [])

    def _list(self, bucket: str, key: str) -> Listing:
        until = self._start + BUDGET / 2
        try:
            return list_objects(self._s3, bucket, key, may_go_on=lambda: self._now() < until)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return Listing(bucket, key, objects=(), complete=True)

    def _check_listing(self, listing: Listing, dataset: _Dataset) -> None:
        from personalize_csv import Severity, check_import, source_files

        location = self._request.data_location
        if not listing.complete:
            self._warn(f"{location} has more than {len(listing.objects)} objects, of which the first are looked at")
        source = source_files(location, listing.key, listing.objects, complete=listing.complete)
        files = sample(source.files, MAX_FILES)
        doubtful = sample(source.doubtful, MAX_FILES - len(files))
        report = check_import(
            source,
            itertools.chain(self._starts(listing.bucket, files), self._starts(listing.bucket, doubtful, certain=False)),
            schema=dataset.schema,
            dataset_type=dataset.dataset_type or None,
            import_mode=self._request.import_mode,
            max_checked=MAX_CHECKED_RECORDS,
        )
        # Whoever may read the log or CloudFormation's events need not be allowed to read the data.
        self._errors += report.sentences(Severity.ERROR, redacted=True)
        self.warnings += report.sentences(Severity.WARNING, redacted=True)
        self._bearing = bearing(report.warnings)

    def _starts(self, bucket: str, objects: Sequence[tuple[str, int]], *, certain: bool = True) -> Iterator[DataFile]:
        from personalize_csv import DataFile

        futures = [(key, self._executor.submit(read_start, self._s3, bucket, key, size)) for key, size in objects]
        for key, future in futures:
            name = f"s3://{bucket}/{key}"
            start = self._result(future, name)
            if start is not None:
                yield DataFile(name, start.content, start.whole, certain)

    def _result(self, future: Future[_Result], what: str) -> _Result | None:
        try:
            return future.result(max(0.0, self._start + BUDGET - self._now()))
        except TimeoutError:
            self._warn(f"{what} could not be looked at within {BUDGET:g} seconds")
        except Exception as error:  # no permission, throttled, an answer of another form: nothing was seen
            self._warn(f"{what} could not be looked at ({_told(error)})")
        return None

    def _warn(self, warning: str) -> None:
        self.warnings.append(warning)

    @property
    def verdict(self) -> Verdict:
        """What was found so far."""
        return Verdict(self._errors[:MAX_ERRORS], self.warnings, self._bearing)


def _told(error: Exception) -> str:
    """Return an error as it may be told: in the service's own words, or just its kind, as it may quote the data."""
    return str(error) if isinstance(error, ClientError) else type(error).__name__
