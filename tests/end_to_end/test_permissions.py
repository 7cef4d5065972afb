"""Least privilege: what the roles of a stack may do, compared with what the embedded AWS saw them do."""

import functools
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import aws_cdk as cdk_lib
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from end_to_end.cdk_cli import Account, Cdk
from end_to_end.shop import open_encrypted_bucket
from end_to_end.stacks import assemble, import_into_shop

from cdk_personalize_import import DatasetImportJob, DataSource
from local_aws import personalize
from local_aws.functions.invocations import functions
from local_aws.permissions.call_log import Call
from local_aws.personalize.errors import PersonalizeError
from local_aws.server import LocalAws

STACK = "Permissions"
# The page asks for all of them on a key that encrypts a bucket; which of them an import uses, it doesn't say.
# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
DOCUMENTED = {"kms:CreateGrant", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ListGrants"}
# Asked when an Update reaches its deadline, which none here does: test_restored_data has one that does.
LATE = {"cloudformation:DescribeStacks"}


@pytest.fixture(scope="module")
def given_role(aws: LocalAws) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "personalize.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    role = aws.client("iam").create_role(RoleName=f"{STACK}-given", AssumeRolePolicyDocument=json.dumps(trust))
    return str(role["Role"]["Arn"])


@pytest.fixture(scope="module")
def bad_day(aws: LocalAws, account: Account) -> Iterator[None]:
    """Let the function need all that it may: a late request, a quota that is used up, jobs listed one in a page."""
    backend = personalize.backend(aws)
    create, list_jobs = backend.create_dataset_import_job, backend.operation("ListDatasetImportJobs")
    assert list_jobs is not None
    invoke_later = functions().invoke_later
    refused: set[str] = set()

    def refuse_once(request: dict[str, Any]) -> dict[str, Any]:
        if request["jobName"] not in refused:
            refused.add(request["jobName"])
            message = "More than 5 resources with PENDING or IN_PROGRESS status."
            raise PersonalizeError("LimitExceededException", message)
        return create(request)

    def late(function_arn: str, event: str) -> None:
        if "Poll" not in json.loads(event):
            aws.clock.sleep(60)
        invoke_later(function_arn, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions(), "invoke_later", late)
        patch.setattr(backend, "import_seconds", 120.0)
        patch.setattr(backend, "create_dataset_import_job", refuse_once)
        patch.setattr(
            backend, "list_dataset_import_jobs", lambda request: list_jobs(request | {"maxResults": 1}), raising=False
        )
        patch.setattr(backend, "newest_first", False)
        yield


@pytest.fixture(scope="module")
def policies(
    cdk: Cdk,
    aws: LocalAws,
    account: Account,
    given_role: str,
    bad_day: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[dict[str, Any]]]:
    """The statements of each role of a stack that has been deployed and updated, by the role's ARN."""
    key_arn = open_encrypted_bucket(aws)

    def fill(stack: cdk_lib.Stack, version: str) -> None:
        key = kms.Key.from_key_arn(stack, "Key", key_arn)
        encrypted = s3.Bucket.from_bucket_attributes(
            stack, "Encrypted", bucket_name="encrypted-shop-data", encryption_key=key
        )
        DatasetImportJob(
            stack,
            "Users",
            dataset_arn=stack.format_arn(service="personalize", resource="dataset", resource_name="shop/USERS"),
            data_source=DataSource.from_bucket(encrypted, "users.csv"),
            tags={"team": "shop"},
            data_version=version,
        )
        role = iam.Role.from_role_arn(stack, "GivenRole", given_role)
        import_into_shop(stack, "Items", "ITEMS", "items/", role=role)

    for version in ("1", "2"):
        assembly = assemble(tmp_path_factory.mktemp(STACK), STACK, functools.partial(fill, version=version))
        run = cdk.deploy(app=assembly)
        assert run.code == 0, run.output
    client = aws.client("iam")
    roles = [role for role in client.list_roles()["Roles"] if role["RoleName"].startswith(f"{STACK}-")]
    return {role["Arn"]: list(_statements(client, role["RoleName"])) for role in roles}


def _statements(client: Any, role: str) -> Iterator[dict[str, Any]]:
    assert client.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    for name in client.list_role_policies(RoleName=role)["PolicyNames"]:
        yield from client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]


def _each(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_nothing_is_missing(aws: LocalAws, policies: dict[str, list[dict[str, Any]]]) -> None:
    assert [call for call in aws.calls if call.role_arn in policies and not call.allowed] == []


def test_nothing_is_unused(aws: LocalAws, policies: dict[str, list[dict[str, Any]]]) -> None:
    assert len(policies) == 4  # of the function, of the schedules, and one for each import
    unused = [
        (role.rsplit("/", 1)[1], action, resource)
        for role, statements in policies.items()
        for statement in statements
        for action in _each(statement["Action"])
        if action not in DOCUMENTED | LATE
        for resource in _each(statement["Resource"])
        if not any(_uses(call, role, action, resource) for call in aws.calls)
    ]
    assert unused == []


def _uses(call: Call, role: str, action: str, resource: str) -> bool:
    return call.role_arn == role and call.action == action and fnmatchcase(call.resource, resource)


def test_no_action_is_a_pattern(policies: dict[str, list[dict[str, Any]]]) -> None:
    statements = [statement for found in policies.values() for statement in found]
    assert [action for statement in statements for action in _each(statement["Action"]) if "*" in action] == []


def test_only_actions_without_a_resource_level_are_on_everything(policies: dict[str, list[dict[str, Any]]]) -> None:
    everywhere = {
        action
        for statements in policies.values()
        for statement in statements
        if "*" in _each(statement["Resource"])
        for action in _each(statement["Action"])
    }
    assert everywhere == {"personalize:ListDatasetImportJobs", "personalize:TagResource"}
