"""The template of one import: each resource, each statement, and what waits for what."""

import aws_cdk as cdk
import pytest
from shop import DATASET_ARN, JOB, Resources, Shop, flat

from cdk_personalize_import import DataSource, ImportMode

PROVIDER = "CustomPersonalizeDatasetImportJobProvider"


@pytest.fixture(scope="module")
def plain() -> Resources:
    shop = Shop()
    shop.job()
    return shop.synth()


@pytest.fixture(scope="module")
def full() -> Resources:
    shop = Shop()
    shop.job(
        data_source=DataSource.from_bucket(shop.bucket, "folder/"),
        import_mode=ImportMode.INCREMENTAL,
        publish_attribution_metrics_to_s3=True,
        tags={"team": "recs", "cost-centre": "7"},
        job_name_prefix="nightly",
        data_version="2026-11-21",
        wait_for_completion=False,
        preflight=False,
        timeout=cdk.Duration.minutes(10),
        poll_interval=cdk.Duration.seconds(30),
    )
    return shop.synth()


def test_one_import_adds_two_resources_to_the_five_that_a_stack_shares(plain: Resources) -> None:
    of_construct = {name: found["Type"] for name, found in plain.all.items() if not name.startswith("Bucket")}
    assert sorted(of_construct.values()) == [
        "AWS::IAM::Role",
        "AWS::IAM::Role",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::Scheduler::ScheduleGroup",
        JOB,
    ]


def test_properties_by_default(plain: Resources) -> None:
    [function] = plain.ids("AWS::Lambda::Function")
    [role] = plain.ids("AWS::IAM::Role", "ServiceRole")
    assert flat(plain.job) == {
        "ServiceToken": f"${{{function}.Arn}}",
        "ServiceTimeout": "3600",
        "DatasetArn": DATASET_ARN,
        "DataLocation": "s3://${Bucket83908E77}/interactions.csv",
        "RoleArn": f"${{{role}.Arn}}",
        "ImportMode": "FULL",
        "PublishAttributionMetricsToS3": "false",
        "JobNamePrefix": "Shop-Interactions",
        "WaitForCompletion": "true",
        "Timeout": "3420",
        "PollInterval": "5",
        "Preflight": "true",
    }


def test_properties_of_every_argument(full: Resources) -> None:
    job = flat(full.job)
    del job["ServiceToken"], job["RoleArn"]
    assert job == {
        "ServiceTimeout": "780",
        "DatasetArn": DATASET_ARN,
        "DataLocation": "s3://${Bucket83908E77}/folder/",
        "ImportMode": "INCREMENTAL",
        "PublishAttributionMetricsToS3": "true",
        "Tags": [{"tagKey": "cost-centre", "tagValue": "7"}, {"tagKey": "team", "tagValue": "recs"}],
        "JobNamePrefix": "nightly",
        "DataVersion": "2026-11-21",
        "WaitForCompletion": "false",
        "Timeout": "600",
        "PollInterval": "30",
        "Preflight": "false",
    }


def test_function(plain: Resources) -> None:
    function = flat(plain.properties("AWS::Lambda::Function"))
    assert function["Architectures"] == ["arm64"]
    assert function["Runtime"] == "python3.14"
    assert function["Handler"] == "cdk_personalize_import_handler.function.handler"
    assert function["Timeout"] == 180
    group = flat(plain.properties("AWS::Scheduler::ScheduleGroup"))
    [role] = plain.ids("AWS::IAM::Role", "ScheduleRole")
    assert function["Environment"]["Variables"] == {
        "SCHEDULE_GROUP_NAME": group["Name"],
        "SCHEDULE_ROLE_ARN": f"${{{role}.Arn}}",
        "STACK_ID": "${AWS::StackId}",
    }
    [log_group] = plain.ids("AWS::Logs::LogGroup")
    assert function["LoggingConfig"] == {"LogGroup": f"${{{log_group}}}"}


def test_the_log_outlives_a_first_deployment_that_fails(plain: Resources) -> None:
    group = plain.one("AWS::Logs::LogGroup")
    assert (group["DeletionPolicy"], group["UpdateReplacePolicy"]) == ("Retain", "Retain")
    # A fixed name would stop the next deployment.
    assert group["Properties"] == {"RetentionInDays": 30}


def personalize(resource: str) -> str:
    return f"arn:${{AWS::Partition}}:personalize:eu-west-1:123456789012:{resource}"


