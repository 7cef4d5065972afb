import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from embedded_account import Account, account_of_its_own, bucket_statement, policy

from local_aws.permissions import policy as permissions
from local_aws.permissions.action import Need
from local_aws.permissions.policy import Decision

OBJECT = "arn:aws:s3:::training-data/key"
SERVICE = "personalize.amazonaws.com"


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with account_of_its_own() as account:
        yield account


def test_a_role_may_do_what_its_inline_policy_allows(account: Account) -> None:
    role = account.role("inline", "lambda", ["s3:Get*"], ["arn:aws:s3:::training-data/*"])

    assert permissions.allowed(role, Need("s3:GetObject", OBJECT))
    assert permissions.allowed(role, Need("S3:getobject", OBJECT))
    assert permissions.decide(role, Need("s3:PutObject", OBJECT)) is Decision.NOT_ALLOWED
    assert permissions.decide(role, Need("s3:GetObject", "arn:aws:s3:::other/key")) is Decision.NOT_ALLOWED


def test_attached_policies_count_and_an_explicit_deny_wins(account: Account) -> None:
    role = account.role("attached", "lambda")
    document = policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"})
    attached = account.iam.create_policy(PolicyName="most", PolicyDocument=document)["Policy"]["Arn"]
    account.iam.attach_role_policy(RoleName="attached", PolicyArn=attached)

    assert permissions.allowed(role, Need("s3:GetObject", OBJECT))
    assert not permissions.allowed(role, Need("iam:PassRole", role))
    assert not permissions.allowed(role, Need("s3:GetObject", "arn:aws:s3:::secret/key"))

    account.allow("attached", ["s3:GetObject"], [OBJECT], effect="Deny")
    assert permissions.decide(role, Need("s3:GetObject", OBJECT)) is Decision.DENIED


def test_a_permissions_boundary_limits_a_role(account: Account) -> None:
    document = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    boundary = account.iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    role = account.role("bounded", "lambda", ["s3:GetObject", "sqs:SendMessage"])
    account.iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=boundary)

    assert permissions.allowed(role, Need("s3:GetObject", OBJECT))
    assert not permissions.allowed(role, Need("s3:PutObject", OBJECT))
    assert not permissions.allowed(role, Need("sqs:SendMessage", "*"))


def test_conditions_on_the_call_count(account: Account) -> None:
    role = account.role("passer", "lambda")
    statement = {
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": "*",
        "Condition": {"StringEquals": {"iam:PassedToService": SERVICE}},
    }
    account.iam.put_role_policy(RoleName="passer", PolicyName="pass", PolicyDocument=policy(statement))

    assert permissions.allowed(role, Need("iam:PassRole", role, {"iam:PassedToService": SERVICE}))
    assert not permissions.allowed(role, Need("iam:PassRole", role, {"iam:PassedToService": "ec2.amazonaws.com"}))
    assert not permissions.allowed(role, Need("iam:PassRole", role))


def test_a_role_that_does_not_exist_may_do_nothing(account: Account) -> None:
    missing = "arn:aws:iam::123456789012:role/missing"

    assert not permissions.allowed(missing, Need("s3:GetObject", OBJECT))
    assert not permissions.may_assume(missing, SERVICE)


def test_trust_policies_name_the_service_and_the_source(account: Account) -> None:
    source = "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/job"
    role = account.role(
        "trusting",
        "personalize",
        trust_condition={
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "StringLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:123456789012:*"},
        },
    )

    assert permissions.may_assume(role, SERVICE, {"aws:SourceAccount": "123456789012", "aws:SourceArn": source})
    assert not permissions.may_assume(role, "lambda.amazonaws.com", {"aws:SourceAccount": "123456789012"})
    assert not permissions.may_assume(role, SERVICE, {"aws:SourceAccount": "999999999999", "aws:SourceArn": source})
    assert not permissions.may_assume(role, SERVICE)


def _allows(principal: str, action: str, resource: str) -> bool:
    return permissions.bucket_decision(principal, Need(action, resource)) is Decision.ALLOWED


def test_bucket_policies(account: Account) -> None:
    account.bucket("readable")
    account.s3.create_bucket(Bucket="without-policy")
    resource = "arn:aws:s3:::readable/key"
    role = account.role("reader", "lambda")

    assert _allows(SERVICE, "s3:GetObject", resource)
    assert not _allows(SERVICE, "s3:PutObject", resource)
    assert not _allows(role, "s3:GetObject", resource)
    assert not _allows(SERVICE, "s3:GetObject", "arn:aws:s3:::without-policy/key")
    assert not _allows(SERVICE, "s3:GetObject", "arn:aws:s3:::no-such-bucket/key")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},  # the service isn't in the VPC
        {"Bool": {"aws:SecureTransport": "true"}},
    ],
)
def test_bucket_policy_that_denies_everybody(account: Account, condition: object) -> None:
    bucket = account.bucket(f"denying-{'vpce' if 'Vpce' in json.dumps(condition) else 'always'}")
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources, "Condition": condition}
    account.s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket_statement(bucket), deny))

    decision = permissions.bucket_decision(SERVICE, Need("s3:GetObject", f"arn:aws:s3:::{bucket}/key"))

    assert decision is Decision.DENIED


def test_tls_only_bucket_policy_lets_the_service_in(account: Account) -> None:
    bucket = account.bucket("tls-only")
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": resources}
    account.s3.put_bucket_policy(
        Bucket=bucket, Policy=policy(bucket_statement(bucket), {**deny, "Condition": condition})
    )

    assert _allows(SERVICE, "s3:GetObject", f"arn:aws:s3:::{bucket}/key")


def test_key_policy_may_leave_roles_to_their_own_policies(account: Account) -> None:
    key = account.kms.create_key()["KeyMetadata"]["Arn"]
    role = account.role("decrypting", "personalize")
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    account.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(root))

    assert permissions.key_decision(role, Need("kms:Decrypt", key)) is Decision.NOT_ALLOWED
    assert permissions.key_decision(SERVICE, Need("kms:Decrypt", key)) is Decision.NOT_ALLOWED

    account.allow("decrypting", ["kms:Decrypt"], [key])
    assert permissions.key_decision(role, Need("kms:Decrypt", key)) is Decision.ALLOWED


def test_key_policy_that_names_service_and_role_is_enough(account: Account) -> None:
    key = account.kms.create_key()["KeyMetadata"]["KeyId"]
    role = account.role("named", "personalize")
    named = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE, "AWS": role},
        "Action": ["kms:Decrypt"],
        "Resource": "*",
    }
    account.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(named))

    assert permissions.key_decision(role, Need("kms:Decrypt", key)) is Decision.ALLOWED
    assert permissions.key_decision(SERVICE, Need("kms:Decrypt", key)) is Decision.ALLOWED
    assert permissions.key_decision(role, Need("kms:Encrypt", key)) is Decision.NOT_ALLOWED
    assert permissions.key_decision(role, Need("kms:Decrypt", "no-such-key")) is Decision.NOT_ALLOWED


@pytest.mark.parametrize("policy", ["{Version: 2012}", "{}", '["Statement"]', '"text"'])
def test_a_trust_policy_that_is_none_is_refused(account: Account, policy: str) -> None:
    with pytest.raises(ClientError, match="invalid Json") as refused:
        account.iam.create_role(RoleName="broken", AssumeRolePolicyDocument=policy)
    assert refused.value.response["Error"]["Code"] == "MalformedPolicyDocument"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
