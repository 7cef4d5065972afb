"""The data source of an import job: the files that it reads, if the service and its role may read them.

Which objects of a data location are its files is one of the rules of `personalize_csv`.
"""

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, FakeKey, s3_backends

from local_aws import turn
from local_aws.account import ACCOUNT, REGION
from local_aws.permissions import call_log, policy
from local_aws.permissions.action import Need
from local_aws.permissions.call_log import customer_key
from local_aws.permissions.policy import Decision
from local_aws.personalize.errors import invalid_input
from local_aws.personalize.resource import Resource
from personalize_csv import source_files

_SERVICE = "personalize.amazonaws.com"
_NO_ACCESS = "Insufficient privileges for accessing data in Amazon S3."


class JobFailed(Exception):  # noqa: N818
    """The job fails; the message is the part of its failure reason that tells why."""


def location_of(data_location: str) -> tuple[str, str]:
    """Split a data location into bucket and key.

    Raises:
        PersonalizeError: It isn't an S3 URL with a bucket.
    """
    scheme, _, path = data_location.partition("://")
    bucket, _, key = path.partition("/")
    if scheme != "s3" or not bucket:
        raise invalid_input("Invalid Data location.")
    return bucket, key


@turn.taken()
def source_objects(job: Resource) -> tuple[list[FakeKey], list[FakeKey]]:
    """Return the objects of a job's data location: its files, and the doubtful ones (`personalize_csv.SourceFiles`).

    Args:
        job: The job.

    Raises:
        JobFailed: There is nothing to read, or the service or its role may not read it.
    """
    location = job.request["dataSource"]["dataLocation"]
    name, key = location_of(location)
    try:
        bucket = s3_backends[ACCOUNT]["aws"].get_bucket(name)
    except S3ClientError as error:
        raise JobFailed(_NO_ACCESS) from error
    if bucket.region_name != REGION:
        raise JobFailed(f"The bucket {name} is not in the region {REGION}.")
    arn = f"arn:aws:s3:::{name}"
    _check_access(job, Need("s3:ListBucket", arn))
    _check_key(job, bucket)
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
        _check_access(job, Need("s3:GetObject", f"{arn}/{item.name}"))
    return files, doubtful


def _check_access(job: Resource, need: Need) -> None:
    """The role's policies and, for the service itself, the bucket's policy must allow it, as the documentation asks.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
    """
    role = job.request["roleArn"]
    allowed = (
        policy.allowed(role, need)
        and policy.bucket_decision(_SERVICE, need) is Decision.ALLOWED
        and policy.bucket_decision(role, need) is not Decision.DENIED
    )
    if not call_log.record(role, need, allowed):
        raise JobFailed(_NO_ACCESS)


def _check_key(job: Resource, bucket: FakeBucket) -> None:
    """A customer's key must let the service and its role decrypt.

    https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
    """
    key = customer_key(bucket)
    if key is None:
        return
    role, need = job.request["roleArn"], Need("kms:Decrypt", key)
    allowed = all(policy.key_decision(who, need) is Decision.ALLOWED for who in (_SERVICE, role))
    if not call_log.record(role, need, allowed):
        raise JobFailed(_NO_ACCESS)
