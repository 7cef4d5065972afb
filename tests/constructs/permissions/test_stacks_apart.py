"""Stacks that differ in nothing but their names: what one may do with roles, and lets in, is nothing of the other's."""

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from cdk_abilities import needs_references_across_accounts
from constructs import Construct
from shop import flat

from cdk_personalize_import import DatasetImportJob, DataSource

ENV = cdk.Environment(account="123456789012", region="eu-west-1")
AnyJson = Any


def import_into(stack: cdk.Stack, bucket: s3.IBucket) -> None:
    for name in ("Interactions", "Items"):
        source = DataSource.from_bucket(bucket, f"{name}.csv")
        dataset_arn = stack.format_arn(service="personalize", resource="dataset", resource_name="shop/ITEMS")
        DatasetImportJob(stack, name, dataset_arn=dataset_arn, data_source=source)


def fill(stack: cdk.Stack) -> None:
    import_into(stack, s3.Bucket(stack, "Bucket", encryption_key=kms.Key(stack, "Key")))


def two_apps(folder: Path) -> None:
    for name in ("shop-dev", "shop-prod"):
        app = cdk.App(outdir=str(folder / name))
        fill(cdk.Stack(app, "Shop", stack_name=name, env=ENV))
        app.synth()


def two_ids(folder: Path) -> None:
    app = cdk.App(outdir=str(folder))
    for name in ("shop-dev", "shop-prod"):
        fill(cdk.Stack(app, name, env=ENV))
    app.synth()


def two_stages(folder: Path) -> None:
    app = cdk.App(outdir=str(folder))
    for name in ("Dev", "Prod"):
        fill(cdk.Stack(cdk.Stage(app, name, env=ENV), "Shop"))
    app.synth()


def nested(folder: Path) -> None:
    """Nested stacks of one id, in two outermost stacks and twice in each."""
    for name in ("shop-dev", "shop-prod"):
        app = cdk.App(outdir=str(folder / name))
        outermost = cdk.Stack(app, "Shop", stack_name=name, env=ENV)
        fill(outermost)
        for part in ("One", "Two"):
            fill(cdk.NestedStack(Construct(outermost, part), "Imports"))
        app.synth()


def one_region_each(folder: Path) -> None:
    for region in ("eu-west-1", "us-east-1"):
        app = cdk.App(outdir=str(folder / region))
        fill(cdk.Stack(app, "Shop", env=cdk.Environment(account="123456789012", region=region)))
        app.synth()


def any_region(folder: Path) -> None:
    for name in ("shop-dev", "shop-prod"):
        app = cdk.App(outdir=str(folder / name))
        fill(cdk.Stack(app, "Shop", stack_name=name))
        app.synth()


def another_account_s_bucket(folder: Path) -> None:
    """The policies of a bucket and its key list the roles of each stack apart."""
    app = cdk.App(outdir=str(folder))
    data = cdk.Stack(app, "Data", env=cdk.Environment(account="210987654321", region="eu-west-1"))
    key = kms.Key(data, "Key", alias="data")
    for name in ("shop-dev", "shop-prod"):
        bucket = s3.Bucket(data, f"Bucket-{name}", bucket_name=f"data-{name}", encryption_key=key)
        import_into(cdk.Stack(app, name, env=ENV), bucket)
    app.synth()


class Stack:
    """A template: its roles' ARNs, and which roles it names.

    Args:
        template: The template.
    """

    def __init__(self, template: AnyJson) -> None:
        resources = template["Resources"]
        roles = [found["Properties"] for found in resources.values() if found["Type"] == "AWS::IAM::Role"]
        # Roles get the longest names that there are: a pattern must not reach them by its end.
        self.roles = [f"{_text('role')}{_text(role.get('Path', '/'))}{'x' * 64}" for role in roles]
        self.passed = {
            pattern
            for role in roles
            for policy in role.get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Action"] == "iam:PassRole"
            for pattern in _texts(statement["Resource"])
        }
        self.let_in = {
            pattern
            for found in resources.values()
            for name in ("KeyPolicy", "PolicyDocument")
            for statement in found.get("Properties", {}).get(name, {}).get("Statement", [])
            for pattern in _texts(statement.get("Condition", {}).get("ArnLike", {}).get("aws:PrincipalArn", []))
        }


def _text(value: AnyJson) -> str:
    text = "arn:aws:iam::123456789012:role" if value == "role" else str(flat(value))
    for name, known in {"Partition": "aws", "AccountId": "123456789012", "Region": "eu-west-1"}.items():
        text = text.replace(f"${{AWS::{name}}}", known)
    assert "${" not in text
    return text


def _texts(value: AnyJson) -> list[str]:
    return [_text(item) for item in (value if isinstance(value, list) else [value])]


def _stacks(folder: Path) -> Iterator[Stack]:
    for file in sorted(folder.rglob("*.template.json")):
        template = json.loads(file.read_text(encoding="utf-8"))
        if "Resources" in template and not re.search("Data", file.name):
            yield Stack(template)


@pytest.mark.parametrize(
    ("build", "count"),
    [(two_apps, 2), (two_ids, 2), (two_stages, 2), (nested, 6), (one_region_each, 2), (any_region, 2)],
)
def test_no_stack_names_the_roles_of_another(build: Callable[[Path], None], count: int, tmp_path: Path) -> None:
    build(tmp_path)
    stacks = list(_stacks(tmp_path))
    assert len(stacks) == count
    for stack in stacks:
        own = [role for role in stack.roles if any(fnmatchcase(role, pattern) for pattern in stack.passed)]
        # The two of the imports and the schedules'; not the function's own.
        assert len(own) == 3
        assert len([role for role in stack.roles if any(fnmatchcase(role, each) for each in stack.let_in)]) == 2
        for other in stacks:
            if other is not stack:
                met = [(p, role) for p in stack.passed | stack.let_in for role in other.roles if fnmatchcase(role, p)]
                assert met == []


def test_a_bucket_of_another_account_lets_in_the_stack_that_imports_from_it(tmp_path: Path) -> None:
    needs_references_across_accounts()
    another_account_s_bucket(tmp_path)
    dev, prod = (
        Stack(json.loads((tmp_path / f"{name}.template.json").read_text(encoding="utf-8")))
        for name in ("shop-dev", "shop-prod")
    )
    data = json.loads((tmp_path / "Data.template.json").read_text(encoding="utf-8"))["Resources"]
    policies = {
        _text(found["Properties"]["Bucket"]["Ref"]): {"Resources": {"Policy": found}}
        for found in data.values()
        if found["Type"] == "AWS::S3::BucketPolicy"
    }
    assert len(policies) == 2
    for bucket, policy in policies.items():
        let_in = Stack(policy).let_in
        assert let_in
        own, other = (dev, prod) if "dev" in bucket else (prod, dev)
        assert all(any(fnmatchcase(role, pattern) for role in own.roles) for pattern in let_in)
        assert not any(fnmatchcase(role, pattern) for role in other.roles for pattern in let_in)
