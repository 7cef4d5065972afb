"""A hundred imports in one stack stay inside the limits of CloudFormation, IAM and S3."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from shop import JOB, Resources, Shop

from cdk_personalize_import import DataSource, ImportFunction

IMPORTS = 100
# The longest names of dataset groups and buckets; the rest of a data location is the key.
LONGEST_NAME = 63
LONGEST_KEY = 256 - len("s3://") - LONGEST_NAME - 1
MAX_RESOURCES = 500
MAX_INLINE_POLICIES = 10_240
MAX_BUCKET_POLICY = 20 * 1024
MAX_KEY_POLICY = 32 * 1024
MAX_ENVIRONMENT = 4 * 1024
MAX_TEMPLATE = 1_000_000


def one_bucket(shop: Shop) -> Callable[[int], s3.IBucket]:
    return lambda _: shop.bucket


def own_buckets(shop: Shop) -> Callable[[int], s3.IBucket]:
    return lambda number: s3.Bucket(shop.stack, f"Bucket{number}", encryption=s3.BucketEncryption.S3_MANAGED)


def imported_buckets(shop: Shop) -> Callable[[int], s3.IBucket]:
    def bucket(number: int) -> s3.IBucket:
        key_arn = f"arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-{number:012}"
        return s3.Bucket.from_bucket_attributes(
            shop.stack,
            f"Bucket{number}",
            bucket_name=f"{number:03}".rjust(LONGEST_NAME, "b"),
            encryption_key=kms.Key.from_key_arn(shop.stack, f"Key{number}", key_arn),
        )

    return bucket


def configure_function(shop: Shop) -> None:
    key = kms.Key.from_key_arn(shop.stack, "FunctionKey", "arn:aws:kms:eu-west-1:123456789012:key/mrk-" + "0" * 32)
    queue = sqs.Queue(shop.stack, "Queue", encryption_master_key=key)
    vpc = ec2.Vpc.from_vpc_attributes(
        shop.stack, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    ImportFunction.of(shop.stack).configure(vpc=vpc, encryption_key=key, dead_letter_queue=queue)


def imports(
    make_buckets: Callable[[Shop], Callable[[int], s3.IBucket]], *, configured: bool = False, **arguments: Any
) -> Resources:
    shop = Shop()
    if configured:
        configure_function(shop)
    bucket_of = make_buckets(shop)
    for number in range(IMPORTS):
        group = f"{number:03}".rjust(LONGEST_NAME, "g")
        shop.job(
            f"Job{number}",
            dataset_arn=f"arn:aws:personalize:eu-west-1:123456789012:dataset/{group}/ACTION_INTERACTIONS",
            data_source=DataSource.from_bucket(bucket_of(number), f"{number:03}/".rjust(LONGEST_KEY, "k")),
            job_name_prefix=f"{number:03}".rjust(33, "p"),
            **{name: value(shop, number) if callable(value) else value for name, value in arguments.items()},
        )
    return shop.synth()


def given_role(shop: Shop, number: int) -> iam.IRole:
    # An ARN that the API accepts has at most 256 characters.
    name = f"{number:03}".rjust(64, "r")
    path = "p" * (256 - len(f"arn:aws:iam::123456789012:role//{name}"))
    return iam.Role.from_role_arn(shop.stack, f"Role{number}", f"arn:aws:iam::123456789012:role/{path}/{name}")


def shared_role(shop: Shop, _: int) -> iam.IRole:
    existing = shop.stack.node.try_find_child("Shared")
    assert existing is None or isinstance(existing, iam.Role)
    return existing or iam.Role(shop.stack, "Shared", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))


@pytest.fixture(
    scope="module",
    params=[
        (one_bucket, {}),
        (own_buckets, {}),
        (imported_buckets, {}),
        (imported_buckets, {"role": given_role}),
        (imported_buckets, {"role": given_role, "configured": True}),
        (own_buckets, {"role": shared_role}),
    ],
    ids=[
        "one bucket",
        "own buckets",
        "imported buckets with keys",
        "a given role each",
        "and a configured function",
        "a shared role",
    ],
)
def many(request: pytest.FixtureRequest) -> Resources:
    make_buckets, arguments = request.param
    return imports(make_buckets, **arguments)


def deployed_size(value: Any) -> int:
    """Return the length of a value at deployment, white space aside, with the longest names there can be."""

    def deployed(value: Any) -> Any:
        match value:
            case {"Fn::Join": [delimiter, parts]}:
                return delimiter.join(deployed(part) for part in parts)
            case {"Ref": "AWS::Partition"}:
                return "aws-cn"
            case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::Select": _}:
                # A bucket's or role's ARN, the longest of those in policies here.
                return "arn:aws-cn:iam::123456789012:role/".ljust(130, "x")
            case dict():
                return {key: deployed(item) for key, item in value.items()}
            case list():
                return [deployed(item) for item in value]
        return value

    return len(json.dumps(deployed(value), separators=(",", ":")))


def test_template(many: Resources) -> None:
    assert len(many.all) < MAX_RESOURCES
    assert len(json.dumps(many.template, separators=(",", ":"))) < MAX_TEMPLATE


def test_inline_policies_of_each_role(many: Resources) -> None:
    policies = {
        name: [policy["PolicyDocument"] for policy in many.all[name]["Properties"].get("Policies", [])]
        for name in many.ids("AWS::IAM::Role")
    }
    for policy in map(many.all.__getitem__, many.ids("AWS::IAM::Policy")):
        for role in policy["Properties"]["Roles"]:
            name = role["Ref"] if isinstance(role, dict) else role
            policies.setdefault(name, []).append(policy["Properties"]["PolicyDocument"])
    sizes = {name: sum(map(deployed_size, documents)) for name, documents in policies.items()}
    assert {name: size for name, size in sizes.items() if size > MAX_INLINE_POLICIES} == {}


def test_bucket_policies(many: Resources) -> None:
    for name in many.ids("AWS::S3::BucketPolicy"):
        assert deployed_size(many.all[name]["Properties"]["PolicyDocument"]) < MAX_BUCKET_POLICY


def test_environment(many: Resources) -> None:
    variables = many.properties("AWS::Lambda::Function")["Environment"]["Variables"]
    assert deployed_size(variables) < MAX_ENVIRONMENT


def test_resources_of_each_further_import() -> None:
    assert len(imports(one_bucket).all) == 5 + 2 + 2 * IMPORTS


def test_a_list_that_is_full_widens_to_one_pattern() -> None:
    statements = imports(imported_buckets).function_statements
    widened = {
        sid: found["Resource"] for sid, found in statements.items() if sid in ("ImportIntoDatasets", "ListSources")
    }
    prefix = {"Ref": "AWS::Partition"}
    assert widened == {
        "ImportIntoDatasets": [
            {"Fn::Join": ["", ["arn:", prefix, ":personalize:eu-west-1:123456789012:dataset/*"]]},
        ],
        "ListSources": [{"Fn::Join": ["", ["arn:", prefix, ":s3:::*"]]}],
    }


def test_a_key_that_serves_a_hundred_buckets() -> None:
    shop = Shop()
    key = kms.Key(shop.stack, "Key")
    for number in range(IMPORTS):
        bucket = s3.Bucket(shop.stack, f"Bucket{number}", encryption_key=key)
        shop.job(f"Job{number}", data_source=DataSource.from_bucket(bucket, "items.csv"))
    resources = shop.synth()
    assert deployed_size(resources.properties("AWS::KMS::Key")["KeyPolicy"]) < MAX_KEY_POLICY
    assert "DecryptSources" not in resources.function_statements


def test_a_day_s_chain_takes_as_many_resources_as_it_has_links() -> None:
    shop = Shop()
    shop.job(timeout=cdk.Duration.hours(24))
    assert len(shop.synth().ids(JOB)) == 26
