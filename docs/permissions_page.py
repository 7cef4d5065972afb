"""Makes docs/pages/permissions.md: every statement that the construct puts into a template, with its reason."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from cdk_personalize_import import DatasetImportJob, DataSource, ImportFunction

_INTRODUCTION = """# Permissions

<!-- Made by `make docs` from the template of an app that uses everything. For changes: docs/permissions_page.py. -->

Every statement that the construct puts into a template, and why. An app has those that it needs: a statement about keys
only with a key, and so on. `<...>` stands for what differs between stacks.

- Lists of resources are exact up to a number; a stack with so many imports that a policy could not name them all gets
  the one pattern that covers them.
- `preflight=False` takes every statement marked *preflight* out of the template.
- Deploying needs the permissions of the CDK's bootstrap roles, and none beyond them.
- Where you may not make roles, [bring them](guides/buckets-and-roles.md#an-account-in-which-you-may-not-make-roles):
  the CDK reports trust and statements of each.
"""

_DOCS = "https://docs.aws.amazon.com"
_ACTIONS = f"[list of actions]({_DOCS}/service-authorization/latest/reference/list_amazonpersonalize.html)"
_S3 = f"[access to S3]({_DOCS}/personalize/latest/dg/granting-personalize-s3-access.html)"
_KEYS = f"[access to keys]({_DOCS}/personalize/latest/dg/granting-personalize-key-access.html)"
_QUEUE_KEYS = f"[keys of queues]({_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html)"
_CONFUSED_SCHEDULER = (
    f"[confused deputy]({_DOCS}/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html)"
)
_CONFUSED_PERSONALIZE = (
    f"[confused deputy]({_DOCS}/personalize/latest/dg/cross-service-confused-deputy-prevention.html)"
)

# By the owner of a statement and its Sid.
_REASONS: dict[str, dict[str, str]] = {
    "The function's role": {
        "trust": "Lambda runs the function.",
        "ListDatasetImportJobs": (
            f"Follows the jobs: the action has no resource level ({_ACTIONS}). `TagResource` only with tags; on which "
            "resource it is looked at while the job is being made is not documented."
        ),
        "DescribeDatasetImportJobs": (
            "Finds a job that the first page of the list doesn't have. Not only under today's prefixes: a job that an "
            "earlier version of the template started can have another."
        ),
        "CreateDatasetImportJobs": (
            "Starts jobs, under the prefixes of the stack's imports; the rest of a name is hashes that only the "
            "function knows."
        ),
        "ImportIntoDatasets": (
            "The list of actions has the job as the resource of this action, AWS's own solutions have the dataset: "
            "with both, the call is allowed whichever is looked at."
        ),
        "PassServiceRoles": (
            "Hands a service role to Personalize. The path holds the service roles of this stack's imports and nothing "
            "else."
        ),
        "PassGivenRoles": "Hands a role of `role=` to Personalize.",
        "PassScheduleRole": (
            "Hands the schedules' role to EventBridge Scheduler. The path holds that role and nothing else."
        ),
        "PollBySchedules": "Polls by schedules in the stack's own group, which holds nothing else.",
        "TellOfImports": (
            "Tells how imports end, on the account's default bus. Only with `on_succeeded` or `on_failed`."
        ),
        "AskAboutRequests": "Asks whether a request that comes late is still open, whether a Delete only cleans up "
        "after an Update, and whether an Update that can't be done in time is part of a rollback.",
        "WriteLogs": (
            "Writes to its own log group, whose name CloudFormation makes up from the stack's and the logical id. It "
            "can't make one."
        ),
        "ConnectToVpc": (
            "*With `vpc`*: lets Lambda connect the function to the VPC. What "
            f"[AWS's policy]({_DOCS}/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html) for it "
            "has about network interfaces."
        ),
        "LeaveVpcToLambda": (
            "*With `vpc`*: the same, **denied** to the function's code, as AWS "
            f"[advises]({_DOCS}/lambda/latest/dg/configuration-vpc.html)."
        ),
        "DecryptEnvironment": (
            "*With `encryption_key`*: Lambda decrypts the environment with the function's role. Where the key is not "
            "of the same stack."
        ),
        "SendDeadLetters": "*With `dead_letter_queue`*: Lambda sends to the queue with the function's role.",
        "EncryptDeadLetters": (
            f"*With an encrypted `dead_letter_queue`*: what SQS asks of who sends ({_QUEUE_KEYS}). Where the "
            "key is not of the same stack."
        ),
        "DescribeDatasets": (
            "Learns when the dataset was made: a job that is older tells nothing about what is in it. For the "
            "preflight, its type and schema as well."
        ),
        "DescribeSchemas": (
            "*Preflight*: reads the schema. Any schema where a dataset is made elsewhere, since its schema isn't known."
        ),
        "ListSources": "*Preflight*: finds the files, where the bucket is not in the same stack.",
        "ReadSources": "*Preflight*: reads the first kilobytes, where the bucket is not in the same stack.",
        "DecryptSources": "*Preflight*: the same for an encrypted bucket, through S3 only.",
    },
    "The schedules' role": {
        "trust": (f"EventBridge Scheduler, for schedules of the stack's group only ({_CONFUSED_SCHEDULER})."),
        "": "A poll is an invocation of the function.",
    },
    "The function's own policy": {
        "": "The rule of `import_on_upload` tells the function of new objects: that rule alone, as the source.",
    },
    "The service role of an import": {
        "trust": (f"Personalize, on behalf of this account and region only ({_CONFUSED_PERSONALIZE})."),
        "ListData": (
            "Finds the files "
            f"({_S3}). Without a "
            "condition on the prefix: whether Personalize lists with one is not documented."
        ),
        "ReadData": "Reads the object, or the objects of the folder.",
        "DecryptData": (f"Reads a bucket that is encrypted with a customer key ({_KEYS})."),
    },
    "The policy for a role of `role=`": {
        "ListData": "What a service role would have, for all imports with the role.",
        "ReadData": "What a service role would have, for all imports with the role.",
        "DecryptData": "What a service role would have, for all imports with the role.",
    },
    "The bucket's policy": {
        "PersonalizeListsData": (
            "Personalize asks for it besides the role's policy "
            f"({_S3}). Without a "
            "condition, as documented: whether Personalize would meet one on the source is not."
        ),
        "PersonalizeReadsData": "The same for the objects.",
        "PreflightListsData": (
            "*Preflight*: finds the files. By the bucket's policy, so that the function's role refers to no bucket."
        ),
        "PreflightReadsData": "*Preflight*: reads the first kilobytes.",
    },
    "The policy of a bucket of another account": {
        "PersonalizeListsData": "As in the same account.",
        "PersonalizeReadsData": "As in the same account.",
        "ServiceRolesListsData": (
            "Another account's role must be let in as well. The account is named, and the condition leaves nothing "
            "of it but the service roles: a role that isn't made yet can't be named."
        ),
        "ServiceRolesReadsData": "The same for the objects.",
    },
    "The key's policy": {
        "PersonalizeUsesKey": (f"The documented actions ({_KEYS}). In a key's policy `*` is the key itself."),
        "ServiceRolesUsesKey": "The same for the service roles, in the form that the bucket's policy explains.",
        "PreflightUsesKey": "*Preflight*: reads an encrypted bucket, through S3 only.",
        "EnvironmentUsesKey": "*With `encryption_key`*: Lambda decrypts the environment with the function's role.",
        "DeadLettersUsesKey": f"*With an encrypted `dead_letter_queue`*: what SQS asks of who sends ({_QUEUE_KEYS}).",
        "LogsUsesKey": (
            "*With `encryption_key`*: CloudWatch Logs encrypts the function's log group "
            f"([encrypted log groups]({_DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html)). No other group."
        ),
    },
}


_OTHERS = (Path(__file__).parent / "permissions_of_others.md").read_text(encoding="utf-8")


def page() -> str:
    """Return the page.

    Raises:
        ValueError: A statement has no reason, or a reason no statement.
    """
    rows: dict[str, dict[str, str]] = {owner: {} for owner in _REASONS}
    for owner, name, statement, template in _statements():
        if name not in _REASONS[owner]:
            raise ValueError(f"{owner}: statement {name!r} has no reason")
        rows[owner].setdefault(name, _row(name, statement, template, _REASONS[owner][name]))
    without = {(owner, name) for owner, reasons in _REASONS.items() for name in reasons if name not in rows[owner]}
    if without:
        raise ValueError(f"reasons without a statement: {sorted(without)}")
    parts = [_INTRODUCTION]
    for owner, reasons in _REASONS.items():
        parts.append(f"## {owner}\n")
        parts.append("| Statement | Allows | On | Reason |\n|---|---|---|---|")
        parts.extend(rows[owner][name] for name in reasons)
        parts.append("")
    parts.append(_OTHERS)
    return "\n".join(parts)


def _app(folder: Path) -> dict[str, Any]:
    """Return the templates of an app that uses everything."""
    app = cdk.App(outdir=str(folder))
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    second = cdk.Stack(app, "Second", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    other = cdk.Stack(app, "Other", env=cdk.Environment(account="222222222222", region="eu-west-1"))
    group = personalize.CfnDatasetGroup(stack, "Group", name="shop")
    schema = personalize.CfnSchema(stack, "Schema", name="items", schema="{}")
    dataset = personalize.CfnDataset(
        stack,
        "Dataset",
        name="items",
        dataset_type="Items",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schema.attr_schema_arn,
    )
    key = kms.Key(stack, "Key")
    key_arn = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555"
    sources = {
        "Own": DataSource.from_bucket(s3.Bucket(stack, "Bucket", encryption_key=key), "items/"),
        "Elsewhere": DataSource.from_bucket(
            s3.Bucket.from_bucket_attributes(
                stack,
                "Imported",
                bucket_name="elsewhere",
                encryption_key=kms.Key.from_key_arn(stack, "ImportedKey", key_arn),
            ),
            "items.csv",
        ),
        "Foreign": DataSource.from_bucket(s3.Bucket(other, "Bucket", bucket_name="foreign"), "items.csv"),
    }
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    for scope, of_function in ((stack, key), (second, kms.Key.from_key_arn(second, "Key", key_arn))):
        ImportFunction.of(scope).configure(
            vpc=ec2.Vpc(scope, "Vpc"),
            encryption_key=of_function,
            dead_letter_queue=sqs.Queue(scope, "Queue", encryption_master_key=of_function),
        )
    DatasetImportJob(second, "Import", dataset_arn=dataset.attr_dataset_arn, data_source=sources["Elsewhere"])
    for name, source in sources.items():
        job = DatasetImportJob(
            stack, name, dataset_arn=dataset.attr_dataset_arn, data_source=source, tags={"team": "recommendations"}
        )
        if name == "Own":
            job.import_on_upload("Upload")
            job.on_failed("Failed")
    DatasetImportJob(stack, "With", dataset_arn=dataset.attr_dataset_arn, data_source=sources["Own"], role=role)
    assembly = app.synth()
    return {name: assembly.get_stack_by_name(name).template["Resources"] for name in ("Shop", "Second", "Other")}


def _statements() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        templates = _app(Path(folder))
    for stack, resources in templates.items():
        for name, resource in resources.items():
            owner = _owner(stack, name, resource["Type"])
            if owner is None:
                continue
            properties = resource["Properties"]
            for statement in properties.get("AssumeRolePolicyDocument", {}).get("Statement", []):
                yield owner, "trust", statement, resources
            if resource["Type"] == "AWS::Lambda::Permission":
                yield owner, "", _as_statement(properties), resources
            documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
            documents += [properties[kind] for kind in ("PolicyDocument", "KeyPolicy") if kind in properties]
            for document in documents:
                for statement in document["Statement"]:
                    sid = re.sub(r"^(ServiceRoles|Logs)[0-9a-f]{10}", r"\1", statement.get("Sid", ""))
                    # The CDK adds it, without a name.
                    if statement["Action"] == "sqs:SendMessage":
                        sid = "SendDeadLetters"
                    # The CDK's own statement, with which the account administers the key.
                    if statement["Action"] != "kms:*":
                        yield owner, sid, statement, resources


def _as_statement(permission: dict[str, Any]) -> dict[str, Any]:
    return {
        "Action": permission["Action"],
        "Principal": {"Service": permission["Principal"]},
        "Resource": permission["FunctionName"],
        "Condition": {"ArnLike": {"aws:SourceArn": permission["SourceArn"]}},
    }


def _owner(stack: str, name: str, kind: str) -> str | None:
    if stack == "Other":
        return "The policy of a bucket of another account" if kind == "AWS::S3::BucketPolicy" else None
    match kind:
        case "AWS::IAM::Role" | "AWS::IAM::Policy" if "ProviderRole" in name:
            return "The function's role"
        case "AWS::IAM::Role" if "ScheduleRole" in name:
            return "The schedules' role"
        case "AWS::Lambda::Permission":
            return "The function's own policy"
        case "AWS::IAM::Role" if "ServiceRole" in name:
            return "The service role of an import"
        # The CDK's own function, which switches a bucket's events on, has a policy too.
        case "AWS::IAM::Policy" if "Notifications" not in name:
            return "The policy for a role of `role=`"
        case "AWS::S3::BucketPolicy":
            return "The bucket's policy"
        case "AWS::KMS::Key":
            return "The key's policy"
    return None


def _row(name: str, statement: dict[str, Any], resources: dict[str, Any], reason: str) -> str:
    def cell(value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        return "<br>".join(f"`{_plain(item, resources)}`" for item in values)

    allowed = cell(statement["Action"])
    if "Principal" in statement:
        [(_, principal)] = statement["Principal"].items()
        allowed = f"to {cell(principal)}: {allowed}"
    on = cell(statement["Resource"]) if "Resource" in statement else "the role"
    for operator, conditions in statement.get("Condition", {}).items():
        for key, value in conditions.items():
            on += f"<br>if `{key}` {operator} {cell(value)}"
    return f"| {name} | {allowed} | {on} | {reason} |"


_KINDS = {
    "AWS::S3::Bucket": "bucket",
    "AWS::KMS::Key": "key",
    "AWS::IAM::Role": "role",
    "AWS::Logs::LogGroup": "log group",
    "AWS::Scheduler::ScheduleGroup": "schedule group",
    "AWS::SQS::Queue": "queue",
    "AWS::Lambda::Function": "function",
    "AWS::Events::Rule": "rule",
}
_ROLES = {
    "ProviderRole": "function's role",
    "ScheduleRole": "schedules' role",
    "ServiceRole": "service role",
    "Given": "given role",
}


def _plain(value: Any, resources: dict[str, Any]) -> str:
    match value:
        case {"Fn::Join": [delimiter, parts]}:
            text = str(delimiter).join(_plain(part, resources) for part in parts)
        case {"Ref": "AWS::Partition"}:
            text = "<partition>"
        case {"Ref": "AWS::StackId"}:
            text = "<ARN of the stack>"
        case {"Ref": "AWS::StackName"}:
            text = "<name of the stack>"
        case {"Ref": "AWS::URLSuffix"}:
            text = "<url suffix>"
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            kind = _KINDS[resources[name]["Type"]]
            if kind == "role":
                kind = next(owner for part, owner in _ROLES.items() if part in name)
            text = f"<{kind}>" if "Ref" in value else f"<ARN of the {kind}>"
        case {"Fn::Select": _}:
            text = "<stack's GUID>"
        case _:
            text = str(value)
    text = text.replace("111111111111", "<account>").replace("eu-west-1", "<region>")
    return re.sub(r"(?<=>/)[0-9a-f]{10}(?=/\*)", "<stack>", text)
