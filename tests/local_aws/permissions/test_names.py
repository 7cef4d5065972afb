"""Actions and resources of the embedded IAM are those of the service authorization reference."""

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from service_authorization import is_action, takes

from local_aws.permissions.action import KNOWN_SERVICES, ApiCall, Need, needs

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
ROLE = "arn:aws:iam::123456789012:role/role"
# Operations that the reference has no action for: they are another action's, or none of the service's.
WITHOUT_ACTION = {
    "cloudformation": {"RemoveAlias", "SetAlias"},
    "kms": {"ReEncrypt"},
    "lambda": {
        "DeleteDurableExecution",
        "GetLayerVersionByArn",
        "InvokeWithResponseStream",
        "PauseDurableExecution",
        "ResumeDurableExecution",
    },
    "logs": {"GetLogObject"},
}
GROUP = ARN.format("personalize", "dataset-group/group")
SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/solution"
DATASET = ARN.format("personalize", "dataset/group/USERS")
JOB = ARN.format("personalize", "dataset-import-job/job")
SCHEMA = ARN.format("personalize", "schema/schema")
SCHEDULE = {"Name": "poll", "GroupName": "group", "Target": {"RoleArn": ROLE}}
STACK = {"StackName": "stack"}
# The calls that the function, CloudFormation for it, and the CDK's command line make.
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("personalize", "CreateDatasetImportJob", {"jobName": "job", "datasetArn": DATASET, "roleArn": ROLE}),
    ("personalize", "DescribeDatasetImportJob", {"datasetImportJobArn": JOB}),
    ("personalize", "ListDatasetImportJobs", {"datasetArn": DATASET}),
    ("personalize", "CreateDatasetGroup", {"name": "group"}),
    ("personalize", "DescribeDatasetGroup", {"datasetGroupArn": GROUP}),
    ("personalize", "CreateSchema", {"name": "schema"}),
    ("personalize", "DescribeSchema", {"schemaArn": SCHEMA}),
    ("personalize", "DeleteSchema", {"schemaArn": SCHEMA}),
    ("personalize", "DescribeDataset", {"datasetArn": DATASET}),
    ("personalize", "DeleteDataset", {"datasetArn": DATASET}),
    ("scheduler", "CreateSchedule", SCHEDULE),
    ("scheduler", "GetSchedule", SCHEDULE),
    ("scheduler", "UpdateSchedule", SCHEDULE),
    ("scheduler", "DeleteSchedule", SCHEDULE),
    ("scheduler", "CreateScheduleGroup", {"Name": "group"}),
    ("scheduler", "DeleteScheduleGroup", {"Name": "group"}),
    ("logs", "CreateLogGroup", {"logGroupName": "group"}),
    ("logs", "CreateLogStream", {"logGroupName": "group", "logStreamName": "stream"}),
    ("logs", "PutLogEvents", {"logGroupName": "group", "logStreamName": "stream"}),
    ("cloudformation", "CreateChangeSet", STACK),
    ("cloudformation", "DescribeStacks", STACK),
    ("cloudformation", "DescribeStackResource", STACK),
    ("cloudformation", "DescribeStackEvents", STACK),
    ("cloudformation", "DeleteStack", STACK),
    ("lambda", "Invoke", {"FunctionName": "function"}),
    ("lambda", "GetFunction", {"FunctionName": "function"}),
    ("personalize", "CreateSolutionVersion", {"solutionArn": SOLUTION}),
    ("kms", "Decrypt", {"KeyId": "key"}),
    ("events", "PutEvents", {"Entries": [{"Source": "shop"}]}),
    ("sts", "AssumeRole", {"RoleArn": ROLE}),
]


@pytest.mark.parametrize("service", sorted(KNOWN_SERVICES - {"s3"}))
def test_every_operation_needs_an_action_that_there_is(service: str) -> None:
    model = ServiceModel(Loader().load_service_model(service, "service-2"))
    made_up = {
        operation
        for operation in model.operation_names
        for need in needs(ApiCall(service, operation, {}))
        if not is_action(need.action)
    }
    assert made_up == WITHOUT_ACTION.get(service, set())


@pytest.mark.parametrize(
    ("service", "operation", "params"), CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_action_is_on_resources_of_its_own_kind(service: str, operation: str, params: dict[str, Any]) -> None:
    asked = needs(ApiCall(service, operation, params))
    assert asked
    assert [need for need in asked if not takes(need.action, need.resource)] == []


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("HeadBucket", "bucket"),
        ("HeadObject", "bucket/key"),
        ("GetObject", "bucket/key"),
        ("PutObject", "bucket/key"),
        ("DeleteObject", "bucket/key"),
        ("ListBucket", "bucket"),
        ("ListObjectsV2", "bucket"),
        ("GetBucketLocation", "bucket"),
        ("ListAllMyBuckets", ""),
    ],
)
def test_actions_of_s3_are_on_buckets_or_on_objects(operation: str, resource: str) -> None:
    call = ApiCall("s3", operation, {}, resource=f"arn:aws:s3:::{resource}")
    (need,) = needs(call)
    assert is_action(need.action)
    assert takes(need.action, need.resource)


def test_another_kind_of_resource_would_be_noticed() -> None:
    assert not takes("personalize:DescribeSchema", DATASET)
    assert not takes("s3:GetObject", "arn:aws:s3:::bucket")
    assert not is_action(Need("personalize:CreateDatasetImportJobs").action)
