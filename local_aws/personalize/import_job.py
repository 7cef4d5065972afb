"""What an import job does: reads the files of its data source, checks them, keeps the records.

The rules are those of `personalize_csv`, which the handler's preflight and synth use too. A job fails for what they
call an error; what they only warn of, the documentation doesn't forbid.

Two entries in an object's metadata are for demonstrations and tests of long or failing imports:
``local-aws-import-seconds`` says how many AWS seconds a job that reads the object takes, and
``local-aws-failure-reason`` makes it fail for that reason.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from moto.s3.models import FakeKey

from local_aws.personalize.avro import check_schema
from local_aws.personalize.data_source import JobFailed, source_objects
from local_aws.personalize.resource import Record, Resource
from personalize_csv import DataFile, FileReport, SourceFiles, check_file, check_import, records
from personalize_csv import Schema as CsvSchema

_SECONDS_METADATA = "x-amz-meta-local-aws-import-seconds"
_FAILURE_METADATA = "x-amz-meta-local-aws-failure-reason"
_ID_COLUMNS = {"USERS": "USER_ID", "ITEMS": "ITEM_ID", "ACTIONS": "ACTION_ID"}


@dataclass
class Result:
    """How a job ends.

    Attributes:
        failure_reason: Empty if it succeeds.
        records: The records by their identity: the id of users, items and actions, all values of interactions.
        count: How many records the files hold.
        seconds: AWS seconds that the job takes, if an object says so.
    """

    failure_reason: str = ""
    records: dict[tuple[str, ...], Record] = field(default_factory=dict)
    count: int = 0
    seconds: float | None = None


def import_data(job: Resource, dataset: Resource, schema: Resource) -> Result:
    """Read and check a job's data.

    Args:
        job: The job.
        dataset: The dataset that the data is for; not changed.
        schema: The dataset's schema.

    Returns:
        How the job ends.
    """
    result = Result()
    csv_schema = check_schema(schema.request["schema"], schema.request.get("domain"))
    try:
        files, doubtful = source_objects(job)
        for item in (*files, *doubtful):
            if seconds := item.metadata.get(_SECONDS_METADATA):
                result.seconds = max(float(seconds), result.seconds or 0.0)
        for item in (*files, *doubtful):
            if reason := item.metadata.get(_FAILURE_METADATA):
                raise JobFailed(reason)
        # Objects that may not be read at all are left out if they are wrong, unless there is nothing else.
        right = [item for item in doubtful if not _is_wrong(item, csv_schema)]
        read = [*files, *right] or doubtful
        reports = _check_import(job, read, right, csv_schema)
        for item, report in zip(read, reports, strict=True):
            _keep(bytes(item.value), report, dataset, csv_schema, result)
    except JobFailed as failed:
        kind = csv_schema.dataset_type
        result.failure_reason = f"Failed to create a data import job for {kind} dataset. {failed}"
    return result


def _name(item: FakeKey) -> str:
    return f"s3://{item.bucket_name}/{item.name}"


def _is_wrong(item: FakeKey, schema: CsvSchema) -> bool:
    return bool(check_file(_name(item), bytes(item.value), schema, whole=True).errors)


def _check_import(
    job: Resource, read: list[FakeKey], doubtful: list[FakeKey], schema: CsvSchema
) -> tuple[FileReport, ...]:
    """Fail the job for its first error."""
    location = job.request["dataSource"]["dataLocation"]
    report = check_import(
        SourceFiles(location, tuple((item.name, item.size) for item in read)),
        [DataFile(_name(item), bytes(item.value), certain=item not in doubtful) for item in read],
        schema=schema,
        import_mode=job.request["importMode"],
    )
    for finding in report.errors:
        raise JobFailed(finding.service_text or f"{finding.message}.")
    return report.files


def _keep(content: bytes, report: FileReport, dataset: Resource, schema: CsvSchema, result: Result) -> None:
    names = {field.reserved_name: field.name for field in schema.fields}
    columns = [names.get(name.upper(), name) for name in report.header or ()]
    identity = names.get(_ID_COLUMNS.get(dataset.request["datasetType"], ""))
    for record in _records(content, columns):
        result.records[(record[identity],) if identity else tuple(record.values())] = record
    result.count += report.records


def _records(content: bytes, columns: list[str]) -> Iterator[Record]:
    """The records of a file. As in the rules, its first line's end is what ends its lines."""
    text = content.decode("utf-8-sig")
    end = re.search("\r\n|\r|\n", text)
    lines = [line for line in text.split("\r" if end and end[0] == "\r" else "\n") if line.strip(" \t\r")]
    reader = records.RecordReader()
    for line in lines[1:]:
        if (values := reader.read(line.removesuffix("\r"))) is not None:
            yield dict(zip(columns, values, strict=False))
