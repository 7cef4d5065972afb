"""Amazon S3 buckets and bucket policies."""

import json
from typing import Any

from botocore import xform_name

from local_aws.cloudformation.resources.api_input import shaped
from local_aws.cloudformation.resources.base import Outcome, Request, ResourceError, ResourceType, document, tag_list
from local_aws.cloudformation.resources.iam import check_principals

_MAX_BUCKET_POLICY = 20 * 1024


class Bucket(ResourceType):
    """AWS::S3::Bucket."""

    type = "AWS::S3::Bucket"
    properties = frozenset(
        {
            "AccessControl",
            "BucketEncryption",
            "BucketName",
            "CorsConfiguration",
            "LifecycleConfiguration",
            "LoggingConfiguration",
            "NotificationConfiguration",
            "OwnershipControls",
            "PublicAccessBlockConfiguration",
            "Tags",
            "VersioningConfiguration",
        }
    )

    def create(self, request: Request) -> Outcome:
        s3 = request.aws.client("s3")
        name = request.properties.get("BucketName") or request.generated_name(63).lower()
        if any(bucket["Name"] == name for bucket in s3.list_buckets()["Buckets"]):
            raise ResourceError(f"{name} already exists")
        s3.create_bucket(Bucket=name, **_acl(request))
        request.initiated(name)
        return self._configure(request, name)

    def update(self, request: Request) -> Outcome:
        return self._configure(request, request.physical_id)

    def delete(self, request: Request) -> None:
        s3 = request.aws.client("s3")
        try:
            s3.delete_bucket(Bucket=request.physical_id)
        except s3.exceptions.NoSuchBucket:
            return

    def _configure(self, request: Request, name: str) -> Outcome:
        s3 = request.aws.client("s3")
        for key, operation, member in _SETTINGS:
            value = request.properties.get(key)
            if value is not None and (request.changed(key) or not request.old_properties):
                shape = s3.meta.service_model.operation_model(operation).input_shape.members[member]
                method = getattr(s3, xform_name(operation))
                method(Bucket=name, **{member: shaped(_as_api(key, value), shape)})
            elif request.old_properties.get(key) is not None and value is None:
                _unset(s3, key, name)
        if tags := tag_list(request):
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
        elif request.old_properties.get("Tags"):
            s3.delete_bucket_tagging(Bucket=name)
        return Outcome(
            name,
            {
                "Arn": f"arn:aws:s3:::{name}",
                "DomainName": f"{name}.s3.amazonaws.com",
                "DualStackDomainName": f"{name}.s3.dualstack.{request.aws.region}.amazonaws.com",
                "RegionalDomainName": f"{name}.s3.{request.aws.region}.amazonaws.com",
                "WebsiteURL": f"http://{name}.s3-website-{request.aws.region}.amazonaws.com",
            },
        )


class BucketPolicy(ResourceType):
    """AWS::S3::BucketPolicy."""

    type = "AWS::S3::BucketPolicy"
    properties = frozenset({"Bucket", "PolicyDocument"})

    def create(self, request: Request) -> Outcome:
        self._put(request)
        request.initiated(request.properties["Bucket"])
        return Outcome(request.properties["Bucket"])

    def update(self, request: Request) -> Outcome:
        self._put(request)
        return Outcome(request.physical_id)

    def delete(self, request: Request) -> None:
        s3 = request.aws.client("s3")
        try:
            s3.delete_bucket_policy(Bucket=request.physical_id)
        except s3.exceptions.NoSuchBucket:
            return

    def _put(self, request: Request) -> None:
        bucket, policy = request.properties["Bucket"], request.properties["PolicyDocument"]
        check_principals(request.aws.client("iam"), policy)
        text = document(policy)
        if len(json.dumps(json.loads(text), separators=(",", ":")).encode()) > _MAX_BUCKET_POLICY:
            raise ResourceError("Policies must be no larger than 20480 bytes (Service: S3, PolicyTooLarge)")
        own = (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/")
        for statement in json.loads(text)["Statement"]:
            resources = statement.get("Resource", [])
            for arn in [resources] if isinstance(resources, str) else resources:
                if arn != own[0] and not arn.startswith(own[1]):
                    raise ResourceError(f"Policy has invalid resource: {arn} (Service: S3, MalformedPolicy)")
        request.aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=text)


_SETTINGS = (
    ("OwnershipControls", "PutBucketOwnershipControls", "OwnershipControls"),
    ("PublicAccessBlockConfiguration", "PutPublicAccessBlock", "PublicAccessBlockConfiguration"),
    ("BucketEncryption", "PutBucketEncryption", "ServerSideEncryptionConfiguration"),
    ("VersioningConfiguration", "PutBucketVersioning", "VersioningConfiguration"),
    ("LifecycleConfiguration", "PutBucketLifecycleConfiguration", "LifecycleConfiguration"),
    ("CorsConfiguration", "PutBucketCors", "CORSConfiguration"),
    ("LoggingConfiguration", "PutBucketLogging", "BucketLoggingStatus"),
    ("NotificationConfiguration", "PutBucketNotificationConfiguration", "NotificationConfiguration"),
)


def _acl(request: Request) -> dict[str, str]:
    words = {"Private": "private", "LogDeliveryWrite": "log-delivery-write", "BucketOwnerFullControl": "private"}
    given = request.properties.get("AccessControl")
    if given is None:
        return {}
    if given not in words:
        raise ResourceError(f"AccessControl {given} isn't supported by the embedded AWS")
    return {"ACL": words[given]}


def _as_api(key: str, value: dict[str, Any]) -> dict[str, Any]:
    if key == "BucketEncryption":
        names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
        rules = value["ServerSideEncryptionConfiguration"]
        return {"Rules": [{names.get(name, name): item for name, item in rule.items()} for rule in rules]}
    if key == "LifecycleConfiguration":
        return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}
    if key == "LoggingConfiguration":
        target = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix", "")}
        return {"LoggingEnabled": target}
    if key == "NotificationConfiguration":
        return _notifications(value)
    return value


def _notifications(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"EventBridgeConfiguration": {}} if "EventBridgeConfiguration" in value else {}
    for name, member, target in (
        ("LambdaConfigurations", "LambdaFunctionConfigurations", "Function"),
        ("QueueConfigurations", "QueueConfigurations", "Queue"),
        ("TopicConfigurations", "TopicConfigurations", "Topic"),
    ):
        for given in value.get(name, []):
            arn = "LambdaFunctionArn" if target == "Function" else f"{target}Arn"
            made = {arn: given[target], "Events": [given["Event"]]}
            if rules := given.get("Filter", {}).get("S3Key", {}).get("Rules"):
                made["Filter"] = {"Key": {"FilterRules": rules}}
            found.setdefault(member, []).append(made)
    return found


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


def _unset(s3: Any, key: str, bucket: str) -> None:
    if key == "VersioningConfiguration":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    elif key == "LoggingConfiguration":
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    elif key == "NotificationConfiguration":
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    else:
        methods = {
            "OwnershipControls": s3.delete_bucket_ownership_controls,
            "PublicAccessBlockConfiguration": s3.delete_public_access_block,
            "BucketEncryption": s3.delete_bucket_encryption,
            "LifecycleConfiguration": s3.delete_bucket_lifecycle,
            "CorsConfiguration": s3.delete_bucket_cors,
        }
        methods[key](Bucket=bucket)
