"""Who uses nothing of what goes on between deployments has the template of before, the function's own code aside.

The templates beside this file are those of the last commit before there were imports between deployments.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from shop import Shop, flat

from cdk_personalize_import import DatasetImportJob, DataSource, ImportMode

BEFORE = Path(__file__).parent / "before"
ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/"
# What has changed since for other reasons.
SINCE = (
    # The schedule group has a name of its own, which nothing needs a reference for; roles have paths of their own.
    r"/\w+ScheduleGroup\w+/Properties/Name$",
    r"/SCHEDULE_GROUP_NAME$",
    r"/\w+ScheduleRole\w+/Properties/(Path|AssumeRolePolicyDocument/Statement/-/Condition/StringEquals/aws:SourceArn)$",
    r"/Statement/(PollBySchedules|PassScheduleRole|WriteLogs)/Resource$",
    r"/\w+/DependsOn$",
    # The function refuses requests of other stacks, and asks whether its own is rolled back.
    r"/STACK_ID$",
    r"/Statement/AskAboutRequests/Action$",
    # The log stays when its stack goes.
    r"/\w+LogGroup\w+/(DeletionPolicy|UpdateReplacePolicy)$",
    # The documented policy of a key has one action more. What makes a dataset be replaced is told.
    r"/Statement/(ServiceRoles<stack>UsesKey|DecryptData)/Action$",
    r"/DatasetDefinition/",
    # Datasets of imports without a preflight are asked for their age as well.
    r"/Statement/DescribeDatasets/Resource$",
)
ENV = cdk.Environment(account="123456789012", region="eu-west-1")


def plain(stack: cdk.Stack) -> None:
    bucket = s3.Bucket(stack, "Bucket")
    DatasetImportJob(stack, "Items", dataset_arn=f"{ARN}ITEMS", data_source=DataSource.from_bucket(bucket, "items.csv"))


def everything(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket", encryption_key=key)
    elsewhere = s3.Bucket.from_bucket_name(stack, "Elsewhere", "elsewhere")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    dataset = personalize.CfnDataset(
        stack,
        "Dataset",
        name="interactions",
        dataset_type="Interactions",
        dataset_group_arn=ARN.replace("dataset/shop/", "dataset-group/shop"),
        schema_arn=ARN.replace("dataset/shop/", "schema/interactions"),
    )
    DatasetImportJob(
        stack,
        "History",
        dataset_arn=dataset.attr_dataset_arn,
        data_source=DataSource.from_bucket(bucket, "history/"),
        timeout=cdk.Duration.hours(2),
        tags={"team": "recs"},
        data_version="1",
    )
    DatasetImportJob(
        stack,
        "Recent",
        dataset_arn=dataset.attr_dataset_arn,
        data_source=DataSource.from_bucket(bucket, "recent/"),
        import_mode=ImportMode.INCREMENTAL,
    )
    DatasetImportJob(
        stack,
        "Users",
        dataset_arn=f"{ARN}USERS",
        data_source=DataSource.from_bucket(elsewhere, "users.csv"),
        role=role,
        job_name_prefix="users",
        wait_for_completion=False,
        preflight=False,
        poll_interval=cdk.Duration.minutes(5),
    )


def templates(outdir: Path) -> dict[str, Any]:
    app = cdk.App(outdir=str(outdir), context={"@aws-cdk/core:newStyleStackSynthesis": True})
    plain(cdk.Stack(app, "Plain"))
    everything(cdk.Stack(app, "Everything", env=ENV))
    assembly = app.synth()
    return {stack.stack_name: _without_hashes(stack.template) for stack in assembly.stacks}


def _without_hashes(template: Any) -> Any:
    """Return a template without the hashes of assets, and of stacks in roles' paths."""
    text = re.sub(r"\b[0-9a-f]{64}\b", "<hash>", json.dumps(template))
    return json.loads(re.sub(r"(?<=/)[0-9a-f]{10}(?=/)|(?<=ServiceRoles)[0-9a-f]{10}", "<stack>", text))


def leaves(value: Any, path: str = "") -> dict[str, str]:
    """Return what stands where in a template. Statements and policies go by their names; other lists are sets."""
    match value:
        case dict():
            parts = value.items()
        case [{"Effect": _} | {"PolicyName": _}, *_]:
            parts = {part.get("Sid") or part.get("PolicyName", "-"): part for part in value}.items()
        case list():
            return {path: json.dumps(sorted(value, key=str))}
        case _:
            return {path: json.dumps([value])}
    return {at: text for name, part in parts for at, text in leaves(part, f"{path}/{name}").items()}


def differences(before: Any, after: Any) -> set[str]:
    """Return where two templates differ."""
    one, other = leaves(flat(before)), leaves(flat(after))
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


@pytest.fixture(scope="module")
def now(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return templates(tmp_path_factory.mktemp("unused"))


@pytest.mark.parametrize("stack", ["Plain", "Everything"])
def test_the_template_is_that_of_before(stack: str, now: dict[str, Any]) -> None:
    before = json.loads((BEFORE / f"{stack}.json").read_text(encoding="utf-8"))
    found = differences(before, now[stack])
    assert [path for path in sorted(found) if not any(re.search(pattern, path) for pattern in SINCE)] == []


def test_one_property_more_would_be_seen(now: dict[str, Any]) -> None:
    before = json.loads((BEFORE / "Plain.json").read_text(encoding="utf-8"))
    [job] = [name for name, found in before["Resources"].items() if found["Type"].startswith("Custom::")]
    resources = {**now["Plain"]["Resources"]}
    resources[job] = {**resources[job], "Properties": {**resources[job]["Properties"], "SendEvents": "true"}}
    path = f"/Resources/{job}/Properties/SendEvents"
    assert path in differences(before, {"Resources": resources})
    assert not any(re.search(pattern, path) for pattern in SINCE)


@pytest.mark.parametrize(
    ("use", "added"),
    [
        (lambda job: job.import_on_schedule("New", schedule=events.Schedule.cron()), ["AWS::Scheduler::Schedule"]),
        (lambda job: job.import_on_upload("New"), ["AWS::Events::Rule", "AWS::Lambda::Permission"]),
        (lambda job: job.on_succeeded("New"), ["AWS::Events::Rule"]),
        (lambda job: job.on_failed("New"), ["AWS::Events::Rule"]),
        (lambda job: job.alarm_if_older_than("New", cdk.Duration.days(2)), ["AWS::CloudWatch::Alarm"]),
        (lambda job: job.alarm_on_failure("New"), ["AWS::CloudWatch::Alarm"]),
        (lambda job: [job.metric_succeeded(), job.metric_failed(), job.metric_duration(), job.metric_waited()], []),
    ],
    ids=["schedule", "upload", "succeeded", "failed", "stale", "failure", "metrics"],
)
def test_each_adds_only_its_own(use: Callable[[DatasetImportJob], object], added: list[str]) -> None:
    without, with_it = Shop(), Shop()
    without.job()
    use(with_it.job())
    for shop in (without, with_it):
        shop.bucket.enable_event_bridge_notification()
    before, after = without.synth().all, with_it.synth().all
    assert sorted(after[name]["Type"] for name in after.keys() - before.keys()) == added
    assert before.keys() <= after.keys()
