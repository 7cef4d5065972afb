"""Data in buckets: owned, imported, encrypted, of other stacks and accounts."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from shop import DATASET_ARN, JOB, Resources, Shop, Templates, flat

from cdk_personalize_import import DatasetImportJob, DataSource

KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
DOCUMENTED_KEY_ACTIONS = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "kms:ListGrants",
]


def printed(warning: str) -> list[dict[str, object]]:
    """Return the statements that a warning prints."""
    return json.loads(warning[warning.index("[{") : warning.rindex(" [ack:")])  # type: ignore[no-any-return]


def policy_statements(resources: Resources, kind: str, part: str = "") -> dict[str, dict[str, object]]:
    properties = resources.properties(kind, part)
    document = properties["KeyPolicy" if kind == "AWS::KMS::Key" else "PolicyDocument"]
    return {found.get("Sid", ""): flat(found) for found in document["Statement"]}


def service_role_arns(resources: Resources, account: str = "123456789012") -> str:
    path = flat(resources.properties("AWS::IAM::Role", "ServiceRole")["Path"])
    return f"arn:${{AWS::Partition}}:iam::{account}:role{path}*"


def test_an_owned_bucket_gives_no_warning(shop: Shop) -> None:
    shop.job()
    assert shop.warnings() == {}


def test_imports_of_one_bucket_share_its_statements(shop: Shop) -> None:
    shop.job("One", data_source=DataSource.from_bucket(shop.bucket, "one.csv"))
    shop.job("Two", data_source=DataSource.from_bucket(shop.bucket, "two/"))
    statements = policy_statements(shop.synth(), "AWS::S3::BucketPolicy")
    objects = ["${Bucket83908E77.Arn}/one.csv", "${Bucket83908E77.Arn}/two/*"]
    assert statements["PersonalizeReadsData"]["Resource"] == objects
    assert statements["PreflightReadsData"]["Resource"] == objects
    assert len(statements) == 4


def test_an_imported_bucket_is_warned_about_with_the_statements_to_add(shop: Shop) -> None:
    imported = s3.Bucket.from_bucket_name(shop.stack, "Imported", "elsewhere")
    shop.job(data_source=DataSource.from_bucket(imported, "folder/"))
    [(stable_id, text)] = shop.warnings().items()
    assert stable_id == "cdk-personalize-import:bucketPolicy"
    assert "bucket elsewhere" in text
    assert printed(text) == [
        {
            "Sid": "PersonalizeListsData",
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::elsewhere",
        },
        {
            "Sid": "PersonalizeReadsData",
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::elsewhere/folder/*",
        },
    ]


def test_the_warning_can_be_acknowledged(shop: Shop) -> None:
    imported = s3.Bucket.from_bucket_name(shop.stack, "Imported", "elsewhere")
    job = shop.job(data_source=DataSource.from_bucket(imported, "folder/"))
    cdk.Annotations.of(job).acknowledge_warning("cdk-personalize-import:bucketPolicy", "it has them")
    assert shop.warnings() == {}


def test_the_function_reads_an_imported_bucket_by_its_own_policy(shop: Shop) -> None:
    imported = s3.Bucket.from_bucket_name(shop.stack, "Imported", "elsewhere")
    shop.job(data_source=DataSource.from_bucket(imported, "folder/"))
    statements = flat(shop.synth().function_statements)
    assert statements["ListSources"]["Action"] == "s3:ListBucket"
    assert statements["ListSources"]["Resource"] == ["arn:${AWS::Partition}:s3:::elsewhere"]
    assert statements["ReadSources"]["Action"] == "s3:GetObject"
    assert statements["ReadSources"]["Resource"] == ["arn:${AWS::Partition}:s3:::elsewhere/folder/*"]


@pytest.mark.parametrize("preflight", [True, False])
def test_a_customer_key(preflight: bool, shop: Shop) -> None:
    bucket = s3.Bucket(shop.stack, "Encrypted", encryption=s3.BucketEncryption.KMS)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"), preflight=preflight)
    resources = shop.synth()
    resources.assert_no_circle()
    assert shop.warnings() == {}
    [key] = resources.ids("AWS::KMS::Key")
    statements = policy_statements(resources, "AWS::KMS::Key")
    roles = next(found for sid, found in statements.items() if sid.startswith("ServiceRoles"))
    assert statements["PersonalizeUsesKey"]["Principal"] == {"Service": "personalize.amazonaws.com"}
    assert statements["PersonalizeUsesKey"]["Action"] == roles["Action"] == DOCUMENTED_KEY_ACTIONS
    assert roles["Principal"] == {"AWS": "arn:${AWS::Partition}:iam::123456789012:root"}
    assert roles["Condition"] == {"ArnLike": {"aws:PrincipalArn": service_role_arns(resources)}}
    of_role = flat(resources.statements("ServiceRole")["DecryptData"])
    # The key's policy reaches the role through the role's own policy, which says the same.
    assert of_role["Action"] == DOCUMENTED_KEY_ACTIONS
    assert of_role["Resource"] == f"${{{key}.Arn}}"
    [function_role] = resources.ids("AWS::IAM::Role", "ProviderRole")
    of_function = statements.get("PreflightUsesKey", {})
    assert of_function.get("Principal") == ({"AWS": f"${{{function_role}.Arn}}"} if preflight else None)
    if preflight:
        assert of_function["Action"] == "kms:Decrypt"
        assert of_function["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-west-1.${AWS::URLSuffix}"}}
    assert "DecryptSources" not in resources.function_statements


def test_a_key_that_serves_several_imports_has_each_statement_once(shop: Shop) -> None:
    key = kms.Key(shop.stack, "Key")
    for name in ("One", "Two"):
        bucket = s3.Bucket(shop.stack, f"{name}Bucket", encryption_key=key)
        shop.job(name, data_source=DataSource.from_bucket(bucket, "items.csv"))
    statements = shop.synth().properties("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    sids = [found["Sid"] for found in statements if "Sid" in found]
    assert len(sids) == len(set(sids)) == 3


def test_an_imported_key_is_warned_about(shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_attributes(
        shop.stack,
        "Imported",
        bucket_name="elsewhere",
        encryption_key=kms.Key.from_key_arn(shop.stack, "Key", KEY_ARN),
    )
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    text = shop.warnings()["cdk-personalize-import:keyPolicy"]
    assert KEY_ARN in text
    of_service, of_roles = printed(text)
    assert of_service["Principal"] == {"Service": "personalize.amazonaws.com"}
    assert of_service["Action"] == of_roles["Action"] == DOCUMENTED_KEY_ACTIONS
    assert of_roles["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    resources = shop.synth()
    assert of_roles["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": service_role_arns(resources).replace("${AWS::Partition}", "aws")}
    }
    statements = flat(resources.function_statements)
    assert statements["DecryptSources"]["Resource"] == [KEY_ARN]
    assert flat(resources.statements("ServiceRole"))["DecryptData"]["Resource"] == KEY_ARN


def test_the_aws_managed_key_is_warned_about(shop: Shop) -> None:
    bucket = s3.Bucket(shop.stack, "Managed", encryption=s3.BucketEncryption.KMS_MANAGED)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    assert "cdk-personalize-import:awsManagedKey" in shop.warnings()


def test_a_bucket_of_another_account_must_let_the_role_in_too(shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_attributes(shop.stack, "Foreign", bucket_name="foreign", account="210987654321")
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    readers = printed(shop.warnings()["cdk-personalize-import:bucketPolicy"])
    assert [found["Action"] for found in readers] == ["s3:ListBucket", "s3:GetObject"] * 2
    assert readers[2]["Principal"] == readers[3]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    arns = service_role_arns(shop.synth()).replace("${AWS::Partition}", "aws")
    assert readers[3]["Condition"] == {"ArnLike": {"aws:PrincipalArn": arns}}


def test_a_bucket_of_another_account_in_the_same_app(shop: Shop) -> None:
    env = cdk.Environment(account="210987654321", region="eu-west-1")
    owner = cdk.Stack(shop.app, "Owner", env=env)
    bucket = s3.Bucket(owner, "Bucket", bucket_name="foreign")
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    assert shop.warnings() == {}
    templates = Templates(shop.app)
    statements = policy_statements(templates.of(owner), "AWS::S3::BucketPolicy")
    assert len(statements) == 4
    conditions = [found.get("Condition") for found in statements.values()]
    arns = service_role_arns(templates.of(shop.stack))
    assert conditions == [None, None, *[{"ArnLike": {"aws:PrincipalArn": arns}}] * 2]


@pytest.mark.parametrize(
    ("key", "in_policy"),
    [("what?.csv", "what?.csv"), ("a*b/", "a?b/*"), ("$5.csv", "?5.csv"), ("Ünï cödé.csv", "Ünï cödé.csv")],
)
def test_a_key_with_signs_that_mean_something_in_policies(key: str, in_policy: str, shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, key))
    resources = shop.synth()
    assert flat(resources.job["DataLocation"]) == f"s3://${{Bucket83908E77}}/{key}"
    statement = flat(resources.statements("ServiceRole")["ReadData"])
    assert statement["Resource"] == f"${{Bucket83908E77.Arn}}/{in_policy}"


def test_a_key_that_is_known_at_deployment(shop: Shop) -> None:
    parameter = cdk.CfnParameter(shop.stack, "Folder")
    shop.job(data_source=DataSource.from_bucket(shop.bucket, f"{parameter.value_as_string}/"))
    resources = shop.synth()
    assert flat(resources.job["DataLocation"]) == "s3://${Bucket83908E77}/${Folder}/"
    assert flat(resources.statements("ServiceRole")["ReadData"])["Resource"] == "${Bucket83908E77.Arn}/${Folder}/*"


class TestGivenRole:
    """``role=``."""

    def role(self, scope: cdk.Stack) -> iam.Role:
        return iam.Role(scope, "Given", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))

    def test_takes_the_place_of_the_service_role(self, shop: Shop) -> None:
        role = self.role(shop.stack)
        job = shop.job(role=role)
        assert job.role is role
        resources = shop.synth()
        assert resources.ids("AWS::IAM::Role", "ServiceRole") == []
        [name] = resources.ids("AWS::IAM::Role", "Given")
        assert flat(resources.job["RoleArn"]) == f"${{{name}.Arn}}"
        statement = flat(resources.function_statements["PassGivenRoles"])
        assert statement["Resource"] == [f"${{{name}.Arn}}"]
        assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}

    def test_gets_one_policy_for_all_imports(self, shop: Shop) -> None:
        role = self.role(shop.stack)
        key = kms.Key(shop.stack, "Key")
        encrypted = s3.Bucket(shop.stack, "Encrypted", encryption_key=key)
        shop.job("One", role=role, data_source=DataSource.from_bucket(shop.bucket, "one.csv"))
        shop.job("Two", role=role, data_source=DataSource.from_bucket(encrypted, "two/"))
        resources = shop.synth()
        [policy] = resources.ids("AWS::IAM::Policy")
        [bucket] = resources.ids("AWS::S3::Bucket", "Encrypted")
        [key_id] = resources.ids("AWS::KMS::Key")
        statements = policy_statements(resources, "AWS::IAM::Policy")
        assert statements["ListData"]["Resource"] == ["${Bucket83908E77.Arn}", f"${{{bucket}.Arn}}"]
        assert statements["ReadData"]["Resource"] == [
            "${Bucket83908E77.Arn}/one.csv",
            f"${{{bucket}.Arn}}/two/*",
        ]
        assert statements["DecryptData"]["Resource"] == [f"${{{key_id}.Arn}}"]
        for job in resources.ids(JOB):
            assert policy in resources.all[job]["DependsOn"]
        resources.assert_no_circle()

    def test_may_be_imported(self, shop: Shop) -> None:
        role = iam.Role.from_role_arn(shop.stack, "Imported", "arn:aws:iam::123456789012:role/given")
        shop.job(role=role)
        resources = shop.synth()
        assert resources.job["RoleArn"] == "arn:aws:iam::123456789012:role/given"
        assert resources.properties("AWS::IAM::Policy")["Roles"] == ["given"]

    def test_may_be_immutable(self, shop: Shop) -> None:
        arn = "arn:aws:iam::123456789012:role/given"
        shop.job(role=iam.Role.from_role_arn(shop.stack, "Imported", arn, mutable=False))
        resources = shop.synth()
        assert resources.ids("AWS::IAM::Policy") == []
        before = resources.ids("AWS::S3::BucketPolicy") + resources.ids("AWS::Scheduler::ScheduleGroup")
        assert sorted(resources.one(JOB)["DependsOn"]) == sorted(before)

    def test_may_lie_in_another_stack(self, shop: Shop) -> None:
        roles = cdk.Stack(shop.app, "Roles", env=cdk.Environment(account="123456789012", region="eu-west-1"))
        role = self.role(roles)
        shop.job("One", role=role)
        DatasetImportJob(
            cdk.Stack(shop.app, "Other", env=cdk.Environment(account="123456789012", region="eu-west-1")),
            "Two",
            dataset_arn=DATASET_ARN,
            data_source=DataSource.from_bucket(shop.bucket, "two.csv"),
            role=role,
        )
        templates = Templates(shop.app)
        assert templates.of(roles).ids("AWS::IAM::Policy") == []
        assert len(templates.of(shop.stack).ids("AWS::IAM::Policy")) == 1
