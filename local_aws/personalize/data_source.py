"""The data source of an import job: the files that it reads, if the service and its role may read them.

Which objects of a data location are its files is one of the rules of `personalize_csv`.
"""

from dataclasses import dataclass

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from local_aws.account import Account
from local_aws.permissions.action import Need
from local_aws.permissions.call_log import call_log, customer_key
from local_aws.permissions.policy import Decision, Permissions, iam_partition
from local_aws.personalize.exceptions import InvalidInputException
from local_aws.personalize.resources import DatasetImportJob
from personalize_csv import source_files

_SERVICE = "personalize.amazonaws.com"
_NO_ACCESS = "Insufficient privileges for accessing data in Amazon S3."


class JobFailed(Exception):  # noqa: N818
    """The job fails; the message is the part of its failure reason that tells why."""


@dataclass(frozen=True)
class Source:
    """What a job reads.

    Attributes:
        aws: The embedded AWS.
        account: The job's account.
        region: The job's region.
        job: The job.
    """

    aws: Account
    account: str
    region: str
    job: DatasetImportJob


@dataclass(frozen=True)
class SourceObjects:
    """The objects that a job may read.

    Attributes:
        files: The files of the data location.
        doubtful: Objects that the documentation promises neither to be read nor to be left out, see
            `personalize_csv.SourceFiles`.
    """

    files: list[FakeKey]
    doubtful: list[FakeKey]


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


def source_objects(source: Source) -> SourceObjects:
    """Return the objects of a job's data location.

    Args:
        source: What the job reads.

    Raises:
        JobFailed: There is nothing to read, or the service or its role may not read it.
    """
    request = source.job.request
    location = request["dataSource"]["dataLocation"]
    name, key = location_of(location)
    partition = iam_partition(source.region)
    try:
        bucket = s3_backends[source.account][partition].get_bucket(name)
    except S3ClientError as error:
        raise JobFailed(_NO_ACCESS) from error
    if bucket.region_name != source.region:
        raise JobFailed(f"The bucket {name} is not in the region {source.region}.")
    arn = f"arn:{partition}:s3:::{name}"
    _check_access(source, name, Need("s3:ListBucket", arn))
    _check_key(source, bucket)
    objects = {
        item.name: item
        for item in bucket.keys.values()
        if isinstance(item, FakeKey) and item.name.startswith(key)  # a delete marker is none
    }
    found = source_files(location, key, sorted((item.name, item.size) for item in objects.values()))
    if not found.files and not found.doubtful:
        raise JobFailed(f"No objects found in S3 path s3://{name}/{key}.")
    files, doubtful = ([objects[name] for name, _ in items] for items in (found.files, found.doubtful))
    for item in (*files, *doubtful):
        _check_access(source, name, Need("s3:GetObject", f"{arn}/{item.name}"))
    return SourceObjects(files, doubtful)


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
        raise JobFailed(_NO_ACCESS)


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
        raise JobFailed(_NO_ACCESS)
