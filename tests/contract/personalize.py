"""What the contract's tests make in Personalize and S3: datasets, data, roles, import jobs."""

import json
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError
from contract.account import Account, is_gone

FIELDS: dict[str, dict[str, Any]] = {
    "Interactions": {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long", "SCORE": ["null", "float"]},
    "Users": {"USER_ID": "string", "AGE": "int"},
}
ENDS = ("ACTIVE", "CREATE FAILED")


class Personalize:
    """A dataset group with datasets, a bucket and roles, each made when it is first needed.

    Args:
        account: Where.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.client = account.personalize
        self._datasets: dict[str, str] = {}

    @cached_property
    def group(self) -> str:
        """The ARN of an active dataset group."""
        given = {"name": self.account.name, "tags": self.account.tags("tagKey", "tagValue")}
        arn: str = self.client.create_dataset_group(**given)["datasetGroupArn"]
        describe = self.client.describe_dataset_group

        def remove() -> None:
            self.client.delete_dataset_group(datasetGroupArn=arn)
            self.account.until(lambda: is_gone(describe, datasetGroupArn=arn))

        self.account.later(f"dataset group {arn}", remove)
        self.account.until(lambda: describe(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE")
        return arn

    def schema(self, kind: str) -> str:
        """The ARN of a new schema for a type of dataset."""
        fields = [{"name": name, "type": type_} for name, type_ in FIELDS[kind].items()]
        head = {"type": "record", "name": kind, "namespace": "com.amazonaws.personalize.schema", "version": "1.0"}
        name = f"{self.account.name}-{kind}"
        arn: str = self.client.create_schema(name=name, schema=json.dumps(head | {"fields": fields}))["schemaArn"]
        self.account.later(f"schema {arn}", lambda: self.client.delete_schema(schemaArn=arn))
        return arn

    def dataset(self, kind: str) -> str:
        """The ARN of the active dataset of a type."""
        if kind not in self._datasets:
            group = self.group
            arn: str = self.client.create_dataset(
                name=f"{self.account.name}-{kind}",
                schemaArn=self.schema(kind),
                datasetGroupArn=group,
                datasetType=kind,
                tags=self.account.tags("tagKey", "tagValue"),
            )["datasetArn"]
            self.account.later(f"dataset {arn}", lambda: self._delete(arn))
            self.account.until(lambda: self.client.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE")
            self._datasets[kind] = arn
        return self._datasets[kind]

    def _delete(self, arn: str) -> None:
        def deleted() -> bool:
            try:
                self.client.delete_dataset(datasetArn=arn)
            except self.client.exceptions.ResourceInUseException:
                return False
            return True

        self.account.until(deleted)
        self.account.until(lambda: is_gone(self.client.describe_dataset, datasetArn=arn))

    @cached_property
    def bucket(self) -> str:
        """A bucket that Personalize may read."""
        s3, name = self.account.s3, self.account.name
        region = self.account.region
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **where)
        self.account.later(f"bucket {name}", self._remove_bucket)
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": self.account.tags()})
        resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
        actions = ["s3:GetObject", "s3:ListBucket"]
        principal = {"Service": "personalize.amazonaws.com"}
        s3.put_bucket_policy(Bucket=name, Policy=document(Principal=principal, Action=actions, Resource=resources))
        return name

    def _remove_bucket(self) -> None:
        s3, name = self.account.s3, self.bucket
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            for item in page.get("Contents", []):
                s3.delete_object(Bucket=name, Key=item["Key"])
        s3.delete_bucket(Bucket=name)

    @cached_property
    def role(self) -> str:
        """A role with which Personalize may read the bucket."""
        resources = [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"]
        return self._role("reader", Action=["s3:GetObject", "s3:ListBucket"], Resource=resources)

    @cached_property
    def role_without_rights(self) -> str:
        """A role that Personalize may assume, and that may read nothing here."""
        return self._role("no-rights", Action=["s3:GetObject"], Resource=["arn:aws:s3:::another-bucket/*"])

    def _role(self, suffix: str, **allowed: Any) -> str:
        iam, name = self.account.iam, f"{self.account.name}-{suffix}"
        trust = document(Principal={"Service": "personalize.amazonaws.com"}, Action="sts:AssumeRole")
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=self.account.tags())
        iam.put_role_policy(RoleName=name, PolicyName="s3", PolicyDocument=document(**allowed))

        def remove() -> None:
            iam.delete_role_policy(RoleName=name, PolicyName="s3")
            iam.delete_role(RoleName=name)

        self.account.later(f"role {name}", remove)
        return str(made["Role"]["Arn"])

    def start(self, name: str, location: str, kind: str = "Interactions", **more: Any) -> str:
        """Start an import job; return its ARN."""
        request = {
            "jobName": f"{self.account.name}-{name}",
            "datasetArn": self.dataset(kind),
            "dataSource": {"dataLocation": location},
            "roleArn": self.role,
            "tags": self.account.tags("tagKey", "tagValue"),
        }
        return str(self.client.create_dataset_import_job(**(request | more))["datasetImportJobArn"])

    def job(self, arn: str) -> dict[str, Any]:
        """The job as it is described."""
        job: dict[str, Any] = self.client.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
        return job

    def end(self, arn: str) -> dict[str, Any]:
        """The job when it has ended."""
        self.account.until(lambda: self.job(arn)["status"] in ENDS, minutes=180)
        return self.job(arn)


def document(**statement: Any) -> str:
    """A policy document of one statement that allows something."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def error_of(error: ClientError) -> str:
    """An error as a line."""
    return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
