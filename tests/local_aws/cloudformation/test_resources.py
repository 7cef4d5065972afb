"""Resource types whose behaviour is more than one API call."""

import json
from typing import Any

import pytest

from local_aws.server import LocalAws

SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}


def role(**properties: Any) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = {"Version": "2012-10-17", "Statement": [trust]}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": policy, **properties}}


def statement(action: str = "s3:GetObject", resource: Any = "*", count: int = 1) -> dict[str, Any]:
    one = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [one] * count}


def policy(name: str, document: dict[str, Any]) -> dict[str, Any]:
    properties = {"PolicyName": name, "PolicyDocument": document, "Roles": [{"Ref": "Role"}]}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def test_a_role_with_policies_is_made_changed_and_removed(stacks: Any, aws: LocalAws) -> None:
    iam = aws.client("iam")
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    first = role(ManagedPolicyArns=[managed], Policies=[{"PolicyName": "own", "PolicyDocument": statement()}])
    stacks.create("roles", {"Role": first, "Policy": policy("extra", statement("sqs:*"))})
    name = stacks.physical_id("roles", "Role")
    assert sorted(iam.list_role_policies(RoleName=name)["PolicyNames"]) == ["extra", "own"]
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]] == [managed]
    assert stacks.update("roles", {"Role": role(), "Policy": policy("other", statement())}) == "UPDATE_COMPLETE"
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["other"]
    assert iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []
    assert stacks.delete("roles") == "DELETE_COMPLETE"
    assert name not in [found["RoleName"] for found in iam.list_roles()["Roles"]]


def test_inline_policies_of_a_role_hold_10240_characters_together(stacks: Any) -> None:
    resources = {"Role": role(), "One": policy("one", statement(count=70)), "Two": policy("two", statement(count=90))}
    resources["Two"]["DependsOn"] = "One"
    assert stacks.create("roomy", resources) == "CREATE_COMPLETE"
    resources["Two"] = policy("two", statement(count=150)) | {"DependsOn": "One"}
    assert stacks.update("roomy", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Maximum policy size of 10240 bytes exceeded for role" in stacks.reason("roomy", "Two")


def test_a_bucket_keeps_what_it_was_told(stacks: Any, aws: LocalAws) -> None:
    s3 = aws.client("s3")
    settings = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
        "PublicAccessBlockConfiguration": {"BlockPublicAcls": "true", "RestrictPublicBuckets": True},
        "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": "30"}]},
        "Tags": [{"Key": "team", "Value": "recs"}],
    }
    stacks.create("bucket", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": settings}})
    name = stacks.physical_id("bucket", "Bucket")
    assert name.startswith("bucket-bucket-")
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert (block["BlockPublicAcls"], block["BlockPublicPolicy"]) == (True, False)
    assert s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"][0]["Expiration"] == {"Days": 30}
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "team", "Value": "recs"}]
    del settings["LifecycleConfiguration"], settings["Tags"]
    assert stacks.update("bucket", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": settings}}) == "UPDATE_COMPLETE"
    with pytest.raises(Exception, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)


@pytest.mark.parametrize(
    ("principal", "resource", "reason"),
    [
        ({"AWS": "arn:aws:iam::123456789012:role/nobody"}, "arn:aws:s3:::policied/*", "Invalid principal in policy"),
        ({"Service": "personalize.amazonaws.com"}, "arn:aws:s3:::another/*", "Policy has invalid resource"),
        ({"Service": "personalize.amazonaws.com"}, [f"arn:aws:s3:::policied/{n:0>500}" for n in range(45)], "20480"),
    ],
)
def test_bucket_policies_are_checked(stacks: Any, principal: Any, resource: Any, reason: str) -> None:
    document = statement(resource=resource)
    document["Statement"][0]["Principal"] = principal
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "policied"}},
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": document},
        },
    }
    assert stacks.create("policied", resources) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reason("policied", "Policy")
    stacks.delete("policied")


