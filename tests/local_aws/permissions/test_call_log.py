import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from embedded_account import Account, account_of_its_own

from local_aws.permissions import call_log


@pytest.fixture(scope="module")
def started() -> Iterator[Account]:
    with account_of_its_own() as account:
        yield account


@pytest.fixture
def account(started: Account) -> Account:
    started.aws.calls.clear()
    return started


@pytest.fixture
def as_role(account: Account) -> Callable[..., Any]:
    """Makes clients with the credentials of a role's session, checked or only recorded."""

    def client(service: str, role_arn: str, *, checked: bool = True) -> Any:
        got = account.sts.assume_role(RoleArn=role_arn, RoleSessionName="session")["Credentials"]
        if checked:
            call_log.check_calls_of(got["AccessKeyId"], "session")
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=account.aws.endpoint,
            aws_access_key_id=got["AccessKeyId"],
            aws_secret_access_key=got["SecretAccessKey"],
            aws_session_token=got["SessionToken"],
        )

    return client


def recorded(account: Account) -> list[tuple[str, str, bool]]:
    return [(call.action, call.resource, call.allowed) for call in account.aws.calls]


def test_calls_with_the_users_own_credentials_are_free_and_not_recorded(account: Account) -> None:
    account.personalize.list_dataset_import_jobs()

    assert account.aws.calls == []


def test_a_role_that_is_only_recorded_may_do_everything(account: Account, as_role: Callable[..., Any]) -> None:
    role = account.role("deployer", "cloudformation")

    as_role("personalize", role, checked=False).list_dataset_import_jobs()

    assert recorded(account) == [("personalize:ListDatasetImportJobs", "*", True)]
    assert account.aws.calls[0].role_arn == role


def test_what_the_role_does_not_allow_is_refused(account: Account, as_role: Callable[..., Any]) -> None:
    role = account.role("limited", "lambda", ["personalize:ListDatasetImportJobs"])
    client = as_role("personalize", role)
    arn = "arn:aws:personalize:us-east-1:123456789012:dataset/group/USERS"

    client.list_dataset_import_jobs()
    with pytest.raises(ClientError) as refused:
        client.describe_dataset(datasetArn=arn)

    assert refused.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": "User: arn:aws:sts::123456789012:assumed-role/limited/session is not authorized to perform: "
        f"personalize:DescribeDataset on resource: {arn} because no identity-based policy allows the "
        "personalize:DescribeDataset action",
    }
    assert recorded(account) == [
        ("personalize:ListDatasetImportJobs", "*", True),
        ("personalize:DescribeDataset", arn, False),
    ]


def test_an_explicit_deny_is_named(account: Account, as_role: Callable[..., Any]) -> None:
    role = account.role("denied", "lambda", ["personalize:*"])
    account.allow("denied", ["personalize:List*"], effect="Deny")

    with pytest.raises(ClientError, match="with an explicit deny in an identity-based policy"):
        as_role("personalize", role).list_dataset_import_jobs()


def test_a_role_must_be_allowed_to_pass_the_role_it_passes(account: Account, as_role: Callable[..., Any]) -> None:
    role = account.role("starter", "lambda", ["personalize:*"])
    passed = account.service_role()
    request = {
        "jobName": "job",
        "datasetArn": "arn:aws:personalize:us-east-1:123456789012:dataset/group/USERS",
        "dataSource": {"dataLocation": "s3://training-data/key"},
        "roleArn": passed,
    }

    with pytest.raises(ClientError, match=f"not authorized to perform: iam:PassRole on resource: {passed}"):
        as_role("personalize", role).create_dataset_import_job(**request)

    account.allow("starter", ["iam:PassRole"], [passed])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        as_role("personalize", role).create_dataset_import_job(**request)


def test_scheduler_answers_a_refusal_with_403(account: Account, as_role: Callable[..., Any]) -> None:
    role = account.role("scheduling", "lambda", ["scheduler:GetSchedule"], ["arn:aws:scheduler:*:*:schedule/mine/*"])
    client = as_role("scheduler", role)

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_schedule(Name="name", GroupName="mine")
    with pytest.raises(ClientError, match="schedule/other/name") as refused:
        client.get_schedule(Name="name", GroupName="other")

    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("service", "operation", "request_members", "action"),
    [
        ("iam", "get_role", {"RoleName": "queried"}, "iam:GetRole"),
        (
            "sts",
            "assume_role",
            {"RoleArn": "arn:aws:iam::123456789012:role/x", "RoleSessionName": "name"},
            "sts:AssumeRole",
        ),
        ("sns", "list_topics", {}, "sns:ListTopics"),
    ],
)
def test_services_of_the_query_protocol_refuse_in_xml(
    account: Account,
    as_role: Callable[..., Any],
    service: str,
    operation: str,
    request_members: dict[str, str],
    action: str,
) -> None:
    client = as_role(service, account.role(f"queried-{service}", "lambda", ["logs:*"]))

    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**request_members)

    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDenied"
    assert f"queried-{service}/session is not authorized to perform: {action} " in error["Message"]
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_objects_may_be_read_by_the_role_or_by_the_buckets_policy(
    account: Account, as_role: Callable[..., Any]
) -> None:
    account.bucket(readable=False)
    account.s3.put_object(Bucket="training-data", Key="folder/a.csv", Body=b"USER_ID\n")
    role = account.role("preflight", "lambda", ["s3:ListBucket"], ["arn:aws:s3:::training-data"])
    client = as_role("s3", role)

    assert client.list_objects_v2(Bucket="training-data", Prefix="folder/")["KeyCount"] == 1
    with pytest.raises(ClientError, match="AccessDenied") as refused:
        client.get_object(Bucket="training-data", Key="folder/a.csv")
    assert refused.value.response["Error"]["Message"] == "Access Denied"

    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::training-data/*",
    }
    account.s3.put_bucket_policy(Bucket="training-data", Policy=json.dumps({"Statement": [allow]}))
    assert client.get_object(Bucket="training-data", Key="folder/a.csv")["Body"].read() == b"USER_ID\n"
    assert ("s3:ListBucket", "arn:aws:s3:::training-data", True) in recorded(account)
    assert ("s3:GetObject", "arn:aws:s3:::training-data/folder/a.csv", False) in recorded(account)


def test_reading_what_a_customers_key_encrypts_needs_the_key(account: Account, as_role: Callable[..., Any]) -> None:
    account.bucket("encrypted", readable=False)
    key = account.kms.create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    account.s3.put_bucket_encryption(
        Bucket="encrypted",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
    )
    account.s3.put_object(Bucket="encrypted", Key="a.csv", Body=b"USER_ID\n")
    role = account.role("decrypting", "lambda", ["s3:GetObject"])
    client = as_role("s3", role)

    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_object(Bucket="encrypted", Key="a.csv")

    account.allow("decrypting", ["kms:Decrypt"], [key])
    client.get_object(Bucket="encrypted", Key="a.csv")
    assert ("kms:Decrypt", key, True) in recorded(account)
