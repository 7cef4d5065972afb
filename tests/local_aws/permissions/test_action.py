from typing import Any

import pytest

from local_aws.permissions.action import ApiCall, Need, needs

JOB_ARN = "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/job"
DEFAULT_BUS = "arn:aws:events:us-east-1:123456789012:event-bus/default"
DATASET_ARN = "arn:aws:personalize:us-east-1:123456789012:dataset/group/USERS"
ROLE_ARN = "arn:aws:iam::123456789012:role/role"
SCHEDULE_ARN = "arn:aws:scheduler:us-east-1:123456789012:schedule/group/name"
CREATE_JOB = {"jobName": "job", "datasetArn": DATASET_ARN, "roleArn": ROLE_ARN}


def call(service: str, operation: str, params: dict[str, Any], resource: str = "") -> ApiCall:
    return ApiCall(service, operation, params, resource=resource)


def test_creating_a_job_needs_the_job_the_dataset_and_the_role() -> None:
    passing = Need("iam:PassRole", ROLE_ARN, {"iam:PassedToService": "personalize.amazonaws.com"})

    assert needs(call("personalize", "CreateDatasetImportJob", CREATE_JOB)) == [
        Need("personalize:CreateDatasetImportJob", JOB_ARN),
        Need("personalize:CreateDatasetImportJob", DATASET_ARN),
        passing,
    ]


def test_tags_need_a_permission_of_their_own() -> None:
    with_tags = {**CREATE_JOB, "tags": [{"tagKey": "team", "tagValue": "recs"}]}

    assert Need("personalize:TagResource") in needs(call("personalize", "CreateDatasetImportJob", with_tags))


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        ("personalize", "ListDatasetImportJobs", {"datasetArn": DATASET_ARN}, "*"),
        ("personalize", "DescribeDatasetImportJob", {"datasetImportJobArn": JOB_ARN}, JOB_ARN),
        ("personalize", "DescribeDataset", {"datasetArn": DATASET_ARN}, DATASET_ARN),
        ("scheduler", "GetSchedule", {"Name": "name", "GroupName": "group"}, SCHEDULE_ARN),
        ("scheduler", "DeleteSchedule", {"Name": "name"}, SCHEDULE_ARN.replace("/group/", "/default/")),
        ("scheduler", "ListSchedules", {}, "*"),
        (
            "logs",
            "PutLogEvents",
            {"logGroupName": "g", "logStreamName": "s"},
            "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s",
        ),
        (
            "cloudformation",
            "DescribeStackResource",
            {"StackName": "arn:aws:cloudformation:us-east-1:123456789012:stack/name/id"},
            "arn:aws:cloudformation:us-east-1:123456789012:stack/name/id",
        ),
        ("cloudformation", "ListStacks", {}, "*"),
        ("kms", "Decrypt", {"KeyId": "k"}, "arn:aws:kms:us-east-1:123456789012:key/k"),
        ("sqs", "SendMessage", {}, "*"),
        ("events", "PutEvents", {"Entries": [{"Source": "a"}, {"Source": "b"}]}, DEFAULT_BUS),
    ],
)
def test_resources(service: str, operation: str, params: dict[str, Any], expected: str) -> None:
    assert needs(call(service, operation, params)) == [Need(f"{service}:{operation}", expected)]


def test_a_schedule_with_a_role_needs_to_pass_it() -> None:
    params = {"Name": "name", "GroupName": "group", "Target": {"RoleArn": ROLE_ARN}}

    assert needs(call("scheduler", "CreateSchedule", params)) == [
        Need("scheduler:CreateSchedule", SCHEDULE_ARN),
        Need("iam:PassRole", ROLE_ARN, {"iam:PassedToService": "scheduler.amazonaws.com"}),
    ]


def test_invoking_has_another_name_than_its_action() -> None:
    (need,) = needs(call("lambda", "Invoke", {"FunctionName": "f"}))

    assert need == Need("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:123456789012:function:f")


def test_anybody_may_ask_who_they_are() -> None:
    assert needs(call("sts", "GetCallerIdentity", {})) == []