def test_a_function_is_updated_in_place(stacks: Any, aws: LocalAws) -> None:
    def resources(**properties: Any) -> dict[str, Any]:
        function = {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
            "MemorySize": "256",
            **properties,
        }
        permission = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Function"},
            "Principal": "scheduler.amazonaws.com",
        }
        asynchronous = {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": "1"}
        return {
            "Role": role(),
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Permission": {"Type": "AWS::Lambda::Permission", "Properties": permission},
            "Retries": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": asynchronous},
        }

    client = aws.client("lambda")
    environment = {"Variables": {"FLAG": True, "COUNT": 3}}
    assert stacks.create("function", resources(Environment=environment)) == "CREATE_COMPLETE"
    name = stacks.physical_id("function", "Function")
    made = client.get_function_configuration(FunctionName=name)
    assert (made["MemorySize"], made["Environment"]["Variables"]) == (256, {"FLAG": "true", "COUNT": "3"})
    assert client.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 1
    changed = resources(Timeout=30, Code={"ZipFile": "def handler(event, context):\n    return 2\n"})
    assert stacks.update("function", changed) == "UPDATE_COMPLETE"
    now = client.get_function_configuration(FunctionName=name)
    assert (now["Timeout"], now.get("Environment", {}).get("Variables", {})) == (30, {})
    assert now["CodeSha256"] != made["CodeSha256"]
    assert stacks.physical_id("function", "Function") == name
    assert stacks.delete("function") == "DELETE_COMPLETE"


def test_services_with_plain_resources(stacks: Any, aws: LocalAws) -> None:
    key_policy = statement("kms:*")
    key_policy["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::123456789012:root"}
    resources: dict[str, Any] = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": key_policy, "EnableKeyRotation": True}},
        "Alias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/data", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
        },
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup"},
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Images": {"Type": "AWS::ECR::Repository"},
        "Managed": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": statement()}},
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    }
    outputs = {
        "KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}},
        "Group": {"Value": {"Fn::GetAtt": ["Group", "Arn"]}},
    }
    assert stacks.create("plain", resources, template={"Outputs": outputs}) == "CREATE_COMPLETE"
    assert stacks.outputs("plain")["Group"].endswith(stacks.physical_id("plain", "Group"))
    resources["Logs"]["Properties"] = {"RetentionInDays": 14}
    assert stacks.update("plain", resources) == "UPDATE_COMPLETE"
    (group,) = aws.client("logs").describe_log_groups(logGroupNamePrefix="plain-Logs")["logGroups"]
    assert group["retentionInDays"] == 14
    key = stacks.physical_id("plain", "Key")
    assert stacks.delete("plain") == "DELETE_COMPLETE"
    assert aws.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_personalize_resources_are_active_when_complete_and_a_dataset_goes_before_its_replacement(
    stacks: Any, aws: LocalAws
) -> None:
    def resources(schema: str) -> dict[str, Any]:
        dataset = {
            "Name": "interactions",
            "DatasetType": "Interactions",
            "DatasetGroupArn": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]},
            "SchemaArn": {"Fn::GetAtt": [schema, "SchemaArn"]},
            "Tags": [{"TagKey": "team", "TagValue": "recs"}],
        }
        made: dict[str, Any] = {
            "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "shop"}},
            "Dataset": {"Type": "AWS::Personalize::Dataset", "Properties": dataset},
        }
        for name in ("SchemaOne", "SchemaTwo"):
            properties = {"Name": name, "Schema": json.dumps(SCHEMA)}
            made[name] = {"Type": "AWS::Personalize::Schema", "Properties": properties}
        return made

    personalize = aws.client("personalize")
    assert stacks.create("shop", resources("SchemaOne")) == "CREATE_COMPLETE"
    arn = stacks.physical_id("shop", "Dataset")
    assert arn == "arn:aws:personalize:us-east-1:123456789012:dataset/shop/INTERACTIONS"
    assert personalize.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE"
    assert stacks.update("shop", resources("SchemaTwo")) == "UPDATE_COMPLETE"
    assert personalize.describe_dataset(datasetArn=arn)["dataset"]["schemaArn"].endswith("SchemaTwo")
    assert stacks.statuses("shop", "Dataset")[-5:] == [
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
        "UPDATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]
    assert stacks.delete("shop") == "DELETE_COMPLETE"
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_schemas()["schemas"] == []


def a_dataset(schema: str, **properties: Any) -> dict[str, Any]:
    """A dataset with a group, and two schemas to choose from."""
    dataset = {
        "Name": "interactions",
        "DatasetType": "Interactions",
        "DatasetGroupArn": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]},
        "SchemaArn": {"Fn::GetAtt": [schema, "SchemaArn"]},
        **properties,
    }
    made: dict[str, Any] = {
        "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "filled"}},
        "Dataset": {"Type": "AWS::Personalize::Dataset", "Properties": dataset},
    }
    for name in ("One", "Two"):
        made[name] = {"Type": "AWS::Personalize::Schema", "Properties": {"Name": name, "Schema": json.dumps(SCHEMA)}}
    return made


