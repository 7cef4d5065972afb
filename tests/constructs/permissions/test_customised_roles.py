"""Apps that may not make roles: the CDK reports what each must have, and the app brings them."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from cdk_abilities import needs_word_of_reports
from shop import DATASET_ARN, Resources, Templates, flat

from cdk_personalize_import import DatasetImportJob, DataSource

PROVIDER = "Shop/Custom::PersonalizeDatasetImportJobProvider"
BROUGHT = {
    f"{PROVIDER}/Role": "corp-function",
    f"{PROVIDER}/ScheduleRole": "corp-schedules",
    "Shop/Interactions/ServiceRole": "corp-interactions",
    "Shop/Users/ServiceRole": "corp-users",
    "Shop/Given": "corp-given",
}
ENV = cdk.Environment(account="123456789012", region="eu-west-1")
ROLE = "arn:${AWS::Partition}:iam::123456789012:role/"
AnyJson = Any


class App:
    """An app that uses everything that a role of this package is asked for."""

    def __init__(self, customise: bool = True, **customised: Any) -> None:
        self.app = cdk.App()
        if customise:
            iam.Role.customize_roles(self.app, **customised)
        data = cdk.Stack(self.app, "Data", env=cdk.Environment(account="210987654321", region="eu-west-1"))
        foreign = s3.Bucket(data, "Foreign", bucket_name="shop-foreign")
        self.data = data
        self.stack = cdk.Stack(self.app, "Shop", env=ENV)
        bucket = s3.Bucket(self.stack, "Bucket", encryption_key=kms.Key(self.stack, "Key"))
        imported = s3.Bucket.from_bucket_name(self.stack, "Imported", "shop-imported")
        interactions = self.job("Interactions", bucket)
        interactions.import_on_schedule("Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
        interactions.on_failed("Tell")
        self.job("Users", foreign, tags={"team": "shop"})
        given = iam.Role(self.stack, "Given", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
        self.job("Items", imported, role=given)
        self.templates = Templates(self.app)

    def job(self, construct_id: str, bucket: s3.IBucket, **arguments: Any) -> DatasetImportJob:
        source = DataSource.from_bucket(bucket, "data/")
        return DatasetImportJob(self.stack, construct_id, dataset_arn=DATASET_ARN, data_source=source, **arguments)

    @property
    def shop(self) -> Resources:
        return self.templates.of(self.stack)

    @property
    def report(self) -> dict[str, AnyJson]:
        """What the CDK's report says of each role, by the path of its construct."""
        text = Path(self.templates.assembly.directory, "iam-policy-report.json").read_text(encoding="utf-8")
        return {found["roleConstructPath"]: found for found in json.loads(text)["roles"]}

    def errors(self) -> list[str]:
        metadata = self.templates.assembly.get_stack_artifact(self.stack.artifact_id).messages
        return [str(found.entry.data) for found in metadata if str(found.level).endswith("ERROR")]


@pytest.fixture(scope="module")
def plain() -> App:
    return App(customise=False)


@pytest.fixture(scope="module")
def brought() -> App:
    return App(use_precreated_roles=BROUGHT)


def statements_of_roles(shop: Resources) -> dict[str, list[AnyJson]]:
    """Return the statements that each role of a template has, by a part of its logical id."""
    parts = {
        f"{PROVIDER}/Role": "ImportJobProviderRole",
        f"{PROVIDER}/ScheduleRole": "ProviderScheduleRole",
        "Shop/Interactions/ServiceRole": "InteractionsServiceRole",
        "Shop/Users/ServiceRole": "UsersServiceRole",
    }
    given = shop.properties("AWS::IAM::Policy", "GivenRole")["PolicyDocument"]["Statement"]
    return {path: shop.statements_without_sid(part) for path, part in parts.items()} | {"Shop/Given": given}


def actions(statements: list[AnyJson]) -> list[Any]:
    return [(found.get("Sid"), as_list(found["Action"]), found.get("Condition")) for found in statements]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("customised", [{}, {"use_precreated_roles": BROUGHT}, {"prevent_synthesis": False}])
def test_the_report_lists_every_statement(customised: dict[str, Any], plain: App) -> None:
    if customised == {"prevent_synthesis": False}:
        needs_word_of_reports()
    report = App(**customised).report
    expected = {path: actions(found) for path, found in statements_of_roles(plain.shop).items()}
    assert {path: actions(report[path]["identityPolicyStatements"]) for path in expected} == expected


