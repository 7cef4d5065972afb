"""What is set for the function of a stack's imports: each setting works, and what isn't set adds nothing."""

import re
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from cdk_abilities import cdk_nag
from constructs import Construct
from shop import JOB, Resources, Shop, Templates, flat

from cdk_personalize_import import DataSource, ImportFunction

NETWORK_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
FUNCTION_ARN = (
    "arn:${AWS::Partition}:lambda:eu-west-1:123456789012:function:"
    "personalize-import-{'Fn::Select': [2, {'Fn::Split': ['/', '${AWS::StackId}']}]}"
)


def private_vpc(stack: cdk.Stack) -> ec2.Vpc:
    private = ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, subnet_configuration=[private])
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    vpc.add_interface_endpoint("Personalize", service=ec2.InterfaceVpcEndpointAwsService.PERSONALIZE)
    return vpc


def configured(shop: Shop, **settings: Any) -> Resources:
    ImportFunction.of(shop.stack).configure(**settings)
    shop.job()
    return shop.synth()


def function_of(resources: Resources) -> Any:
    return flat(resources.properties("AWS::Lambda::Function", "ImportJobProvider"))


@pytest.fixture(scope="module")
def in_vpc() -> Resources:
    shop = Shop()
    return configured(shop, vpc=private_vpc(shop.stack))


def test_nothing_that_is_set_adds_nothing() -> None:
    plain, configured_shop = Shop(), Shop()
    plain.job()
    assert configured(configured_shop).template == plain.synth().template


def test_memory_and_reserved_concurrency(shop: Shop) -> None:
    function = function_of(configured(shop, memory_size=512, reserved_concurrent_executions=10))
    assert (function["MemorySize"], function["ReservedConcurrentExecutions"]) == (512, 10)


def test_numbers_that_are_known_at_deployment_only(shop: Shop) -> None:
    memory = cdk.CfnParameter(shop.stack, "Memory", type="Number", default=256)
    executions = cdk.CfnParameter(shop.stack, "Executions", type="Number", default=5)
    function = function_of(
        configured(
            shop,
            memory_size=memory.value_as_number,
            reserved_concurrent_executions=executions.value_as_number,
        )
    )
    assert (function["MemorySize"], function["ReservedConcurrentExecutions"]) == ("${Memory}", "${Executions}")


@pytest.mark.parametrize(
    ("retention", "days"), [(logs.RetentionDays.ONE_YEAR, 365), (logs.RetentionDays.INFINITE, None)]
)
def test_log_retention(shop: Shop, retention: logs.RetentionDays, days: int | None) -> None:
    group = configured(shop, log_retention=retention).one("AWS::Logs::LogGroup")
    assert group.get("Properties", {}).get("RetentionInDays") == days
    assert group["DeletionPolicy"] == "Retain"


def test_a_key_encrypts_the_environment_and_the_log(shop: Shop) -> None:
    resources = configured(shop, encryption_key=kms.Key(shop.stack, "Key"))
    [key] = resources.ids("AWS::KMS::Key")
    assert function_of(resources)["KmsKeyArn"] == f"${{{key}.Arn}}"
    [group] = resources.ids("AWS::Logs::LogGroup")
    assert flat(resources.all[group])["Properties"]["KmsKeyId"] == f"${{{key}.Arn}}"
    statements = key_statements(resources)
    [role] = resources.ids("AWS::IAM::Role", "ImportJobProviderRole")
    # The role refers to no key of its stack, whose policy refers to the role.
    assert "DecryptEnvironment" not in resources.function_statements
    assert statements["EnvironmentUsesKey"] == {
        "Sid": "EnvironmentUsesKey",
        "Effect": "Allow",
        "Principal": {"AWS": f"${{{role}.Arn}}"},
        "Action": "kms:Decrypt",
        "Resource": "*",
    }
    [of_logs] = [found for sid, found in statements.items() if sid.startswith("Logs")]
    arn = f"arn:${{AWS::Partition}}:logs:eu-west-1:123456789012:log-group:${{AWS::StackName}}-{group}-*"
    assert of_logs == {
        "Sid": of_logs["Sid"],
        "Effect": "Allow",
        "Principal": {"Service": "logs.eu-west-1.${AWS::URLSuffix}"},
        "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyPair",
            "kms:GenerateDataKeyPairWithoutPlaintext",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
    }
    resources.assert_no_circle()


