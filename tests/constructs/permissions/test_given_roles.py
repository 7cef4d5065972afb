"""A role of ``role=`` with buckets and keys of its own account and of others: policies name the role that reads."""

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from shop import Shop, Templates, flat

from cdk_personalize_import import DataSource

GIVEN_ARN = "arn:aws:iam::123456789012:role/given"
FOREIGN = cdk.Environment(account="210987654321", region="eu-west-1")


def given(shop: Shop, role_name: str | None = None) -> iam.Role:
    return iam.Role(
        shop.stack, "Given", role_name=role_name, assumed_by=iam.ServicePrincipal("personalize.amazonaws.com")
    )


def readers(statements: list[dict[str, Any]]) -> set[str]:
    """Return the patterns of roles to which statements are limited."""
    return {
        flat(found["Condition"]["ArnLike"]["aws:PrincipalArn"])
        for found in statements
        if "ArnLike" in found.get("Condition", {})
    }


def of_bucket_elsewhere(shop: Shop, role: iam.IRole) -> list[dict[str, Any]]:
    owner = cdk.Stack(shop.app, "Owner", env=FOREIGN)
    bucket = s3.Bucket(owner, "Bucket", bucket_name="foreign")
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"), role=role)
    statements = Templates(shop.app).of(owner).properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert isinstance(statements, list)
    return statements


def test_a_bucket_of_another_account_lets_in_an_imported_role(shop: Shop) -> None:
    role = iam.Role.from_role_arn(shop.stack, "Imported", GIVEN_ARN)
    assert readers(of_bucket_elsewhere(shop, role)) == {GIVEN_ARN}


def test_a_bucket_of_another_account_lets_in_a_role_with_a_name(shop: Shop) -> None:
    arn = "arn:${AWS::Partition}:iam::123456789012:role/reader"
    assert readers(of_bucket_elsewhere(shop, given(shop, "reader"))) == {arn}
    assert shop.warnings() == {}


def test_a_bucket_of_another_account_can_not_name_a_role_without_a_name(shop: Shop) -> None:
    assert readers(of_bucket_elsewhere(shop, given(shop))) == set()
    assert "give the role a role_name" in shop.warnings()["cdk-personalize-import:unnamedRole"]


def test_an_imported_bucket_of_another_account_is_warned_about_with_the_role(shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_attributes(shop.stack, "Foreign", bucket_name="foreign", account=FOREIGN.account)
    role = iam.Role.from_role_arn(shop.stack, "Imported", GIVEN_ARN)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"), role=role)
    text = shop.warnings()["cdk-personalize-import:bucketPolicy"]
    assert GIVEN_ARN in text
    assert "cdk-personalize-import/" not in text


def test_a_key_of_the_stack_has_no_statement_for_roles_that_nobody_has(shop: Shop) -> None:
    bucket = s3.Bucket(shop.stack, "Encrypted", encryption_key=kms.Key(shop.stack, "Key"))
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"), role=given(shop))
    resources = shop.synth()
    assert "cdk-personalize-import" not in json.dumps(resources.properties("AWS::KMS::Key"))
    statements = resources.properties("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    [decrypt] = [found for found in statements if found["Sid"] == "DecryptData"]
    assert "kms:CreateGrant" in decrypt["Action"]
    resources.assert_no_circle()


def test_a_key_made_elsewhere_is_warned_about_with_the_role(shop: Shop) -> None:
    key_arn = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    bucket = s3.Bucket.from_bucket_attributes(
        shop.stack, "Imported", bucket_name="b-elsewhere", encryption_key=kms.Key.from_key_arn(shop.stack, "K", key_arn)
    )
    role = iam.Role.from_role_arn(shop.stack, "ImportedRole", GIVEN_ARN)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"), role=role)
    text = shop.warnings()["cdk-personalize-import:keyPolicy"]
    assert GIVEN_ARN in text
    assert "cdk-personalize-import/" not in text


def test_a_role_of_another_account_is_refused(shop: Shop) -> None:
    role = iam.Role.from_role_arn(shop.stack, "Imported", "arn:aws:iam::210987654321:role/given")
    message = "role must be in the stack's account, 123456789012, since no role can be passed"
    with pytest.raises(ValueError, match=re.escape(message)):
        shop.job(role=role)
