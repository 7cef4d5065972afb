"""What is known to make an import fail is told at the end of synthesis, whenever it came into the app."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from shop import Shop

from cdk_personalize_import import DataSource

PERSONALIZE = iam.ServicePrincipal("personalize.amazonaws.com")


@pytest.fixture
def shop() -> Shop:
    return Shop()


def ours(shop: Shop) -> set[str]:
    return {name.removeprefix("cdk-personalize-import:") for name in shop.warnings()}


@pytest.mark.parametrize("l1", [False, True])
def test_a_role_that_does_not_trust_personalize(l1: bool, shop: Shop) -> None:
    if l1:
        trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}}]}
        shop.job(role=iam.CfnRole(shop.stack, "Role", assume_role_policy_document=trust))
    else:
        shop.job(role=iam.Role(shop.stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com")))
    assert "roleTrust" in ours(shop)


def test_a_trust_that_is_added_later(shop: Shop) -> None:
    role = iam.Role(shop.stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    shop.job(role=role)
    assert role.assume_role_policy is not None
    role.assume_role_policy.add_statements(iam.PolicyStatement(actions=["sts:AssumeRole"], principals=[PERSONALIZE]))
    assert "roleTrust" not in ours(shop)


def test_a_role_made_elsewhere_is_not_judged(shop: Shop) -> None:
    shop.job(role=iam.Role.from_role_arn(shop.stack, "Role", "arn:aws:iam::123456789012:role/reader"))
    assert "roleTrust" not in ours(shop)


def deny(conditions: dict[str, dict[str, str]]) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=["s3:*"],
        principals=[iam.AnyPrincipal()],
        resources=["*"],
        conditions=conditions,
    )


@pytest.mark.parametrize(
    ("conditions", "warned"),
    [
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, True),
        ({"StringNotEqualsIfExists": {"aws:sourceVpc": "vpc-1"}}, True),
        (
            {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            False,
        ),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
    ],
)
def test_a_bucket_that_only_a_vpc_reaches(conditions: dict[str, dict[str, str]], warned: bool, shop: Shop) -> None:
    shop.job()
    shop.bucket.add_to_resource_policy(deny(conditions))
    assert ("vpcOnly" in ours(shop)) is warned


def deployment(shop: Shop, bucket: s3.IBucket, prefix: str | None = None) -> s3_deployment.BucketDeployment:
    source = s3_deployment.Source.data("in/items.csv", "ITEM_ID,GENRES\n1,a\n")
    return s3_deployment.BucketDeployment(
        shop.stack, "Upload", sources=[source], destination_bucket=bucket, destination_key_prefix=prefix
    )


def test_a_deployment_that_the_import_does_not_wait_for(shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "in/"))
    deployment(shop, shop.bucket)
    assert "deployment" in ours(shop)


@pytest.mark.parametrize("how", ["node", "through another", "deployed bucket"])
def test_a_deployment_that_the_import_waits_for(how: str, shop: Shop) -> None:
    upload = deployment(shop, shop.bucket)
    bucket = upload.deployed_bucket if how == "deployed bucket" else shop.bucket
    job = shop.job(data_source=DataSource.from_bucket(bucket, "in/"))
    if how == "node":
        job.node.add_dependency(upload)
    if how == "through another":
        between = cdk.CfnResource(shop.stack, "Between", type="AWS::SNS::Topic")
        between.node.add_dependency(upload)
        job.node.add_dependency(between)
    assert "deployment" not in ours(shop)


def test_a_deployment_to_another_place(shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "in/"))
    deployment(shop, shop.bucket, prefix="out/")
    assert "deployment" not in ours(shop)


def files_of_a_mac(folder: Path) -> s3_deployment.ISource:
    for name in ("items.csv", ".DS_Store", "._items.csv"):
        (folder / name).write_text("ITEM_ID\n1\n", encoding="utf-8")
    return s3_deployment.Source.asset(str(folder))


@pytest.mark.parametrize(
    ("key", "options", "named"),
    [
        ("in/", {"destination_key_prefix": "in"}, True),
        ("in/", {"destination_key_prefix": "in/"}, True),
        ("in/", {"destination_key_prefix": "in", "exclude": [".*"]}, False),
        ("in/", {"destination_key_prefix": "out"}, False),
        ("items.csv", {}, False),
    ],
)
def test_dot_files_beside_the_data(key: str, options: dict[str, Any], named: bool, shop: Shop, tmp_path: Path) -> None:
    upload = s3_deployment.BucketDeployment(
        shop.stack, "Upload", sources=[files_of_a_mac(tmp_path)], destination_bucket=shop.bucket, **options
    )
    job = shop.job(data_source=DataSource.from_bucket(shop.bucket, key))
    job.node.add_dependency(upload)
    warnings = ours(shop)
    assert ("hiddenFiles" in warnings) == named
    if named:
        text = shop.warnings()["cdk-personalize-import:hiddenFiles"]
        assert "puts .DS_Store, ._items.csv into the data's folder" in text
