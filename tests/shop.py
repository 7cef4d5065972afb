"""A stack with what an import needs, and questions about its template, for the tests of the construct."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_personalize_import import DatasetImportJob, DataSource

JOB = "Custom::PersonalizeDatasetImportJob"
DATASET_ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/INTERACTIONS"
AnyJson = Any


class Resources:
    """The resources of a template."""

    def __init__(self, template: AnyJson) -> None:
        self.template = template
        self.all: dict[str, AnyJson] = template["Resources"]

    def ids(self, kind: str, part: str = "") -> list[str]:
        return [name for name, found in self.all.items() if found["Type"] == kind and part in name]

    def one(self, kind: str, part: str = "") -> AnyJson:
        [name] = self.ids(kind, part)
        return self.all[name]

    def properties(self, kind: str, part: str = "") -> AnyJson:
        return self.one(kind, part)["Properties"]

    @property
    def job(self) -> AnyJson:
        return self.properties(JOB)

    def job_of(self, number: int) -> AnyJson:
        """Return the properties of a link of a chain."""
        return self.all[self.ids(JOB)[number]]["Properties"]

    def statements(self, part: str) -> dict[str, AnyJson]:
        """Return the inline statements of the role whose logical id contains a part, by their Sid."""
        return {found["Sid"]: found for found in self.statements_without_sid(part)}

    def statements_without_sid(self, part: str) -> list[AnyJson]:
        policies = self.properties("AWS::IAM::Role", part)["Policies"]
        return [found for policy in policies for found in policy["PolicyDocument"]["Statement"]]

    @property
    def function_statements(self) -> dict[str, AnyJson]:
        return self.statements("ImportJobProviderRole")

    def references(self, name: str) -> set[str]:
        """Return the resources that one needs, directly."""
        found = self.all[name]
        depends_on = found.get("DependsOn", [])
        needed = set([depends_on] if isinstance(depends_on, str) else depends_on)

        def visit(value: AnyJson) -> None:
            match value:
                case {"Ref": str(target)}:
                    needed.add(target)
                case {"Fn::GetAtt": [str(target), *_]}:
                    needed.add(target)
                case {"Fn::Sub": str(text)}:
                    needed.update(re.findall(r"\$\{(\w+)", text))
                case dict():
                    for item in value.values():
                        visit(item)
                case list():
                    for item in value:
                        visit(item)

        visit(found.get("Properties", {}))
        return needed & self.all.keys()

    def needs(self, name: str) -> set[str]:
        """Return the resources that one needs, directly or not."""
        needed: set[str] = set()
        todo = [name]
        while todo:
            for found in self.references(todo.pop()) - needed:
                needed.add(found)
                todo.append(found)
        return needed

    def longest_chain(self, name: str) -> int:
        """Return how many resources are made one after the other, at most, before one is there, itself included."""
        return 1 + max((self.longest_chain(needed) for needed in self.references(name)), default=0)

    def assert_no_circle(self) -> None:
        circles = [name for name in self.all if name in self.needs(name)]
        assert circles == []


class Templates:
    """Templates of an app's stacks, and questions about them."""

    def __init__(self, app: cdk.App) -> None:
        self.assembly = app.synth()

    def of(self, stack: cdk.Stack) -> Resources:
        if stack.nested:
            text = Path(self.assembly.directory, stack.template_file).read_text(encoding="utf-8")
            return Resources(json.loads(text))
        return Resources(self.assembly.get_stack_artifact(stack.artifact_id).template)


def flat(value: AnyJson) -> AnyJson:
    """Return a value with ``${...}`` in place of intrinsic functions."""
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            return delimiter.join(str(flat(part)) for part in parts)
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::ImportValue": name}:
            return f"${{import {flat(name)}}}"
        case dict():
            return {key: flat(item) for key, item in value.items()}
        case list():
            return [flat(item) for item in value]
    return value


class Shop:
    """A stack in a known place, with what an import needs."""

    def __init__(self, **stack: Any) -> None:
        self.app = cdk.App()
        properties = {"env": cdk.Environment(account="123456789012", region="eu-west-1"), **stack}
        self.stack = cdk.Stack(self.app, "Shop", **properties)
        self.bucket = s3.Bucket(self.stack, "Bucket")

    def dataset(
        self, dataset_type: str = "Interactions", schema: str = '{"type": "record"}', group: str = ""
    ) -> personalize.CfnDataset:
        """Return a dataset with a group and a schema of its own; with a group's name, one beside the first."""
        name = f"{group}{dataset_type}"
        made_group = personalize.CfnDatasetGroup(self.stack, f"{name}Group", name=group or f"shop-{dataset_type}")
        made = personalize.CfnSchema(self.stack, f"{name}Schema", name=f"{name}-schema", schema=schema)
        return personalize.CfnDataset(
            self.stack,
            f"{name}Dataset",
            name=name,
            dataset_type=dataset_type,
            dataset_group_arn=made_group.attr_dataset_group_arn,
            schema_arn=made.attr_schema_arn,
        )

    def job(self, construct_id: str = "Interactions", **arguments: Any) -> DatasetImportJob:
        return DatasetImportJob(
            arguments.pop("scope", self.stack),
            construct_id,
            **{
                "dataset_arn": DATASET_ARN,
                "data_source": DataSource.from_bucket(self.bucket, "interactions.csv"),
                **arguments,
            },
        )

    def other_source(self, scope: Construct) -> DataSource:
        """Return data in a bucket of a stack of its own within a scope."""
        stack = cdk.Stack(scope, "Data", env=cdk.Environment(account="123456789012", region="eu-west-1"))
        return DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "interactions.csv")

    def synth(self) -> Resources:
        return Templates(self.app).of(self.stack)

    def warnings(self) -> dict[str, str]:
        """Return the warnings of the stack by their stable id."""
        self.app.synth()
        texts = [
            str(entry.data)
            for construct in self.stack.node.find_all()
            for entry in construct.node.metadata
            if entry.type == "aws:cdk:warning"
        ]
        return {re.findall(r"\[ack: (.*)\]", text)[0]: text for text in texts}
