"""Objects in the place of ARNs and L2s: what refers to a dataset, a bucket or a role is taken as it is."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from shop import DATASET_ARN, Shop, flat

from cdk_personalize_import import DatasetImportJob, DataSource


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_dataset_of_the_app(shop: Shop) -> None:
    dataset = shop.dataset()
    shop.job("ByObject", dataset_arn=None, dataset=dataset)
    shop.job("ByArn", dataset_arn=dataset.attr_dataset_arn)
    resources = shop.synth()
    first, second = (resources.all[name]["Properties"] for name in resources.ids("Custom::PersonalizeDatasetImportJob"))
    assert first["DatasetArn"] == second["DatasetArn"] == {"Fn::GetAtt": ["InteractionsDataset", "DatasetArn"]}


@pytest.mark.parametrize("both", [True, False])
def test_a_dataset_is_given_in_one_of_two_ways(both: bool, shop: Shop) -> None:
    dataset = shop.dataset()
    source = DataSource.from_bucket(shop.bucket, "in/")
    given = {"dataset": dataset, "dataset_arn": DATASET_ARN} if both else {}
    with pytest.raises(TypeError, match=r"Shop/Job: dataset or dataset_arn must be given, one of them"):
        DatasetImportJob(shop.stack, "Job", data_source=source, **given)  # type: ignore[arg-type]


def test_the_arn_of_something_else_of_the_app(shop: Shop) -> None:
    group = personalize.CfnDatasetGroup(shop.stack, "Group", name="shop")
    schema = personalize.CfnSchema(shop.stack, "Schema", name="shop", schema="{}")
    for arn, name in ((group.attr_dataset_group_arn, "CfnDatasetGroup"), (schema.attr_schema_arn, "CfnSchema")):
        with pytest.raises(ValueError, match=f"dataset_arn must be the ARN of a dataset.*{name}"):
            shop.job(dataset_arn=arn)


def test_a_bucket_as_cloudformation_has_it(shop: Shop) -> None:
    bucket = s3.CfnBucket(shop.stack, "Raw")
    shop.job("One", data_source=DataSource.from_bucket(bucket, "in/"))
    shop.job("Two", data_source=DataSource.from_bucket(bucket, "more/"))
    resources = shop.synth()
    assert flat(resources.job_of(0)["DataLocation"]) == "s3://${Raw}/in/"
    policy = flat(resources.properties("AWS::S3::BucketPolicy"))
    assert policy["Bucket"] == "${Raw}"
    assert {found["Sid"] for found in policy["PolicyDocument"]["Statement"]} >= {"PersonalizeReadsData"}


@pytest.mark.parametrize("path", [None, "/teams/recs/"])
def test_a_role_as_cloudformation_has_it(path: str | None, shop: Shop) -> None:
    trust = iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                actions=["sts:AssumeRole"], principals=[iam.ServicePrincipal("personalize.amazonaws.com")]
            )
        ]
    )
    role = iam.CfnRole(shop.stack, "Raw", assume_role_policy_document=trust, path=path)
    shop.job("One", role=role)
    shop.job("Two", role=role)
    resources = shop.synth()
    prefix = "arn:${AWS::Partition}:iam::123456789012:role" + (path or "/")
    assert flat(resources.job_of(0)["RoleArn"]) == prefix + "${Raw}"
    assert flat(resources.properties("AWS::IAM::Policy")["Roles"]) == ["${Raw}"]


def test_a_wrong_type_is_refused_where_it_is_given(shop: Shop) -> None:
    with pytest.raises(TypeError, match=r"bucket must be an aws_s3\.IBucket, or an IBucketRef such as a CfnBucket"):
        DataSource.from_bucket("bucket", "in/")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"dataset must be an IDatasetRef, such as an aws_personalize\.CfnDataset"):
        shop.job(dataset_arn=None, dataset=DATASET_ARN)
    with pytest.raises(TypeError, match=r"role must be an aws_iam\.IRole, or an IRoleRef such as a CfnRole"):
        shop.job(role="arn:aws:iam::123456789012:role/reader")
    assert cdk.Stack.of(shop.bucket) == shop.stack