def test_a_dataset_that_an_update_replaced_comes_back_empty_when_that_fails(stacks: Any, aws: LocalAws) -> None:
    personalize = aws.client("personalize")
    assert stacks.create("back", a_dataset("One")) == "CREATE_COMPLETE"
    arn = stacks.physical_id("back", "Dataset")
    before = personalize.describe_dataset(datasetArn=arn)["dataset"]
    broken = {"Type": "AWS::SSM::Parameter", "Properties": {"Colour": "red"}, "DependsOn": "Dataset"}
    assert stacks.update("back", a_dataset("Two") | {"Broken": broken}) == "UPDATE_ROLLBACK_COMPLETE"
    after = personalize.describe_dataset(datasetArn=arn)["dataset"]
    assert after["schemaArn"] == before["schemaArn"]
    assert after["creationDateTime"] > before["creationDateTime"]
    assert stacks.delete("back") == "DELETE_COMPLETE"


def test_a_dataset_s_own_import_job_is_waited_for(stacks: Any, aws: LocalAws) -> None:
    s3, iam = aws.client("s3"), aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=json.dumps(statement("s3:*")))
    s3.create_bucket(Bucket="own-data")
    open_to = statement("s3:*", ["arn:aws:s3:::own-data", "arn:aws:s3:::own-data/*"])
    open_to["Statement"][0]["Principal"] = {"Service": "personalize.amazonaws.com"}
    s3.put_bucket_policy(Bucket="own-data", Policy=json.dumps(open_to))
    rows = "".join(f"u{number % 50},i{number},{1700000000 + number}\n" for number in range(1000))
    s3.put_object(Bucket="own-data", Key="right.csv", Body=f"USER_ID,ITEM_ID,TIMESTAMP\n{rows}".encode())

    def importing(key: str) -> dict[str, Any]:
        role = f"arn:aws:iam::{aws.account}:role/reader"
        job = {"JobName": key[:-4], "DataSource": {"DataLocation": f"s3://own-data/{key}"}, "RoleArn": role}
        return a_dataset("One", DatasetImportJob=job)

    assert stacks.create("own", importing("right.csv")) == "CREATE_COMPLETE", stacks.events("own")
    [job] = aws.client("personalize").list_dataset_import_jobs()["datasetImportJobs"]
    assert (job["jobName"], job["status"]) == ("right", "ACTIVE")
    assert stacks.delete("own") == "DELETE_COMPLETE"
    assert stacks.create("own", importing("gone.csv")) == "ROLLBACK_COMPLETE"
    assert "No objects found in S3 path s3://own-data/gone.csv" in stacks.reason("own", "Dataset")
    stacks.delete("own")


def test_a_dataset_of_no_known_type_is_refused(stacks: Any) -> None:
    assert stacks.create("odd", a_dataset("One", DatasetType="Things")) == "ROLLBACK_COMPLETE"
    assert "Things is not a valid enum value of #/DatasetType" in stacks.reason("odd", "Dataset"), stacks.events("odd")
    stacks.delete("odd")


@pytest.mark.parametrize(
    ("kind", "properties", "missing"),
    [
        ("AWS::SSM::Parameter", {"Type": "String"}, "Value"),
        ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"}, "Code"),
        ("AWS::Personalize::Dataset", {"Name": "d"}, "DatasetGroupArn"),
    ],
)
def test_a_required_property_that_is_missing_is_named(
    stacks: Any, kind: str, properties: dict[str, Any], missing: str
) -> None:
    name = f"missing-{missing}"
    assert stacks.create(name, {"Thing": {"Type": kind, "Properties": properties}}) == "ROLLBACK_COMPLETE"
    assert stacks.reason(name, "Thing").endswith(f"required key [{missing}] not found")


