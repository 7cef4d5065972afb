"""What stands in the place of a plain bucket or key: it works, or is refused by name."""

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from constructs import IConstruct
from shop import JOB, Shop, Templates, flat

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


@jsii.implements(cdk.IAspect)
class Encrypt:
    """Gives every bucket a key, as an organisation's Aspect may."""

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, s3.CfnBucket):
            node.bucket_encryption = encryption(KEY_ARN)


def test_a_key_that_the_bucket_gets_after_the_import_is_refused(shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    key = kms.Key(shop.stack, "Key")
    resource(shop.bucket).bucket_encryption = encryption(key.key_arn)
    with pytest.raises(RuntimeError, match="bucket Shop/Bucket got its key after the import was made"):
        shop.synth()


@pytest.mark.parametrize("stack", ["its own", "another"])
def test_a_key_by_an_aspect_is_refused(stack: str, shop: Shop) -> None:
    source = DataSource.from_bucket(shop.bucket, "items.csv") if stack == "its own" else shop.other_source(shop.app)
    shop.job(data_source=source)
    cdk.Aspects.of(shop.app).add(Encrypt())
    with pytest.raises(RuntimeError, match="got its key after the import was made"):
        shop.synth()


def test_a_key_by_an_escape_hatch_is_refused(shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    path = "BucketEncryption.ServerSideEncryptionConfiguration"
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_ARN}
    resource(shop.bucket).add_property_override(path, [{"ServerSideEncryptionByDefault": by_default}])
    with pytest.raises(RuntimeError, match="got its key after the import was made"):
        shop.synth()


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_encryption_without_a_customer_s_key_after_the_import(algorithm: str, shop: Shop) -> None:
    shop.job(data_source=DataSource.from_bucket(shop.bucket, "items.csv"))
    by_default = s3.CfnBucket.ServerSideEncryptionByDefaultProperty(sse_algorithm=algorithm)
    rule = s3.CfnBucket.ServerSideEncryptionRuleProperty(server_side_encryption_by_default=by_default)
    resource(shop.bucket).bucket_encryption = s3.CfnBucket.BucketEncryptionProperty(
        server_side_encryption_configuration=[rule]
    )
    assert shop.synth().ids("AWS::S3::Bucket")


def test_the_bucket_that_a_deployment_returns_is_the_one_it_deploys_into(shop: Shop) -> None:
    key = kms.Key(shop.stack, "Key")
    bucket = s3.Bucket(shop.stack, "Encrypted", encryption_key=key)
    rows = s3_deployment.Source.data("items.csv", "ITEM_ID\n1\n")
    deployment = s3_deployment.BucketDeployment(shop.stack, "Upload", sources=[rows], destination_bucket=bucket)
    shop.job(data_source=DataSource.from_bucket(deployment.deployed_bucket, "items.csv"))
    resources = shop.synth()
    assert shop.warnings() == {}
    [bucket_id] = resources.ids("AWS::S3::Bucket", "Encrypted")
    assert flat(resources.job["DataLocation"]) == f"s3://${{{bucket_id}}}/items.csv"
    assert (
        flat(resources.statements("InteractionsServiceRole")["ReadData"])["Resource"]
        == f"${{{bucket_id}.Arn}}/items.csv"
    )
    assert resources.statements("InteractionsServiceRole")["DecryptData"]
    [job] = resources.ids(JOB)
    assert set(resources.ids("Custom::CDKBucketDeployment")) <= resources.needs(job)
    policies = resources.properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert "PersonalizeReadsData" in {found["Sid"] for found in policies}


def test_the_bucket_of_a_deployment_into_an_imported_bucket_is_warned_about(shop: Shop) -> None:
    bucket = s3.Bucket.from_bucket_name(shop.stack, "Imported", "shop-imported")
    rows = s3_deployment.Source.data("items.csv", "ITEM_ID\n1\n")
    deployment = s3_deployment.BucketDeployment(shop.stack, "Upload", sources=[rows], destination_bucket=bucket)
    shop.job(data_source=DataSource.from_bucket(deployment.deployed_bucket, "items.csv"))
    assert shop.warnings().keys() == {"cdk-personalize-import:bucketPolicy"}
    resources = shop.synth()
    assert set(resources.ids("Custom::CDKBucketDeployment")) <= resources.needs(resources.ids(JOB)[0])


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
