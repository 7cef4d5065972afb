"""What stands in the place of a plain bucket or key: it works, or is refused by name."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from shop import Shop, Templates, flat

from cdk_personalize_import import DataSource

KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def test_an_alias_of_the_app_stands_for_its_key(shop: Shop) -> None:
    alias = kms.Key(shop.stack, "Key").add_alias("alias/data")
    bucket = s3.Bucket(shop.stack, "Encrypted", encryption=s3.BucketEncryption.KMS, encryption_key=alias)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    resources = shop.synth()
    [key] = resources.ids("AWS::KMS::Key")
    assert flat(resources.statements("ServiceRole")["DecryptData"])["Resource"] == f"${{{key}.Arn}}"
    sids = [found.get("Sid") for found in resources.properties("AWS::KMS::Key")["KeyPolicy"]["Statement"]]
    assert "PersonalizeUsesKey" in sids


def test_an_alias_made_elsewhere_is_refused(shop: Shop) -> None:
    alias = kms.Alias.from_alias_name(shop.stack, "Alias", "alias/data")
    bucket = s3.Bucket.from_bucket_attributes(shop.stack, "Imported", bucket_name="elsewhere", encryption_key=alias)
    with pytest.raises(ValueError, match=r"bucket must be encrypted with a key that policies can name.*alias/data"):
        shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))


def encryption(key_id: str) -> s3.CfnBucket.BucketEncryptionProperty:
    by_default = s3.CfnBucket.ServerSideEncryptionByDefaultProperty(sse_algorithm="aws:kms", kms_master_key_id=key_id)
    rule = s3.CfnBucket.ServerSideEncryptionRuleProperty(server_side_encryption_by_default=by_default)
    return s3.CfnBucket.BucketEncryptionProperty(server_side_encryption_configuration=[rule])


def resource(bucket: s3.Bucket) -> s3.CfnBucket:
    made = bucket.node.default_child
    assert isinstance(made, s3.CfnBucket)
    return made


def test_a_key_that_is_set_on_the_resource_of_the_bucket(shop: Shop) -> None:
    key = kms.Key(shop.stack, "Key")
    resource(shop.bucket).bucket_encryption = encryption(key.key_arn)
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    resources = shop.synth()
    [key_id] = resources.ids("AWS::KMS::Key")
    assert flat(resources.statements("ServiceRole")["DecryptData"])["Resource"] == f"${{{key_id}.Arn}}"
    assert shop.warnings() == {}


def test_the_arn_of_a_key_that_is_set_on_the_resource_of_the_bucket(shop: Shop) -> None:
    resource(shop.bucket).bucket_encryption = encryption(KEY_ARN)
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    assert KEY_ARN in shop.warnings()["cdk-personalize-import:keyPolicy"]
    assert shop.synth().statements("ServiceRole")["DecryptData"]["Resource"] == KEY_ARN


def test_a_key_of_a_parameter_with_a_bucket_of_another_stack(shop: Shop) -> None:
    data = cdk.Stack(shop.app, "Data", env=cdk.Environment(account="123456789012", region="eu-west-1"))
    folder = cdk.CfnParameter(shop.stack, "Folder").value_as_string
    shop.job(data_source=DataSource.from_bucket(s3.Bucket(data, "Bucket"), f"data/{folder}/"))
    templates = Templates(shop.app)
    statements = templates.of(data).properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert flat(statements[1]["Resource"])[0].endswith("/data/*/*")
    role = flat(templates.of(shop.stack).statements("ServiceRole")["ReadData"])
    assert role["Resource"].endswith("/data/${Folder}/*")


@pytest.mark.parametrize("arn", ["arn:aws:s3:eu-west-1:123456789012:accesspoint/data", "arn:aws:s3:::data-abc-s3alias"])
def test_an_access_point_is_refused(arn: str, shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_arn(shop.stack, "AccessPoint", arn)
    with pytest.raises(ValueError, match="bucket must be a bucket, not an access point"):
        shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))


def test_a_token_in_a_key_switches_off_no_other_check(shop: Shop) -> None:
    folder = cdk.CfnParameter(shop.stack, "Folder").value_as_string
    with pytest.raises(ValueError, match=r'key must be .*without a "/" at the beginning'):
        shop.job(data_source=DataSource.from_bucket(shop.bucket, f"/{folder}/"))
    far = cdk.Stack(shop.app, "Far", env=cdk.Environment(account="123456789012", region="us-east-1"))
    bucket = s3.Bucket(far, "Bucket", bucket_name="far")
    with pytest.raises(ValueError, match="bucket must be in the stack's region, eu-west-1"):
        shop.job(data_source=DataSource.from_bucket(bucket, f"{folder}/"))