def test_an_event_tracker(stacks: Any, aws: LocalAws) -> None:
    resources = {
        "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "tracked"}},
        "Tracker": {
            "Type": "AWS::Personalize::EventTracker",
            "Properties": {"Name": "clicks", "DatasetGroupArn": {"Ref": "Group"}},
        },
    }
    outputs = {"Id": {"Value": {"Fn::GetAtt": ["Tracker", "TrackingId"]}}}
    assert stacks.create("tracker", resources, template={"Outputs": outputs}) == "CREATE_COMPLETE"
    found = aws.client("personalize").describe_event_tracker(eventTrackerArn=stacks.physical_id("tracker", "Tracker"))
    assert found["eventTracker"]["trackingId"] == stacks.outputs("tracker")["Id"]
    assert stacks.delete("tracker") == "DELETE_COMPLETE"


def test_a_log_group_needs_a_key_that_lets_in_its_service(stacks: Any, aws: LocalAws) -> None:
    def resources(*, allowed: bool, encrypted: bool = True) -> dict[str, Any]:
        of_account = statement("kms:*")["Statement"][0] | {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}
        of_logs = {
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{aws.region}.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{aws.region}:{aws.account}:log-group:secret-*"
                }
            },
        }
        policy = {"Version": "2012-10-17", "Statement": [of_account, *([of_logs] if allowed else [])]}
        key = {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}} if encrypted else {}
        return {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "secret-logs", **key}},
        }

    assert stacks.create("secret", resources(allowed=False)) == "ROLLBACK_COMPLETE"
    assert "is not allowed to be used with Arn 'arn:aws:logs:" in stacks.reason("secret", "Logs")
    stacks.delete("secret")
    assert stacks.create("secret", resources(allowed=True, encrypted=False)) == "CREATE_COMPLETE"
    assert stacks.update("secret", resources(allowed=True)) == "UPDATE_COMPLETE"
    [group] = aws.client("logs").describe_log_groups(logGroupNamePrefix="secret-logs")["logGroups"]
    assert ":key/" in group["kmsKeyId"]
    assert stacks.update("secret", resources(allowed=True, encrypted=False)) == "UPDATE_COMPLETE"
    [group] = aws.client("logs").describe_log_groups(logGroupNamePrefix="secret-logs")["logGroups"]
    assert "kmsKeyId" not in group
    stacks.delete("secret")


def test_a_role_and_a_key_change_in_place(stacks: Any, aws: LocalAws) -> None:
    iam, kms = aws.client("iam"), aws.client("kms")
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    by_account = statement("kms:*")
    by_account["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::123456789012:root"}
    narrow = statement("kms:DescribeKey")
    narrow["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::123456789012:root"}
    managed = {"ManagedPolicyName": "extra", "Roles": [{"Ref": "Role"}]}

    def resources(key: dict[str, Any], document: dict[str, Any], **of_role: Any) -> dict[str, Any]:
        return {
            "Role": role(RoleName="changing", **of_role),
            "Key": {"Type": "AWS::KMS::Key", "Properties": key},
            "Extra": {"Type": "AWS::IAM::ManagedPolicy", "Properties": managed | {"PolicyDocument": document}},
        }

    first = resources({"KeyPolicy": by_account}, statement("s3:GetObject"), MaxSessionDuration="7200")
    assert stacks.create("changing", first) == "CREATE_COMPLETE"
    assert iam.get_role(RoleName="changing")["Role"]["MaxSessionDuration"] == 7200
    key = stacks.physical_id("changing", "Key")

    described = {"KeyPolicy": narrow | {"Statement": [*by_account["Statement"], *narrow["Statement"]]}}
    second = resources(
        described | {"Description": "data", "EnableKeyRotation": "true"},
        statement("sqs:SendMessage"),
        Description="changed",
        PermissionsBoundary=boundary,
        Tags=[{"Key": "team", "Value": "recs"}],
    )
    assert stacks.update("changing", second) == "UPDATE_COMPLETE"
    changed = iam.get_role(RoleName="changing")["Role"]
    assert (changed["Description"], changed["MaxSessionDuration"]) == ("changed", 3600)
    assert changed["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "data"
    assert "kms:DescribeKey" in kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    arn = stacks.physical_id("changing", "Extra")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert found["Statement"][0]["Action"] == "sqs:SendMessage"
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1

    assert stacks.update("changing", first) == "UPDATE_COMPLETE"
    assert "PermissionsBoundary" not in iam.get_role(RoleName="changing")["Role"]
    assert stacks.delete("changing") == "DELETE_COMPLETE"