def test_the_report_can_be_read(brought: App) -> None:
    text = json.dumps(brought.report)
    assert "Token[" not in text
    assert "Fn::" not in text
    function = {
        found["Sid"]: found["Resource"] for found in brought.report[f"{PROVIDER}/Role"]["identityPolicyStatements"]
    }
    assert function["PollBySchedules"] == (
        "arn:(PARTITION):scheduler:eu-west-1:123456789012:schedule/personalize-import-*/*"
    )
    assert function["AskAboutRequests"] == "arn:(PARTITION):cloudformation:(REGION):(ACCOUNT):stack/Shop/*"
    schedules = brought.report[f"{PROVIDER}/ScheduleRole"]["assumeRolePolicy"][0]["Condition"]
    assert schedules == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {
            "aws:SourceArn": "arn:(PARTITION):scheduler:eu-west-1:123456789012:schedule-group/personalize-import-*"
        },
    }


def test_roles_that_are_brought_are_named_everywhere(brought: App) -> None:
    shop = brought.shop
    assert shop.ids("AWS::IAM::Role") + shop.ids("AWS::IAM::Policy") == []
    function = shop.properties("AWS::Lambda::Function", "ProviderFunction")
    assert flat(function["Role"]) == f"{ROLE}corp-function"
    assert flat(function["Environment"]["Variables"]["SCHEDULE_ROLE_ARN"]) == f"{ROLE}corp-schedules"
    jobs = {
        name: flat(shop.all[name]["Properties"]["RoleArn"]) for name in shop.ids("Custom::PersonalizeDatasetImportJob")
    }
    assert sorted(jobs.values()) == [f"{ROLE}corp-{name}" for name in ("given", "interactions", "users")]
    assert flat(shop.properties("AWS::Scheduler::Schedule")["Target"]["RoleArn"]) == f"{ROLE}corp-schedules"
    passed = {
        found["Sid"]: found["Resource"]
        for found in brought.report[f"{PROVIDER}/Role"]["identityPolicyStatements"]
        if found["Action"] == "iam:PassRole"
    }
    role = "arn:(PARTITION):iam::123456789012:role/"
    assert passed == {
        "PassServiceRoles": [f"{role}corp-interactions", f"{role}corp-users"],
        "PassGivenRoles": f"{role}corp-given",
        "PassScheduleRole": f"{role}corp-schedules",
    }


def test_policies_of_buckets_and_keys_let_in_the_roles_that_are_brought(brought: App) -> None:
    shop = brought.shop
    readers = shop.properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    users = shop.properties("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    preflight = [found for found in [*readers, *users] if found.get("Sid", "").startswith("Preflight")]
    assert {flat(found["Principal"]["AWS"]) for found in preflight} == {f"{ROLE}corp-function"}
    assert len(preflight) == 3
    own = [f"{ROLE}corp-interactions", f"{ROLE}corp-users"]
    of_key = [flat(found["Condition"]) for found in users if found.get("Sid", "").startswith("ServiceRoles")]
    assert of_key == [{"ArnLike": {"aws:PrincipalArn": own}}]
    foreign = brought.templates.of(brought.data).properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    conditions = [flat(found["Condition"]) for found in foreign if found["Sid"].startswith("ServiceRoles")]
    assert conditions == [{"ArnLike": {"aws:PrincipalArn": own}}] * 2


def test_nothing_waits_for_a_role_that_is_not_there(brought: App, plain: App) -> None:
    brought.shop.assert_no_circle()
    for name, found in brought.shop.all.items():
        for needed in as_list(found.get("DependsOn", [])):
            assert needed in brought.shop.all, name
    kinds = {"AWS::IAM::Role", "AWS::IAM::Policy"}
    left = {name for name, found in plain.shop.all.items() if found["Type"] not in kinds}
    assert brought.shop.all.keys() == left


def test_roles_that_nobody_has_brought_yet_are_asked_for_by_name() -> None:
    missing = App()
    paths = sorted(path for path, found in missing.report.items() if found.get("missing"))
    assert paths == sorted(BROUGHT)
    assert all(any(path in error for error in missing.errors()) for path in BROUGHT)
    [passed] = [
        found["Resource"]
        for found in missing.report[f"{PROVIDER}/Role"]["identityPolicyStatements"]
        if found["Sid"] == "PassScheduleRole"
    ]
    assert passed == f"arn:(PARTITION):iam::123456789012:role/({PROVIDER}/ScheduleRole)"


def test_a_report_alone_leaves_the_template_as_it_is() -> None:
    def template(report: bool) -> AnyJson:
        app = cdk.App()
        if report:
            iam.Role.customize_roles(app, prevent_synthesis=False)
        stack = cdk.Stack(app, "Shop", env=ENV)
        source = DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "data/")
        job = DatasetImportJob(stack, "Import", dataset_arn=DATASET_ARN, data_source=source)
        job.import_on_schedule("Nightly", schedule=events.Schedule.rate(cdk.Duration.days(1)))
        return Templates(app).of(stack).template

    assert template(report=True) == template(report=False)