def test_what_the_function_may_do(plain: Resources) -> None:
    group = flat(plain.properties("AWS::Scheduler::ScheduleGroup"))["Name"]
    [log_group] = plain.ids("AWS::Logs::LogGroup")
    schedule_path = flat(plain.properties("AWS::IAM::Role", "ScheduleRole"))["Path"]
    path = flat(plain.properties("AWS::IAM::Role", "ServiceRole")["Path"])
    statements = {sid: flat(found) for sid, found in plain.function_statements.items()}
    for sid, found in statements.items():
        assert found.pop("Effect") == "Allow"
        assert found.pop("Sid") == sid
    assert statements == {
        "ListDatasetImportJobs": {"Action": ["personalize:ListDatasetImportJobs"], "Resource": "*"},
        "DescribeDatasetImportJobs": {
            "Action": "personalize:DescribeDatasetImportJob",
            "Resource": personalize("dataset-import-job/*"),
        },
        "CreateDatasetImportJobs": {
            "Action": "personalize:CreateDatasetImportJob",
            "Resource": [personalize("dataset-import-job/Shop-Interactions-*")],
        },
        "ImportIntoDatasets": {"Action": "personalize:CreateDatasetImportJob", "Resource": [DATASET_ARN]},
        "PassServiceRoles": {
            "Action": "iam:PassRole",
            "Resource": [f"arn:${{AWS::Partition}}:iam::123456789012:role{path}*"],
            "Condition": {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        },
        "PassScheduleRole": {
            "Action": "iam:PassRole",
            "Resource": [f"arn:${{AWS::Partition}}:iam::123456789012:role{schedule_path}*"],
            "Condition": {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        },
        "PollBySchedules": {
            "Action": [
                "scheduler:CreateSchedule",
                "scheduler:DeleteSchedule",
                "scheduler:GetSchedule",
                "scheduler:UpdateSchedule",
            ],
            "Resource": f"arn:${{AWS::Partition}}:scheduler:eu-west-1:123456789012:schedule/{group}/*",
        },
        "AskAboutRequests": {
            "Action": ["cloudformation:DescribeStackResource", "cloudformation:DescribeStacks"],
            "Resource": "${AWS::StackId}",
        },
        "WriteLogs": {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            # The name that CloudFormation makes for the group.
            "Resource": "arn:${AWS::Partition}:logs:eu-west-1:123456789012:log-group:"
            f"${{AWS::StackName}}-{log_group}-*",
        },
        "DescribeDatasets": {"Action": "personalize:DescribeDataset", "Resource": [DATASET_ARN]},
        "DescribeSchemas": {"Action": "personalize:DescribeSchema", "Resource": [personalize("schema/*")]},
    }


def test_preflight_takes_permissions_and_gives_them_back(plain: Resources, full: Resources) -> None:
    assert plain.function_statements.keys() - full.function_statements.keys() == {"DescribeSchemas"}
    assert {"PreflightListsData", "PreflightReadsData"} <= bucket_statements(plain).keys()
    assert bucket_statements(full).keys() == {"PersonalizeListsData", "PersonalizeReadsData"}


def test_tags_take_a_permission(plain: Resources, full: Resources) -> None:
    assert full.function_statements["ListDatasetImportJobs"]["Action"] == [
        "personalize:ListDatasetImportJobs",
        "personalize:TagResource",
    ]


def bucket_statements(resources: Resources) -> dict[str, dict[str, object]]:
    statements = resources.properties("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    return {found["Sid"]: flat(found) for found in statements}


@pytest.mark.parametrize(
    ("fixture", "objects"), [("plain", "interactions.csv"), ("full", "folder/*")], ids=["a file", "a folder"]
)
def test_who_may_read_the_data(fixture: str, objects: str, request: pytest.FixtureRequest) -> None:
    resources: Resources = request.getfixturevalue(fixture)
    arn = f"${{Bucket83908E77.Arn}}/{objects}"
    statements = resources.statements("ServiceRole")
    assert flat(statements) == {
        "ListData": {
            "Sid": "ListData",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "${Bucket83908E77.Arn}",
        },
        "ReadData": {"Sid": "ReadData", "Effect": "Allow", "Action": "s3:GetObject", "Resource": arn},
    }
    in_bucket = bucket_statements(resources)
    assert in_bucket["PersonalizeListsData"] == {
        "Sid": "PersonalizeListsData",
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": "s3:ListBucket",
        "Resource": "${Bucket83908E77.Arn}",
    }
    assert in_bucket["PersonalizeReadsData"] == {
        "Sid": "PersonalizeReadsData",
        "Effect": "Allow",
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": [arn],
    }


def test_the_function_reads_its_data_by_the_policy_of_the_bucket(plain: Resources) -> None:
    [role] = plain.ids("AWS::IAM::Role", "ProviderRole")
    statements = bucket_statements(plain)
    assert statements["PreflightReadsData"]["Principal"] == {"AWS": f"${{{role}.Arn}}"}
    assert statements["PreflightReadsData"]["Resource"] == ["${Bucket83908E77.Arn}/interactions.csv"]


def test_who_may_assume_the_roles(plain: Resources) -> None:
    name = flat(plain.properties("AWS::Scheduler::ScheduleGroup"))["Name"]
    group_arn = f"arn:${{AWS::Partition}}:scheduler:eu-west-1:123456789012:schedule-group/{name}"

    def trust(part: str) -> object:
        [statement] = plain.properties("AWS::IAM::Role", part)["AssumeRolePolicyDocument"]["Statement"]
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
        return {key: flat(value) for key, value in statement.items() if key in ("Principal", "Condition")}

    assert trust("ServiceRole") == {
        "Principal": {"Service": "personalize.amazonaws.com"},
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "StringLike": {"aws:SourceArn": personalize("*")},
        },
    }
    assert trust("ScheduleRole") == {
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012", "aws:SourceArn": group_arn}},
    }
    assert trust("ProviderRole") == {"Principal": {"Service": "lambda.amazonaws.com"}}


def test_the_schedules_invoke_the_function_and_nothing_else(plain: Resources) -> None:
    name = flat(plain.properties("AWS::Lambda::Function")["FunctionName"])
    [statement] = plain.statements_without_sid("ScheduleRole")
    assert statement["Action"] == "lambda:InvokeFunction"
    resource = flat(statement["Resource"])
    assert resource == f"arn:${{AWS::Partition}}:lambda:eu-west-1:123456789012:function:{name}"
    assert "AWS::StackId" in resource


def test_everything_is_there_before_the_job_and_goes_after_it(plain: Resources) -> None:
    [job] = plain.ids(JOB)
    assert plain.needs(job) == plain.all.keys() - {job}
    before = plain.ids("AWS::S3::BucketPolicy") + plain.ids("AWS::Scheduler::ScheduleGroup")
    assert sorted(plain.all[job]["DependsOn"]) == sorted(before)
    plain.assert_no_circle()


def test_the_longest_chain_of_creations_is_role_function_resource(plain: Resources) -> None:
    [job] = plain.ids(JOB)
    assert plain.longest_chain(job) == 3


@pytest.mark.parametrize(
    ("timeout", "waits"),
    [
        (cdk.Duration.minutes(1), [60]),
        (cdk.Duration.minutes(57), [3420]),
        (cdk.Duration.hours(1), [3420]),
        (cdk.Duration.minutes(61), [3420, 240]),
        (cdk.Duration.seconds(6841), [3420, 3420, 60]),
        (cdk.Duration.hours(4), [3420] * 4 + [720]),
        (cdk.Duration.hours(24), [3420] * 25 + [900]),
    ],
    ids=lambda value: value.to_human_string() if isinstance(value, cdk.Duration) else "",
)
def test_a_long_wait_becomes_a_chain(timeout: cdk.Duration, waits: list[int], shop: Shop) -> None:
    job = shop.job(timeout=timeout)
    cdk.CfnOutput(shop.stack, "Arn", value=job.dataset_import_job_arn)
    cdk.CfnOutput(shop.stack, "Name", value=job.dataset_import_job_name)
    cdk.CfnOutput(shop.stack, "Status", value=job.status)
    resources = shop.synth()
    names = resources.ids(JOB)
    links = [flat(resources.all[name]["Properties"]) for name in names]
    assert [int(link.pop("Timeout")) for link in links] == waits
    assert [int(link.pop("ServiceTimeout")) for link in links] == [min(3600, wait + 180) for wait in waits]
    assert [link.pop("HandOver", None) for link in links] == ["true"] * (len(waits) - 1) + [None]
    assert [link.pop("JobName", None) for link in links] == [None, *(f"${{{name}.JobName}}" for name in names[:-1])]
    assert all(link == links[0] for link in links)
    outputs = flat(resources.template["Outputs"])
    last = names[-1]
    assert {name: found["Value"] for name, found in outputs.items()} == {
        "Arn": f"${{{last}.DatasetImportJobArn}}",
        "Name": f"${{{last}.JobName}}",
        "Status": f"${{{last}.Status}}",
    }


def test_a_longer_timeout_keeps_the_resource_that_started_the_job() -> None:
    ids = []
    for hours in (1, 5):
        shop = Shop()
        shop.job(timeout=cdk.Duration.hours(hours))
        ids.append(shop.synth().ids(JOB))
    assert ids[1][0] == ids[0][0]


def test_the_main_child_is_the_custom_resource(shop: Shop) -> None:
    child = shop.job().node.default_child
    assert isinstance(child, cdk.CfnResource)
    child.add_property_override("DataVersion", "7")
    assert shop.synth().job["DataVersion"] == "7"
