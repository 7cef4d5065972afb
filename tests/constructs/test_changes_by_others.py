"""What Aspects, property injectors and escape hatches change after the construct: it works, or is warned about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct, IConstruct
from shop import Resources, Shop, Templates, flat

from cdk_personalize_import import DataSource

ROLE_PREFIX = "arn:${AWS::Partition}:iam::123456789012:role"


@jsii.implements(cdk.IAspect)
class Change:
    """Changes every resource of a class."""

    def __init__(self, kind: type, change: Callable[..., None]) -> None:
        self._kind = kind
        self._change = change

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, self._kind):
            self._change(node)


def set_path(role: iam.CfnRole) -> None:
    role.path = "/corp/"


def override_path(role: iam.CfnRole) -> None:
    role.add_property_override("Path", "/corp/")


def set_name(function: lambda_.CfnFunction) -> None:
    function.function_name = "corp-import"


def override_name(function: lambda_.CfnFunction) -> None:
    function.add_property_override("FunctionName", "corp-import")


def changed(kind: type, change: Callable[..., None], shop: Shop | None = None) -> Resources:
    shop = shop or Shop()
    shop.job()
    cdk.Aspects.of(shop.app).add(Change(kind, change))
    return shop.synth()


@pytest.mark.parametrize("change", [set_path, override_path])
def test_a_path_on_every_role(change: Callable[..., None]) -> None:
    statements = flat(changed(iam.CfnRole, change).function_statements)
    assert statements["PassServiceRoles"]["Resource"] == [f"{ROLE_PREFIX}/corp/*"]
    assert statements["PassScheduleRole"]["Resource"] == [f"{ROLE_PREFIX}/corp/*"]


def test_a_path_on_every_role_is_warned_about_since_policies_become_wider(shop: Shop) -> None:
    shop.job()
    assert "cdk-personalize-import:rolePath" not in shop.warnings()
    other = Shop()
    other.job()
    cdk.Aspects.of(other.app).add(Change(iam.CfnRole, set_path))
    assert "every role under /corp/" in other.warnings()["cdk-personalize-import:rolePath"]


def test_a_path_on_every_role_reaches_the_policies_of_keys_and_of_buckets_of_other_accounts(shop: Shop) -> None:
    owner = cdk.Stack(shop.app, "Owner", env=cdk.Environment(account="210987654321", region="eu-west-1"))
    foreign = s3.Bucket(owner, "Bucket", bucket_name="foreign")
    encrypted = s3.Bucket(shop.stack, "Encrypted", encryption_key=kms.Key(shop.stack, "Key"))
    shop.job("Foreign", data_source=DataSource.from_bucket(foreign, "items.csv"))
    shop.job("Import", data_source=DataSource.from_bucket(encrypted, "items.csv"))
    cdk.Aspects.of(shop.app).add(Change(iam.CfnRole, override_path))
    templates = Templates(shop.app)
    of_bucket = templates.of(owner).properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    of_key = templates.of(shop.stack).properties("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    arns = [
        flat(statement["Condition"]["ArnLike"]["aws:PrincipalArn"])
        for statement in of_bucket + of_key
        if statement.get("Sid", "").startswith("ServiceRoles")
    ]
    assert arns == [f"{ROLE_PREFIX}/corp/*"] * 3


def test_a_path_of_one_role_only(shop: Shop) -> None:
    shop.job()
    role = shop.job("Other").role.node.default_child
    assert isinstance(role, iam.CfnRole)
    role.path = "/corp/"
    resources = shop.synth()
    own = flat(resources.properties("AWS::IAM::Role", "InteractionsServiceRole"))["Path"]
    assert set(flat(resources.function_statements["PassServiceRoles"]["Resource"])) == {
        f"{ROLE_PREFIX}{own}*",
        f"{ROLE_PREFIX}/corp/*",
    }


def test_a_path_by_a_property_injector() -> None:
    @jsii.implements(cdk.IPropertyInjector)
    class Inject:
        @property
        def construct_unique_id(self) -> str:
            return iam.Role.PROPERTY_INJECTION_ID

        def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:  # noqa: A002
            return {**original_props, "path": "/corp/"}

    shop = Shop()
    stack = cdk.Stack(shop.app, "Injected", property_injectors=[Inject()])
    bucket = s3.Bucket(stack, "Bucket")
    shop.job(
        scope=stack,
        data_source=DataSource.from_bucket(bucket, "interactions.csv"),
        dataset_arn="arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS",
    )
    resources = Templates(shop.app).of(stack)
    roles = [resources.all[name]["Properties"] for name in resources.ids("AWS::IAM::Role")]
    assert [role.get("Path") for role in roles] == ["/corp/"] * 3
    resource = flat(resources.function_statements["PassServiceRoles"]["Resource"])
    assert resource == ["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/corp/*"]


@pytest.mark.parametrize("change", [set_name, override_name])
def test_another_name_of_the_function(change: Callable[..., None]) -> None:
    [statement] = changed(lambda_.CfnFunction, change).statements_without_sid("ScheduleRole")
    assert flat(statement["Resource"]) == ("arn:${AWS::Partition}:lambda:eu-west-1:123456789012:function:corp-import")


def test_a_function_without_a_name_is_refused() -> None:
    def remove_name(function: lambda_.CfnFunction) -> None:
        function.add_property_deletion_override("FunctionName")

    with pytest.raises(RuntimeError, match="Provider/Function must have a FunctionName, since policies name it"):
        changed(lambda_.CfnFunction, remove_name)


def test_another_name_of_the_schedule_group() -> None:
    def rename(group: scheduler.CfnScheduleGroup) -> None:
        group.name = "corp-imports"

    resources = changed(scheduler.CfnScheduleGroup, rename)
    variables = resources.properties("AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables["SCHEDULE_GROUP_NAME"] == "corp-imports"
    assert flat(resources.function_statements["PollBySchedules"]["Resource"]).endswith(":schedule/corp-imports/*")
    [statement] = resources.properties("AWS::IAM::Role", "ScheduleRole")["AssumeRolePolicyDocument"]["Statement"]
    source = flat(statement["Condition"]["StringEquals"]["aws:SourceArn"])
    assert source.endswith(":schedule-group/corp-imports")


def test_a_name_of_the_log_group() -> None:
    def name(group: logs.CfnLogGroup) -> None:
        group.add_property_override("LogGroupName", "/corp/import")

    statement = changed(logs.CfnLogGroup, name).function_statements["WriteLogs"]
    assert flat(statement["Resource"]).endswith(":log-group:/corp/import:*")


def test_tags_with_an_empty_value(shop: Shop) -> None:
    shop.job()
    cdk.Tags.of(shop.app).add("empty", "")
    cdk.Tags.of(shop.app).add("stage", "prod")
    assert "without empty" in shop.warnings()["cdk-personalize-import:emptyTag"]
    resources = shop.synth()
    assert resources.properties("AWS::Scheduler::ScheduleGroup")["Tags"] == [{"Key": "stage", "Value": "prod"}]
    assert {"Key": "empty", "Value": ""} in resources.properties("AWS::Lambda::Function")["Tags"]


def test_nothing_but_a_tag_with_an_empty_value(shop: Shop) -> None:
    shop.job()
    cdk.Tags.of(shop.app).add("empty", "")
    assert "Tags" not in shop.synth().properties("AWS::Scheduler::ScheduleGroup")


def test_another_logical_id_of_the_log_group() -> None:
    def rename(group: logs.CfnLogGroup) -> None:
        group.override_logical_id("CorpLogs")

    shop = Shop()
    shop.job()
    for construct in shop.stack.node.find_all():
        if isinstance(construct, logs.CfnLogGroup):
            rename(construct)
    assert flat(shop.synth().function_statements["WriteLogs"]["Resource"]).endswith("${AWS::StackName}-CorpLogs-*")


def runtime(function: lambda_.CfnFunction) -> None:
    function.runtime = "python3.9"


def node(function: lambda_.CfnFunction) -> None:
    function.add_property_override("Runtime", "nodejs22.x")


def handler(function: lambda_.CfnFunction) -> None:
    function.handler = "wrapper.handler"


def timeout(function: lambda_.CfnFunction) -> None:
    function.timeout = 3


def no_timeout(function: lambda_.CfnFunction) -> None:
    function.add_property_deletion_override("Timeout")


def concurrency(function: lambda_.CfnFunction) -> None:
    function.reserved_concurrent_executions = 0


def environment(function: lambda_.CfnFunction) -> None:
    function.environment = lambda_.CfnFunction.EnvironmentProperty(variables={"STAGE": "prod"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (runtime, "must run on Python 3.11 or newer, not on python3.9"),
        (node, "must run on Python 3.11 or newer, not on nodejs22.x"),
        (handler, "must have the handler cdk_personalize_import_handler.function.handler, not wrapper.handler"),
        (timeout, "must have 30 seconds at the least, not 3"),
        (no_timeout, "must have 30 seconds at the least, not 3"),
        (concurrency, "must be allowed to run, not have 0 reserved concurrent executions"),
        (environment, "must keep SCHEDULE_GROUP_NAME, SCHEDULE_ROLE_ARN, STACK_ID in its environment"),
    ],
)
def test_a_function_that_would_not_answer_is_refused(change: Callable[..., None], told: str) -> None:
    with pytest.raises(RuntimeError, match=f"ProviderFunction {told}|Provider/Function {told}"):
        changed(lambda_.CfnFunction, change)


def harmless(function: lambda_.CfnFunction) -> None:
    function.runtime = "python3.13"
    function.memory_size = 512
    function.timeout = 900
    function.reserved_concurrent_executions = 5
    function.add_property_override("Environment.Variables.STAGE", "prod")
    function.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")


def test_what_the_function_can_do_with_is_left_as_it_is() -> None:
    properties = changed(lambda_.CfnFunction, harmless).properties("AWS::Lambda::Function")
    assert (properties["Runtime"], properties["Timeout"], properties["MemorySize"]) == ("python3.13", 900, 512)


def test_a_key_on_the_bucket_of_local_data_is_refused(shop: Shop) -> None:
    def encrypt(bucket: s3.CfnBucket) -> None:
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:eu-west-1:123456789012:key/corp"}
        rules = [{"ServerSideEncryptionByDefault": by_default}]
        bucket.add_property_override("BucketEncryption.ServerSideEncryptionConfiguration", rules)

    shop.job(data_source=DataSource.from_local_path(Path(__file__).parents[2] / "data" / "interactions.csv"))
    cdk.Aspects.of(shop.app).add(Change(s3.CfnBucket, encrypt))
    with pytest.raises(RuntimeError, match="put such data into a bucket of your own"):
        shop.synth()


def test_boundary_removal_policies_and_tags_of_an_organisation_leave_the_import_working(shop: Shop) -> None:
    shop.job()
    boundary = iam.ManagedPolicy.from_managed_policy_name(shop.stack, "Boundary", "corp-boundary")
    iam.PermissionsBoundary.of(shop.app).apply(boundary)
    cdk.RemovalPolicies.of(shop.app).destroy()
    cdk.Tags.of(shop.app).add("team", "shop")
    resources = shop.synth()
    assert all("PermissionsBoundary" in resources.all[name]["Properties"] for name in resources.ids("AWS::IAM::Role"))
    assert resources.job["Tags"] == [{"tagKey": "team", "tagValue": "shop"}]
    resources.assert_no_circle()
