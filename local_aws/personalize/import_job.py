"""What an import job does: reads the objects with the service role's permissions, checks them, keeps the records.

The rules for CSV files are those of `personalize_csv`, which the handler's preflight and synth use too. A job fails for
what they call an error; what they only warn of, the documentation doesn't forbid.

Two entries in an object's metadata are for demonstrations and tests of long or failing imports:
``local-aws-import-seconds`` says how many AWS seconds a job that reads the object takes, and
``local-aws-failure-reason`` makes it fail for that reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from local_aws.call_log import call_log, customer_key
from local_aws.iam_action import Need
from local_aws.iam_policy import Decision, Permissions, iam_partition
from local_aws.personalize.avro import check_schema
from local_aws.personalize.exceptions import InvalidInputException
from local_aws.personalize.resources import Dataset, DatasetImportJob, Record, Schema
from personalize_csv import limits, records
from personalize_csv.files import check_file
from personalize_csv.findings import FileReport
from personalize_csv.schema import Schema as CsvSchema

if TYPE_CHECKING:
    from local_aws.server import LocalAws

_SERVICE = "personalize.amazonaws.com"
_NO_ACCESS = "Insufficient privileges for accessing data in Amazon S3."
_SECONDS_METADATA = "x-amz-meta-local-aws-import-seconds"
_FAILURE_METADATA = "x-amz-meta-local-aws-failure-reason"
_ID_COLUMNS = {"USERS": "USER_ID", "ITEMS": "ITEM_ID", "ACTIONS": "ACTION_ID"}


class _JobFailed(Exception):  # noqa: N818
    """The job fails; the message is the part of its failure reason that tells why."""


@dataclass(frozen=True)
class Source:
    """What a job reads.

    Attributes:
        local_aws: The embedded AWS.
        account: The job's account.
        region: The job's region.
        job: The job.
    """

    local_aws: "LocalAws"
    account: str
    region: str
    job: DatasetImportJob


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


def location_of(data_location: str) -> tuple[str, str]:
    """Split a data location into bucket and key.

    Raises:
        InvalidInputException: It isn't an S3 URL with a bucket.
    """
    scheme, _, path = data_location.partition("://")
    bucket, _, key = path.partition("/")
    if scheme != "s3" or not bucket:
        raise InvalidInputException("Invalid Data location.")
    return bucket, key


def import_data(source: Source, dataset: Dataset, schema: Schema) -> Result:
    """Read and check a job's data.

    Args:
        source: What it reads.
        dataset: The dataset that the data is for; not changed.
        schema: The dataset's schema.

    Returns:
        How the job ends.
    """
    result = Result()
    try:
        csv_schema = check_schema(schema.request["schema"], schema.request.get("domain"))
        objects = _readable_objects(source)
        for item in objects:
            if seconds := item.metadata.get(_SECONDS_METADATA):
                result.seconds = max(float(seconds), result.seconds or 0.0)
        for item in objects:
            if reason := item.metadata.get(_FAILURE_METADATA):
                raise _JobFailed(reason)
            _read(item, csv_schema, dataset, result)
        if dataset.type == "INTERACTIONS" and result.count < limits.MIN_INTERACTIONS:
            raise _JobFailed(
                f"The number of interactions is {result.count}, fewer than the minimum of {limits.MIN_INTERACTIONS}."
            )
    except _JobFailed as failed:
        kind = csv_schema.dataset_type
        result.failure_reason = f"Failed to create a data import job for {kind} dataset. {failed}"
    return result


def _readable_objects(source: Source) -> list[FakeKey]:
    """The objects of the data location, or a failed job if the service or its role may not read one of them."""
    request = source.job.request
    name, key = location_of(request["dataSource"]["dataLocation"])
    partition = iam_partition(source.region)
    try:
        bucket = s3_backends[source.account][partition].get_bucket(name)
    except S3ClientError as error:
        raise _JobFailed(_NO_ACCESS) from error
    if bucket.region_name != source.region:
        raise _JobFailed(f"The bucket {name} is not in the region {source.region}.")
    arn = f"arn:{partition}:s3:::{name}"
    _check_access(source, name, Need("s3:ListBucket", arn))
    _check_key(source, bucket)
    objects = list(_objects(bucket, key))
    if not objects:
        raise _JobFailed(f"No objects found in S3 path s3://{name}/{key}.")
    for item in objects:
        _check_access(source, name, Need("s3:GetObject", f"{arn}/{item.name}"))
    return objects


def _objects(bucket: FakeBucket, key: str) -> Iterator[FakeKey]:
    """An object, or every object directly under a folder. Folders are told by their slash alone."""
    folder = key == "" or key.endswith("/")
    for name in sorted(bucket.keys):
        item = bucket.keys[name]
        if not isinstance(item, FakeKey):
            continue  # a delete marker
        rest = name.removeprefix(key)
        if name == key if not folder else name.startswith(key) and rest and "/" not in rest:
            yield item


def _check_access(source: Source, bucket: str, need: Need) -> None:
    """The role's policies and, for the service itself, the bucket's policy must allow it, as the documentation asks.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    role = source.job.request["roleArn"]
    permissions = Permissions(source.account, source.region)
    allowed = (
        permissions.allowed(role, need.action, need.resource)
        and permissions.bucket_allows(bucket, _SERVICE, need.action, need.resource)
        and permissions.bucket_decision(bucket, role, need.action, need.resource) is not Decision.DENIED
    )
    call_log().record(role, "s3", need.action.removeprefix("s3:"), need, allowed)
    if not allowed:
        raise _JobFailed(_NO_ACCESS)


def _check_key(source: Source, bucket: FakeBucket) -> None:
    """A customer's key must let the service and its role decrypt.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
    """
    key = customer_key(bucket)
    if key is None:
        return
    role = source.job.request["roleArn"]
    permissions = Permissions(source.account, source.region)
    allowed = all(permissions.key_decision(key, who, "kms:Decrypt") is Decision.ALLOWED for who in (_SERVICE, role))
    call_log().record(role, "kms", "Decrypt", Need("kms:Decrypt", key), allowed)
    if not allowed:
        raise _JobFailed(_NO_ACCESS)


def _read(item: FakeKey, schema: CsvSchema, dataset: Dataset, result: Result) -> None:
    content = bytes(item.value)
    report = check_file(f"s3://{item.bucket_name}/{item.name}", content, schema, whole=True)
    if report.errors:
        first = report.errors[0]
        raise _JobFailed(first.service_text or first.message + ".")
    identity = _ID_COLUMNS.get(dataset.type)
    for record in _records(content, report):
        result.records[(record[identity],) if identity else tuple(record.values())] = record
    result.count += report.records


def _records(content: bytes, report: FileReport) -> Iterator[Record]:
    reader = records.RecordReader()
    lines = content.decode("utf-8-sig").splitlines()
    for line in lines[1:]:
        if line and (values := reader.read(line)) is not None:
            yield dict(zip(report.header or (), values, strict=False))
