"""The construct inside other people's apps: nested stacks, stages, several stacks, partitions, aspects."""

import json
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct
from shop import DATASET_ARN, JOB, Shop, Templates, flat

from cdk_personalize_import import DatasetImportJob, DataSource, IDatasetImportJob

FUNCTION = "AWS::Lambda::Function"
ENV = cdk.Environment(account="123456789012", region="eu-west-1")
JOB_ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/nightly-1"


class Recommendations(Construct):
    """Somebody's own construct, with everything that an import needs within."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        group = personalize.CfnDatasetGroup(self, "Group", name=f"{construct_id}-group")
        schema = personalize.CfnSchema(self, "Schema", name=f"{construct_id}-schema", schema="{}")
        self.dataset = personalize.CfnDataset(
            self,
            "Dataset",
            name="items",
            dataset_type="Items",
            dataset_group_arn=group.attr_dataset_group_arn,
            schema_arn=schema.attr_schema_arn,
        )
        self.bucket = s3.Bucket(self, "Bucket", encryption=s3.BucketEncryption.KMS)
        self.job = DatasetImportJob(
            self,
            "Import",
            dataset_arn=self.dataset.attr_dataset_arn,
            data_source=DataSource.from_bucket(self.bucket, "items/"),
        )


def test_constructs_share_the_provider_of_their_stack(shop: Shop) -> None:
    Recommendations(shop.stack, "One")
    Recommendations(Construct(shop.stack, "Within"), "Two")
    resources = shop.synth()
    assert len(resources.ids(FUNCTION)) == 1
    assert len(resources.ids(JOB)) == 2
    resources.assert_no_circle()


def test_the_policy_names_dataset_and_schema_without_referring_to_them(shop: Shop) -> None:
    Recommendations(shop.stack, "One")
    resources = shop.synth()
    statements = flat(resources.function_statements)
    prefix = "arn:${AWS::Partition}:personalize:eu-west-1:123456789012"
    assert statements["ImportIntoDatasets"]["Resource"] == [f"{prefix}:dataset/One-group/ITEMS"]
    assert statements["DescribeDatasets"]["Resource"] == [f"{prefix}:dataset/One-group/ITEMS"]
    assert statements["DescribeSchemas"]["Resource"] == [f"{prefix}:schema/One-schema"]
    [function] = resources.ids(FUNCTION)
    kinds = {resources.all[name]["Type"] for name in resources.needs(function)}
    assert kinds == {"AWS::IAM::Role", "AWS::Logs::LogGroup"}


def test_imports_may_wait_for_each_other(shop: Shop) -> None:
    one, two, three = (Recommendations(shop.stack, name) for name in ("One", "Two", "Three"))
    # The whole construct, with its bucket and dataset, waits for the import in the one before.
    two.node.add_dependency(one.job)
    three.node.add_dependency(two)
    resources = shop.synth()
    resources.assert_no_circle()
    first, second, third = (resources.ids(JOB, name)[0] for name in ("One", "Two", "Three"))
    assert first in resources.needs(second)
    assert second in resources.needs(third)


def test_imports_of_local_files_may_wait_for_each_other(shop: Shop, tmp_path: Any) -> None:
    (tmp_path / "items.csv").write_text("ITEM_ID,GENRE\n1,2\n")
    source = DataSource.from_local_path(tmp_path)
    arn = DATASET_ARN.replace("INTERACTIONS", "ITEMS")
    one = shop.job("One", data_source=source, dataset_arn=arn)
    two = shop.job("Two", data_source=source, dataset_arn=arn)
    two.node.add_dependency(one)
    shop.synth().assert_no_circle()


def test_what_depends_on_the_import_waits_for_the_whole_chain(shop: Shop) -> None:
    job = shop.job(timeout=cdk.Duration.hours(3))
    topic = sns.Topic(shop.stack, "Done")
    topic.node.add_dependency(job)
    by_attribute = sns.Topic(shop.stack, "Named", display_name=job.status)
    assert by_attribute
    resources = shop.synth()
    for name in ("Done", "Named"):
        [topic_id] = resources.ids("AWS::SNS::Topic", name)
        assert set(resources.ids(JOB)) <= resources.needs(topic_id)


def test_a_nested_stack_has_its_own_provider(shop: Shop) -> None:
    nested = cdk.NestedStack(shop.stack, "Nested")
    shop.job("Outside")
    shop.job("Inside", scope=nested)
    templates = Templates(shop.app)
    outside, inside = templates.of(shop.stack), templates.of(nested)
    assert len(outside.ids(FUNCTION)) == len(inside.ids(FUNCTION)) == 1
    assert len(outside.ids(JOB)) == len(inside.ids(JOB)) == 1
    paths = [flat(found.properties("AWS::IAM::Role", "ServiceRole")["Path"]) for found in (outside, inside)]
    assert paths[0] != paths[1]
    outside.assert_no_circle()
    inside.assert_no_circle()
    # The bucket's policy is there before the nested stack is made.
    [nested_id] = outside.ids("AWS::CloudFormation::Stack")
    assert set(outside.ids("AWS::S3::BucketPolicy")) <= outside.needs(nested_id)


def test_a_bucket_of_a_nested_stack(shop: Shop) -> None:
    nested = cdk.NestedStack(shop.stack, "Nested")
    bucket = s3.Bucket(nested, "Bucket", encryption=s3.BucketEncryption.KMS)
    shop.job(data_source=DataSource.from_bucket(bucket, "items.csv"))
    templates = Templates(shop.app)
    outside = templates.of(shop.stack)
    outside.assert_no_circle()
    [nested_id] = outside.ids("AWS::CloudFormation::Stack")
    assert nested_id in outside.needs(outside.ids(JOB)[0])
    assert len(templates.of(nested).ids("AWS::S3::BucketPolicy")) == 1


def test_a_stage(shop: Shop) -> None:
    jobs = []
    for name in ("Test", "Prod"):
        stage = cdk.Stage(shop.app, name, env=ENV)
        stack = cdk.Stack(stage, "Shop")
        Recommendations(stack, "One")
        resources = Templates(stage).of(stack)  # type: ignore[arg-type]
        jobs.append(resources.job)
        resources.assert_no_circle()
    assert [job["JobNamePrefix"] for job in jobs] == ["Test-Shop-One-Import", "Prod-Shop-One-Import"]


@pytest.mark.parametrize("encrypted", [False, True])
def test_bucket_and_dataset_of_another_stack(encrypted: bool) -> None:
    app = cdk.App()
    data = cdk.Stack(app, "Data", env=ENV)
    encryption = s3.BucketEncryption.KMS if encrypted else s3.BucketEncryption.S3_MANAGED
    bucket = s3.Bucket(data, "Bucket", encryption=encryption)
    group = personalize.CfnDatasetGroup(data, "Group", name="shop")
    dataset = personalize.CfnDataset(
        data,
        "Dataset",
        name="items",
        dataset_type="Items",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn="arn:aws:personalize:eu-west-1:123456789012:schema/items",
    )
    stacks = [cdk.Stack(app, name, env=ENV) for name in ("One", "Two")]
    for stack in stacks:
        DatasetImportJob(
            stack,
            "Items",
            dataset_arn=dataset.attr_dataset_arn,
            data_source=DataSource.from_bucket(bucket, f"{stack.node.id}/"),
        )
    templates = Templates(app)
    there = templates.of(data)
    [bucket_id] = there.ids("AWS::S3::Bucket")
    statements = there.properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    assert [found["Sid"] for found in statements] == ["PersonalizeListsData", "PersonalizeReadsData"]
    assert flat(statements[1]["Resource"]) == [f"${{{bucket_id}.Arn}}/One/*", f"${{{bucket_id}.Arn}}/Two/*"]
    for stack in stacks:
        resources = templates.of(stack)
        assert "Fn::ImportValue" in json.dumps(resources.job["DatasetArn"])
        assert "Fn::ImportValue" in json.dumps(resources.function_statements["ReadSources"]["Resource"])
        assert ("DecryptSources" in resources.function_statements) is encrypted
        assert [needed.node.id for needed in stack.dependencies] == ["Data"]


def test_an_environment_agnostic_stack() -> None:
    shop = Shop(env=None)
    shop.job(dataset_arn=DATASET_ARN)
    resources = shop.synth()
    text = json.dumps([resources.all[name] for name in resources.all])
    assert "eu-west-1" not in text.replace(DATASET_ARN, "")
    trust = resources.properties("AWS::IAM::Role", "ServiceRole")["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


@pytest.mark.parametrize("region", ["cn-north-1", None])
def test_no_partition_is_written_out(region: str | None) -> None:
    shop = Shop(env=cdk.Environment(account="123456789012", region=region) if region else None)
    Recommendations(shop.stack, "One")
    imported = s3.Bucket.from_bucket_name(shop.stack, "Imported", "elsewhere")
    dataset_arn = "arn:aws-cn:personalize:cn-north-1:123456789012:dataset/shop/ITEMS"
    shop.job(data_source=DataSource.from_bucket(imported, "x/"), dataset_arn=dataset_arn)
    assert "arn:aws:" not in json.dumps(shop.synth().template)
    if region:
        assert "arn:aws-cn:s3:::elsewhere/x/*" in shop.warnings()["cdk-personalize-import:bucketPolicy"]


def test_a_permissions_boundary(shop: Shop) -> None:
    shop.job()
    boundary = iam.ManagedPolicy.from_managed_policy_name(shop.stack, "Boundary", "boundary")
    iam.PermissionsBoundary.of(shop.app).apply(boundary)
    resources = shop.synth()
    for name in resources.ids("AWS::IAM::Role"):
        boundary_arn = flat(resources.all[name]["Properties"]["PermissionsBoundary"])
        assert boundary_arn == "arn:${AWS::Partition}:iam::123456789012:policy/boundary"


def test_an_aspect_reaches_every_resource(shop: Shop) -> None:
    @jsii.implements(cdk.IAspect)
    class Retain:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, cdk.CfnResource):
                node.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    shop.job()
    cdk.Aspects.of(shop.app).add(Retain())
    assert {found["DeletionPolicy"] for found in shop.synth().all.values()} == {"Retain"}


class TestReference:
    """A job that was made elsewhere."""

    def test_by_arn(self, shop: Shop) -> None:
        job: IDatasetImportJob = DatasetImportJob.from_dataset_import_job_arn(shop.stack, "Elsewhere", JOB_ARN)
        assert job.dataset_import_job_arn == JOB_ARN
        assert shop.stack.resolve(job.dataset_import_job_name) == "nightly-1"

    def test_by_an_arn_that_is_known_at_deployment(self, shop: Shop) -> None:
        arn = cdk.Fn.import_value("job")
        job = DatasetImportJob.from_dataset_import_job_arn(shop.stack, "Elsewhere", arn)
        assert shop.stack.resolve(job.dataset_import_job_name) == {
            "Fn::Select": [1, {"Fn::Split": ["/", {"Fn::ImportValue": "job"}]}]
        }

    @pytest.mark.parametrize("elsewhere", [True, False])
    def test_grant_describe(self, elsewhere: bool, shop: Shop) -> None:
        reference = DatasetImportJob.from_dataset_import_job_arn
        job = reference(shop.stack, "Elsewhere", JOB_ARN) if elsewhere else shop.job()
        reader = iam.Role(shop.stack, "Reader", assumed_by=iam.AccountRootPrincipal())
        assert job.grant_describe(reader).success
        resources = shop.synth()
        [statement] = resources.properties("AWS::IAM::Policy")["PolicyDocument"]["Statement"]
        assert statement["Action"] == "personalize:DescribeDatasetImportJob"
        job_id = "" if elsewhere else resources.ids(JOB)[0]
        assert flat(statement["Resource"]) == (JOB_ARN if elsewhere else f"${{{job_id}.DatasetImportJobArn}}")


class TestMetrics:
    """Metrics that Personalize publishes."""

    def test_execution_time(self, shop: Shop) -> None:
        job = shop.job()
        job.metric_execution_time(period=cdk.Duration.minutes(1)).create_alarm(
            shop.stack, "Slow", evaluation_periods=1, threshold=3600
        )
        alarm = flat(shop.synth().properties("AWS::CloudWatch::Alarm"))
        assert alarm["Namespace"] == "AWS/Personalize"
        assert alarm["MetricName"] == "DatasetImportJobExecutionTime"
        assert alarm["Statistic"] == "Average"
        assert alarm["Unit"] == "Seconds"
        assert alarm["Period"] == 60
        dimensions = {found["Name"]: found["Value"] for found in alarm["Dimensions"]}
        assert dimensions == {
            "DatasetGroupArn": "arn:aws:personalize:eu-west-1:123456789012:dataset-group/shop",
            "DatasetArn": DATASET_ARN,
            "DatasetImportJobArn": f"${{{shop.synth().ids(JOB)[0]}.DatasetImportJobArn}}",
        }

    def test_the_group_of_a_dataset_that_is_made_in_the_app(self, shop: Shop) -> None:
        made = Recommendations(shop.stack, "One")
        dimensions = made.job.metric("DatasetImportJobError", statistic="Maximum").dimensions or {}
        group = flat(shop.stack.resolve(dimensions["DatasetGroupArn"]))
        assert group.endswith("dataset-group/One-group") or "Fn::Select" in group
