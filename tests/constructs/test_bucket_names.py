"""Folders of buckets whose names only CloudFormation knows, in apps with and without the recommended flags."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_abilities import cdk_nag
from shop import DATASET_ARN

from cdk_personalize_import import DatasetImportJob, DataSource

ROOT = Path(__file__).parents[2]
FLAGS = ROOT / "node_modules" / "aws-cdk" / "lib" / "init-templates" / ".recommended-feature-flags.json"
ENV = cdk.Environment(account="123456789012", region="eu-west-1")
Name = Callable[[cdk.Stack], str]


def _select(stack: cdk.Stack) -> str:
    return cdk.Fn.select(0, cdk.CfnParameter(stack, "Names", type="CommaDelimitedList").value_as_list)


def _condition(stack: cdk.Stack) -> str:
    condition = cdk.CfnCondition(stack, "Here", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, "eu-west-1"))
    return cdk.Fn.condition_if(condition.logical_id, "shop-here", "shop-there").to_string()


def _mapping(stack: cdk.Stack) -> str:
    mapping = cdk.CfnMapping(stack, "Buckets", mapping={"eu-west-1": {"name": "shop-ireland"}})
    return mapping.find_in_map(cdk.Aws.REGION, "name")


NAMES: dict[str, Name] = {
    "select": _select,
    "condition": _condition,
    "mapping": _mapping,
    "substitution": lambda _: cdk.Fn.sub("shop-${Account}", {"Account": cdk.Aws.ACCOUNT_ID}),
    "availability zone": lambda _: cdk.Fn.join("-", ["shop", cdk.Fn.select(0, cdk.Fn.get_azs())]),
    "import": lambda _: cdk.Fn.import_value(cdk.Fn.sub("${Region}-bucket", {"Region": cdk.Aws.REGION})),
}


@pytest.fixture(params=["no flags", "recommended flags"])
def context(request: pytest.FixtureRequest) -> dict[str, Any]:
    flags: dict[str, Any] = json.loads(FLAGS.read_text(encoding="utf-8"))
    return flags if request.param == "recommended flags" else {}


def _import_from(stack: cdk.Stack, bucket: s3.IBucket) -> None:
    DatasetImportJob(
        stack, "Import", dataset_arn=DATASET_ARN, data_source=DataSource.from_bucket(bucket, "interactions/")
    )


def _synthesise(app: cdk.App, stack: cdk.Stack) -> list[str]:
    """Return the findings of cdk-nag on the stack."""
    app.synth()
    return [found.rule_name for found in cdk_nag().AwsSolutionsChecks(app).validate_scope(stack).violations]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_folder_of_a_bucket_with_such_a_name(name: Name, context: dict[str, Any]) -> None:
    app = cdk.App(context=context)
    stack = cdk.Stack(app, "Shop", env=ENV)
    _import_from(stack, s3.Bucket.from_bucket_name(stack, "Bucket", name(stack)))
    assert _synthesise(app, stack) == []


@pytest.mark.parametrize("env", [ENV, None], ids=["known environment", "any environment"])
def test_a_folder_of_another_stack_s_bucket(env: cdk.Environment | None, context: dict[str, Any]) -> None:
    app = cdk.App(context=context)
    bucket = s3.Bucket(cdk.Stack(app, "Data", env=env), "Bucket", enforce_ssl=True)
    stack = cdk.Stack(app, "Shop", env=env)
    _import_from(stack, bucket)
    assert _synthesise(app, stack) == []


def test_a_name_that_the_cdk_takes_for_no_rule_is_not_acknowledged() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=ENV)
    name = cdk.Fn.sub("shop)${Account}", {"Account": cdk.Aws.ACCOUNT_ID})
    _import_from(stack, s3.Bucket.from_bucket_name(stack, "Bucket", name))
    assert all("shop)" in finding for finding in _synthesise(app, stack))


def test_what_is_printed_for_a_bucket_with_such_a_name_is_json() -> None:
    app = cdk.App()
    stack = cdk.Stack(app, "Shop", env=ENV)
    name = cdk.Fn.join("-", ["shop", cdk.Fn.select(1, cdk.Fn.split(",", cdk.Fn.import_value("names")))])
    _import_from(stack, s3.Bucket.from_bucket_name(stack, "Bucket", name))
    [warning] = [
        str(entry.data)
        for entry in stack.node.find_child("Import").node.metadata
        if entry.type == "aws:cdk:warning" and "bucketPolicy" in str(entry.data)
    ]
    text = warning.partition("import fails: ")[2].partition(" [ack")[0]
    bucket = 'arn:aws:s3:::shop-${Fn::Select [1,{"Fn::Split":[",",{"Fn::ImportValue":"names"}]}]}'
    assert [statement["Resource"] for statement in json.loads(text)] == [bucket, f"{bucket}/interactions/*"]


def test_the_example_app_has_the_flags_of_a_new_app() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    assert context == json.loads(FLAGS.read_text(encoding="utf-8"))
