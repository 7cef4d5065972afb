"""Sixteen apps: a bucket whose name only CloudFormation knows, another stack's, roles that are brought; each with and
without the recommended flags. All of them deploy, and import."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from deployment import Deployment, app, make_reported_roles
from end_to_end.cdk_cli import Account
from end_to_end.shop import open_bucket, open_shop, put, sample
from synthesis import CONTEXT

from cdk_personalize_import import DatasetImportJob, DataSource
from local_aws import personalize
from local_aws.server import LocalAws

Name = Callable[[cdk.Stack], str]
FLAGS: dict[str, dict[str, Any]] = {"plain": {}, "flagged": CONTEXT}


def _select(stack: cdk.Stack) -> str:
    names = cdk.CfnParameter(stack, "Names", type="CommaDelimitedList", default="select,other")
    return cdk.Fn.select(0, names.value_as_list)


def _condition(stack: cdk.Stack) -> str:
    here = cdk.CfnCondition(stack, "Here", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "us-east-1"))
    return cdk.Fn.condition_if(here.logical_id, "condition", "other").to_string()


def _mapping(stack: cdk.Stack) -> str:
    mapping = cdk.CfnMapping(stack, "Buckets", mapping={"us-east-1": {"name": "mapping"}})
    return mapping.find_in_map(cdk.Aws.REGION, "name")


NAMES: dict[str, Name] = {
    "select": _select,
    "condition": _condition,
    "mapping": _mapping,
    "substitution": lambda _: cdk.Fn.sub("substitution-${Account}", {"Account": cdk.Aws.ACCOUNT_ID}),
    "zone": lambda _: cdk.Fn.join("-", ["zone", cdk.Fn.select(0, cdk.Fn.get_azs())]),
    "exported": lambda _: cdk.Fn.import_value(cdk.Fn.sub("${Region}-bucket", {"Region": cdk.Aws.REGION})),
}
BUCKETS = ["select", "condition", "mapping", "substitution-123456789012", "zone-us-east-1a", "exported"]


def import_from(stack: cdk.Stack, bucket: s3.IBucket) -> None:
    dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS")
    source = DataSource.from_bucket(bucket, "items/")
    DatasetImportJob(stack, "Import", dataset_arn=dataset_arn, data_source=source)


def synthesised(flags: str, outdir: Path) -> Any:
    made = app(outdir=str(outdir), context=FLAGS[flags])
    for kind, name in NAMES.items():
        stack = cdk.Stack(made, f"{flags}-{kind}")
        import_from(stack, s3.Bucket.from_bucket_name(stack, "Bucket", name(stack)))
    data = cdk.Stack(made, f"{flags}-data")
    import_from(
        cdk.Stack(made, f"{flags}-elsewhere"),
        s3.Bucket(data, "Bucket", bucket_name=f"{flags}-elsewhere", removal_policy=cdk.RemovalPolicy.DESTROY),
    )
    brought = cdk.Stack(made, f"{flags}-brought")
    provider = f"{brought.node.path}/Custom::PersonalizeDatasetImportJobProvider"
    paths = {
        f"{provider}/Role": "function",
        f"{provider}/ScheduleRole": "schedules",
        f"{brought.node.path}/Import/ServiceRole": "reader",
    }
    iam.Role.customize_roles(brought, use_precreated_roles={path: f"{flags}-{role}" for path, role in paths.items()})
    import_from(brought, s3.Bucket.from_bucket_name(brought, "Bucket", "exported"))
    return made.synth()


@pytest.fixture(scope="module")
def shop(aws: LocalAws) -> Account:
    open_shop(aws)
    # All at once they are more than the quota allows.
    personalize.backend(aws).dataset_group_quota = 20
    for bucket in BUCKETS:
        open_bucket(aws, bucket)
        put(aws, "items/items.csv", sample("items"), bucket=bucket, import_seconds=60)
    exported = {
        "Resources": {"Note": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}},
        "Outputs": {"Name": {"Value": "exported", "Export": {"Name": f"{aws.region}-bucket"}}},
    }
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="exporting", TemplateBody=json.dumps(exported))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="exporting", WaiterConfig={"Delay": 1})
    return Account(aws)


@pytest.mark.parametrize("flags", FLAGS)
def test_all_apps_deploy(flags: str, aws: LocalAws, shop: Account, tmp_path: Path) -> None:
    assembly = synthesised(flags, tmp_path)
    deployment = Deployment(aws, assembly)
    make_reported_roles(aws, assembly)
    assert deployment.create(f"{flags}-data") == {f"{flags}-data": "CREATE_COMPLETE"}
    put(aws, "items/items.csv", sample("items"), bucket=f"{flags}-elsewhere", import_seconds=60)
    apps = [f"{flags}-{kind}" for kind in (*NAMES, "elsewhere", "brought")]
    assert deployment.create(*apps) == dict.fromkeys(apps, "CREATE_COMPLETE"), deployment.failures(*apps)
    jobs = {app: shop.jobs_of(app) for app in apps}
    assert [[job["status"] for job in found] for found in jobs.values()] == [["ACTIVE"]] * 8
    assert {shop.records(job) for found in jobs.values() for job in found} == {len(sample("items").splitlines()) - 1}
    assert [call for call in aws.calls if not call.allowed] == []