def test_one_key_for_everything(shop: Shop) -> None:
    key = kms.Key(shop.stack, "Key")
    data = s3.Bucket(shop.stack, "Data", encryption_key=key)
    queue = sqs.Queue(shop.stack, "Queue", encryption_master_key=key)
    ImportFunction.of(shop.stack).configure(encryption_key=key, dead_letter_queue=queue)
    shop.job(data_source=DataSource.from_bucket(data, "items/"))
    resources = shop.synth()
    resources.assert_no_circle()
    sids = {re.sub(r"[0-9a-f]{10}", "", sid) for sid in key_statements(resources)}
    assert sids == {
        f"{user}UsesKey" for user in ("DeadLetters", "Environment", "Logs", "Personalize", "Preflight", "ServiceRoles")
    }


def test_a_key_that_is_made_elsewhere_is_in_the_functions_policy(shop: Shop) -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    key = kms.Key.from_key_arn(shop.stack, "Key", arn)
    queue = sqs.Queue(shop.stack, "Queue", encryption_master_key=key)
    statements = configured(shop, encryption_key=key, dead_letter_queue=queue).function_statements
    decrypt, encrypt = statements["DecryptEnvironment"], statements["EncryptDeadLetters"]
    assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", arn)
    assert (encrypt["Action"], encrypt["Resource"]) == (["kms:Decrypt", "kms:GenerateDataKey"], arn)


