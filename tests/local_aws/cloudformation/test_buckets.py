"""Buckets: each setting reaches S3 in S3's own words, and goes when the template no longer has it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.server import LocalAws


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


def test_its_lifecycle_rules(stacks: Any, aws: LocalAws) -> None:
    rules = [
        {"Id": "old", "Status": "Enabled", "Prefix": "raw/", "NoncurrentVersionExpirationInDays": 7},
        {"Id": "marks", "Status": "Enabled", "ExpiredObjectDeleteMarker": True},
        {"Id": "cold", "Status": "Enabled", "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}]},
    ]
    versions = {"Status": "Enabled"}
    resources = {"Bucket": bucket(LifecycleConfiguration={"Rules": rules}, VersioningConfiguration=versions)}
    assert stacks.create("aging", resources) == "CREATE_COMPLETE", stacks.events("aging")
    s3, name = aws.client("s3"), stacks.physical_id("aging", "Bucket")
    found = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]}
    assert found["old"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}
    assert found["old"]["Filter"] == {"Prefix": "raw/"}
    assert found["marks"]["Expiration"] == {"ExpiredObjectDeleteMarker": True}
    assert found["cold"]["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER"}]
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert stacks.update("aging", {"Bucket": bucket()}) == "UPDATE_COMPLETE"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Suspended"
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)


def test_whom_it_notifies(stacks: Any, aws: LocalAws) -> None:
    rules = [{"Name": "suffix", "Value": ".csv"}]
    to_queue = {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}, "Event": "s3:ObjectCreated:*"}
    to_topic = {"Topic": {"Ref": "Topic"}, "Event": "s3:ObjectRemoved:*", "Filter": {"S3Key": {"Rules": rules}}}
    told = {"EventBridgeConfiguration": {}, "QueueConfigurations": [to_queue], "TopicConfigurations": [to_topic]}
    others = {"Queue": {"Type": "AWS::SQS::Queue"}, "Topic": {"Type": "AWS::SNS::Topic"}}
    assert stacks.create("telling", others | {"Bucket": bucket(NotificationConfiguration=told)}) == "CREATE_COMPLETE"
    s3, name = aws.client("s3"), stacks.physical_id("telling", "Bucket")
    found = s3.get_bucket_notification_configuration(Bucket=name)
    [queue], [topic] = found["QueueConfigurations"], found["TopicConfigurations"]
    assert (queue["QueueArn"].split(":")[2], queue["Events"]) == ("sqs", ["s3:ObjectCreated:*"])
    assert topic["Filter"]["Key"]["FilterRules"] == rules
    assert stacks.update("telling", others | {"Bucket": bucket()}) == "UPDATE_COMPLETE"
    left = s3.get_bucket_notification_configuration(Bucket=name)
    assert not left.keys() & {"QueueConfigurations", "TopicConfigurations"}


def test_its_log(stacks: Any, aws: LocalAws) -> None:
    log = bucket(AccessControl="LogDeliveryWrite", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    logged = {"DestinationBucketName": {"Ref": "Log"}, "LogFilePrefix": "access/"}
    cors = {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    resources = {"Log": log, "Bucket": bucket(LoggingConfiguration=logged, CorsConfiguration=cors)}
    assert stacks.create("logged", resources) == "CREATE_COMPLETE", stacks.events("logged")
    s3, name = aws.client("s3"), stacks.physical_id("logged", "Bucket")
    assert s3.get_bucket_logging(Bucket=name)["LoggingEnabled"]["TargetPrefix"] == "access/"
    assert s3.get_bucket_cors(Bucket=name)["CORSRules"][0]["AllowedMethods"] == ["GET"]
    assert stacks.update("logged", {"Log": log, "Bucket": bucket()}) == "UPDATE_COMPLETE"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=name)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"BucketName": "taken-by-somebody"}, "taken-by-somebody already exists"),
        ({"AccessControl": "PublicRead"}, "AccessControl PublicRead isn't supported by the embedded AWS"),
    ],
)
def test_what_is_refused(stacks: Any, aws: LocalAws, properties: dict[str, str], reason: str) -> None:
    if properties.get("BucketName"):
        aws.client("s3").create_bucket(Bucket=properties["BucketName"])
    assert stacks.create("refused", {"Bucket": bucket(**properties)}) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reason("refused", "Bucket")
    stacks.delete("refused")
