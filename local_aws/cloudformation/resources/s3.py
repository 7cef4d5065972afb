"""Amazon S3 buckets and bucket policies."""

import json
from typing import Any

from local_aws.cloudformation.resources.base import Request, ResourceError, document
from local_aws.cloudformation.resources.calls import Calls, Members, Setting

_MAX_BUCKET_POLICY = 20 * 1024
_ACLS = {"Private": "private", "LogDeliveryWrite": "log-delivery-write", "BucketOwnerFullControl": "private"}


def _check_name(request: Request, name: str) -> None:
    there = request.aws.client("s3").list_buckets()["Buckets"]
    if not request.physical_id and any(bucket["Name"] == name for bucket in there):
        raise ResourceError(f"{name} already exists")


def _check_policy(request: Request, _: str) -> None:
    bucket, policy = request.properties["Bucket"], json.loads(document(request.properties["PolicyDocument"]))
    if len(json.dumps(policy, separators=(",", ":")).encode()) > _MAX_BUCKET_POLICY:
        raise ResourceError("Policies must be no larger than 20480 bytes (Service: S3, PolicyTooLarge)")
    own = (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/")
    for statement in policy["Statement"]:
        resources = statement.get("Resource", [])
        for arn in [resources] if isinstance(resources, str) else resources:
            if arn != own[0] and not arn.startswith(own[1]):
                raise ResourceError(f"Policy has invalid resource: {arn} (Service: S3, MalformedPolicy)")


def _acl(value: str, _: Members) -> str:
    if value not in _ACLS:
        raise ResourceError(f"AccessControl {value} isn't supported by the embedded AWS")
    return _ACLS[value]


def _encryption(value: Members, _: Members) -> Members:
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    rules = value["ServerSideEncryptionConfiguration"]
    made = [{names.get(name, name): item for name, item in rule.items()} for rule in rules]
    return {"ServerSideEncryptionConfiguration": {"Rules": made}}


def _lifecycle(value: Members, _: Members) -> Members:
    return {"LifecycleConfiguration": {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}}


def _logging(value: Members, _: Members) -> Members:
    target = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix", "")}
    return {"BucketLoggingStatus": {"LoggingEnabled": target}}


def _notifications(value: Members, _: Members) -> Members:
    found: dict[str, Any] = {"EventBridgeConfiguration": {}} if "EventBridgeConfiguration" in value else {}
    for prefix, target in (("Lambda", "Function"), ("", "Queue"), ("", "Topic")):
        for given in value.get(f"{prefix or target}Configurations", []):
            made = {f"{prefix}{target}Arn": given[target], "Events": [given["Event"]]}
            if rules := given.get("Filter", {}).get("S3Key", {}).get("Rules"):
                made["Filter"] = {"Key": {"FilterRules": rules}}
            found.setdefault(f"{prefix}{target}Configurations", []).append(made)
    return {"NotificationConfiguration": found}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    result = dict(rule)
    prefix = result.pop("Prefix", "")
    result.setdefault("Filter", {"Prefix": prefix})
    if "ExpirationInDays" in result:
        result["Expiration"] = {"Days": result.pop("ExpirationInDays")}
    if "ExpiredObjectDeleteMarker" in result:
        result.setdefault("Expiration", {})["ExpiredObjectDeleteMarker"] = result.pop("ExpiredObjectDeleteMarker")
    if "NoncurrentVersionExpirationInDays" in result:
        days = result.pop("NoncurrentVersionExpirationInDays")
        result["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    for transition in result.get("Transitions", []):
        if "TransitionInDays" in transition:
            transition["Days"] = transition.pop("TransitionInDays")
    return result


def _tagging(tags: dict[str, str], _: Members) -> Members:
    return {"Tagging": {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}}


# fmt: off
BUCKET = Calls(
    "AWS::S3::Bucket", "s3", create="CreateBucket", delete="DeleteBucket", id="Bucket", name="BucketName", longest=63,
    lower=True, renamed={"AccessControl": "ACL", "BucketName": "Bucket"}, convert={"AccessControl": _acl},
    check=_check_name,
    attributes={
        "Arn": "arn:aws:s3:::{id}",
        "DomainName": "{id}.s3.amazonaws.com",
        "DualStackDomainName": "{id}.s3.dualstack.{region}.amazonaws.com",
        "RegionalDomainName": "{id}.s3.{region}.amazonaws.com",
        "WebsiteURL": "http://{id}.s3-website-{region}.amazonaws.com",
    },
    settings=(
        Setting("AccessControl", "PutBucketAcl", members=lambda value, _: {"AccessControl": _acl(value, {})}),
        Setting("OwnershipControls", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls"),
        Setting("PublicAccessBlockConfiguration", "PutPublicAccessBlock", "DeletePublicAccessBlock"),
        Setting("BucketEncryption", "PutBucketEncryption", "DeleteBucketEncryption", _encryption),
        Setting("VersioningConfiguration", "PutBucketVersioning", "PutBucketVersioning",
                gone=lambda *_: {"VersioningConfiguration": {"Status": "Suspended"}}),
        Setting("LifecycleConfiguration", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle", _lifecycle),
        Setting("CorsConfiguration", "PutBucketCors", "DeleteBucketCors"),
        Setting("LoggingConfiguration", "PutBucketLogging", "PutBucketLogging", _logging,
                gone=lambda *_: {"BucketLoggingStatus": {}}),
        Setting("NotificationConfiguration", "PutBucketNotificationConfiguration", "PutBucketNotificationConfiguration",
                _notifications, gone=lambda *_: {"NotificationConfiguration": {}}),
        Setting("Tags", "PutBucketTagging", "DeleteBucketTagging", _tagging, gone=lambda *_: {}),
    ),
)
BUCKET_POLICY = Calls(
    "AWS::S3::BucketPolicy", "s3", create="PutBucketPolicy", update="PutBucketPolicy", delete="DeleteBucketPolicy",
    id="Bucket", name="Bucket", renamed={"PolicyDocument": "Policy"}, check=_check_policy,
)
# fmt: on