def key_statements(resources: Resources) -> dict[str, Any]:
    statements = resources.properties("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return {found["Sid"]: flat(found) for found in statements if "Sid" in found}


def log_condition(resources: Resources) -> list[str]:
    return [
        found["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
        for sid, found in key_statements(resources).items()
        if sid.startswith("Logs")
    ]


def test_the_key_of_another_stack_knows_the_log_groups_by_their_stacks(shop: Shop) -> None:
    owner = cdk.Stack(shop.app, "Owner", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    key = kms.Key(owner, "Key")
    nested = cdk.NestedStack(shop.stack, "Nested")
    for stack in (shop.stack, nested):
        ImportFunction.of(stack).configure(encryption_key=key)
        shop.job(scope=stack)
    templates = Templates(shop.app)
    # The name of a nested stack begins with its parent's.
    pattern = "arn:${AWS::Partition}:logs:eu-west-1:123456789012:log-group:Shop-*"
    assert log_condition(templates.of(owner)) == [pattern, pattern]
    for stack in (shop.stack, nested):
        assert "KmsKeyArn" in function_of(templates.of(stack))


def test_the_key_knows_a_log_group_that_is_given_a_name_later(shop: Shop) -> None:
    ImportFunction.of(shop.stack).configure(encryption_key=kms.Key(shop.stack, "Key"))
    shop.job()
    for construct in shop.stack.node.find_all():
        if isinstance(construct, logs.CfnLogGroup):
            construct.log_group_name = "/corp/import"
    resources = shop.synth()
    assert log_condition(resources) == ["arn:${AWS::Partition}:logs:eu-west-1:123456789012:log-group:/corp/import"]
    assert flat(resources.function_statements["WriteLogs"]["Resource"]).endswith(":log-group:/corp/import:*")


def test_what_must_be_in_the_policy_of_a_key_that_is_made_elsewhere(shop: Shop) -> None:
    arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    ImportFunction.of(shop.stack).configure(encryption_key=kms.Key.from_key_arn(shop.stack, "Key", arn))
    shop.job()
    warning = shop.warnings()["cdk-personalize-import:logKeyPolicy"]
    assert f"the policy of key {arn} can't be changed from here" in warning
    assert '"Service": "logs.eu-west-1.' in warning
    assert "log-group:${AWS::StackName}-CustomPersonalizeDatasetImportJobProviderLogGroup" in warning


def test_a_vpc(in_vpc: Resources) -> None:
    function = function_of(in_vpc)
    [group] = in_vpc.ids("AWS::EC2::SecurityGroup", "ImportJobProvider")
    assert function["VpcConfig"] == {
        "SecurityGroupIds": [f"${{{group}.GroupId}}"],
        "SubnetIds": [f"${{{subnet}}}" for subnet in in_vpc.ids("AWS::EC2::Subnet")],
    }
    connect, leave = (in_vpc.function_statements[sid] for sid in ("ConnectToVpc", "LeaveVpcToLambda"))
    assert (connect["Effect"], connect["Action"], connect["Resource"]) == ("Allow", NETWORK_ACTIONS, "*")
    # Lambda makes the interfaces; the function's code has no business with them.
    assert (leave["Effect"], leave["Action"], leave["Resource"]) == ("Deny", NETWORK_ACTIONS, "*")
    assert flat(leave["Condition"]) == {"ArnEquals": {"lambda:SourceFunctionArn": FUNCTION_ARN}}


def test_what_the_function_reaches_the_services_through_is_deleted_after_the_last_reply(in_vpc: Resources) -> None:
    [job] = in_vpc.ids(JOB)
    network = {name for name, found in in_vpc.all.items() if found["Type"].startswith("AWS::EC2::")}
    assert len(in_vpc.ids("AWS::EC2::VPCEndpoint")) == 2
    assert network <= in_vpc.needs(job)
    in_vpc.assert_no_circle()


def test_subnets_and_security_groups_of_a_vpc_that_is_made_elsewhere(shop: Shop) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        shop.stack,
        "Vpc",
        vpc_id=cdk.Fn.import_value("vpc"),
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
    )
    groups = [ec2.SecurityGroup.from_security_group_id(shop.stack, "Group", "sg-1")]
    subnets = ec2.SubnetSelection(availability_zones=["eu-west-1b"])
    function = function_of(configured(shop, vpc=vpc, vpc_subnets=subnets, security_groups=groups))
    assert function["VpcConfig"] == {"SecurityGroupIds": ["sg-1"], "SubnetIds": ["subnet-2"]}


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_dead_letter_queue(shop: Shop, *, encrypted: bool) -> None:
    queue = sqs.Queue(shop.stack, "Queue", encryption_master_key=kms.Key(shop.stack, "QueueKey") if encrypted else None)
    resources = configured(shop, dead_letter_queue=queue)
    [made] = resources.ids("AWS::SQS::Queue")
    assert function_of(resources)["DeadLetterConfig"] == {"TargetArn": f"${{{made}.Arn}}"}
    policy = resources.properties("AWS::IAM::Policy", "ImportJobProviderRole")
    [send] = policy["PolicyDocument"]["Statement"]
    assert (send["Action"], flat(send["Resource"])) == ("sqs:SendMessage", f"${{{made}.Arn}}")
    if encrypted:
        assert key_statements(resources)["DeadLettersUsesKey"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_cdk_nag_finds_nothing_in_a_function_with_all_settings(shop: Shop) -> None:
    queue = sqs.Queue(shop.stack, "Queue", enforce_ssl=True, encryption_master_key=kms.Key(shop.stack, "QueueKey"))
    ImportFunction.of(shop.stack).configure(
        vpc=private_vpc(shop.stack),
        encryption_key=kms.Key(shop.stack, "Key"),
        dead_letter_queue=queue,
        reserved_concurrent_executions=10,
        log_retention=logs.RetentionDays.ONE_YEAR,
        memory_size=256,
    )
    shop.job()
    shop.app.synth()
    violations = cdk_nag().AwsSolutionsChecks(shop.app).validate_scope(shop.stack).violations
    own = [
        (found.rule_name, resource.construct_path)
        for found in violations
        for resource in found.violating_resources
        if "ImportJobProvider" in (resource.construct_path or "")
    ]
    assert own == []


def test_a_permissions_boundary_and_property_injectors_reach_the_function() -> None:
    @jsii.implements(cdk.IPropertyInjector)
    class Inject:
        """Adds properties, by their names in TypeScript, to every construct of a class."""

        def __init__(self, kind: str, **properties: Any) -> None:
            self._kind = kind
            self._properties = properties

        @property
        def construct_unique_id(self) -> str:
            return self._kind

        def inject(self, original_props: Any, *, id: str, scope: Construct) -> Any:  # noqa: A002
            return {**original_props, **self._properties}

    shop = Shop()
    stack = cdk.Stack(
        shop.app,
        "Corporate",
        env=cdk.Environment(account="123456789012", region="eu-west-1"),
        property_injectors=[
            Inject(lambda_.Function.PROPERTY_INJECTION_ID, tracing=lambda_.Tracing.ACTIVE),
            Inject(iam.Role.PROPERTY_INJECTION_ID, maxSessionDuration=cdk.Duration.hours(2)),
        ],
    )
    boundary = "arn:aws:iam::123456789012:policy/corporate"
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_managed_policy_arn(stack, "Boundary", boundary))
    ImportFunction.of(stack).configure(memory_size=256)
    shop.job(scope=stack)
    resources = Templates(shop.app).of(stack)
    function = function_of(resources)
    assert (function["TracingConfig"], function["MemorySize"]) == ({"Mode": "Active"}, 256)
    roles = [resources.all[name]["Properties"] for name in resources.ids("AWS::IAM::Role")]
    assert [(role["PermissionsBoundary"], role["MaxSessionDuration"]) for role in roles] == [(boundary, 7200)] * 3
    # What tracing needs is added to the role by the CDK, as to that of any function.
    policy = resources.properties("AWS::IAM::Policy", "ImportJobProviderRole")["PolicyDocument"]["Statement"]
    assert [statement["Action"] for statement in policy] == [["xray:PutTraceSegments", "xray:PutTelemetryRecords"]]


def test_settings_are_for_one_stack(shop: Shop) -> None:
    other = cdk.Stack(shop.app, "Other", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    ImportFunction.of(shop.stack).configure(memory_size=512)
    shop.job()
    shop.job(scope=other)
    templates = Templates(shop.app)
    assert [function_of(templates.of(stack))["MemorySize"] for stack in (shop.stack, other)] == [512, 128]


def test_a_second_setting_is_refused(shop: Shop) -> None:
    ImportFunction.of(shop.stack).configure(memory_size=512)
    function = ImportFunction.of(Construct(shop.stack, "Part"))
    with pytest.raises(
        ValueError, match=r"^Shop: ImportFunction.configure\(memory_size\) must be called once for a"
    ) as error:
        function.configure(memory_size=256)
    assert str(error.value).endswith("stack, with all arguments; add these arguments to the first call")


def test_a_setting_after_the_first_import_is_refused(shop: Shop) -> None:
    shop.job()
    with pytest.raises(ValueError, match=r"configure\(log_retention, memory_size\) must be called before the") as error:
        ImportFunction.of(shop.stack).configure(memory_size=256, log_retention=logs.RetentionDays.ONE_YEAR)
    assert str(error.value).endswith("first import of the stack; move the call to where the stack begins")


@pytest.mark.parametrize(
    ("setting", "value", "text"),
    [
        ("memory_size", 64, "memory_size must be a whole number of at least 128 and at most 10240, got 64"),
        ("memory_size", 256.5, "memory_size must be a whole number of at least 128 and at most 10240, got 256.5"),
        ("reserved_concurrent_executions", 0, "must be a whole number of at least 1, got 0"),
        ("security_groups", [], "security_groups must be given together with vpc, got []"),
        ("vpc_subnets", ec2.SubnetSelection(), "vpc_subnets must be given together with vpc"),
    ],
)
def test_values_that_are_refused(shop: Shop, setting: str, value: Any, text: str) -> None:
    with pytest.raises(ValueError, match=r"^Shop/ImportFunction: ") as error:
        ImportFunction.of(shop.stack).configure(**{setting: value})
    assert text in str(error.value)


@pytest.mark.parametrize(
    ("setting", "value", "text"),
    [
        ("memory_size", "256", "memory_size must be a whole number of at least 128 and at most 10240, got '256'"),
        ("memory_size", True, "memory_size must be a whole number"),
        ("log_retention", 30, "log_retention must be of type RetentionDays, got 30"),
        ("encryption_key", "alias/corp", "encryption_key must be an aws_kms.IKey, got 'alias/corp'"),
        ("vpc", "vpc-1", "vpc must be an aws_ec2.IVpc, got 'vpc-1'"),
        ("dead_letter_queue", "queue", "dead_letter_queue must be an aws_sqs.IQueue, got 'queue'"),
    ],
)
def test_types_that_are_refused(shop: Shop, setting: str, value: Any, text: str) -> None:
    with pytest.raises(TypeError, match=r"^Shop/ImportFunction: ") as error:
        ImportFunction.of(shop.stack).configure(**{setting: value})
    assert text in str(error.value)


def test_what_goes_with_a_vpc_is_checked_as_well(shop: Shop) -> None:
    vpc = private_vpc(shop.stack)
    wrong: dict[str, Any] = {"security_groups": ["sg-1"], "vpc_subnets": ["subnet-1"]}
    for setting, value in wrong.items():
        with pytest.raises(TypeError, match=f"Shop/ImportFunction: {setting} must be "):
            ImportFunction.of(shop.stack).configure(**{"vpc": vpc, setting: value})
    # A refused call sets nothing.
    ImportFunction.of(shop.stack).configure(vpc=vpc)


def test_a_fifo_queue_is_refused_as_lambda_would(shop: Shop) -> None:
    queue = sqs.Queue(shop.stack, "Queue", fifo=True)
    with pytest.raises(ValueError, match=r"dead_letter_queue must be a queue that is not FIFO.*got 'Shop/Queue'"):
        ImportFunction.of(shop.stack).configure(dead_letter_queue=queue)
