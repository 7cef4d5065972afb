"""The resource types that are calls of one service."""

from local_aws.cloudformation.resources.base import Request, document
from local_aws.cloudformation.resources.calls import Calls, Members, Setting

_NOBODY = '{"Version": "2012-10-17", "Statement": []}'


def _policy_of_topic(topic: str, properties: Members) -> Members:
    return {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": document(properties["PolicyDocument"])}


def _policy_of_queue(queue: str, properties: Members) -> Members:
    return {"QueueUrl": queue, "Attributes": {"Policy": document(properties["PolicyDocument"])}}


def _inline_policy(role: str, properties: Members) -> Members:
    return {"RoleName": role, **{name: properties[name] for name in ("PolicyName", "PolicyDocument")}}


def _delete_old_versions(request: Request) -> None:
    iam, arn = request.aws.client("iam"), request.physical_id
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])


# fmt: off
API_TYPES = (
    Calls("AWS::CloudWatch::Alarm", "cloudwatch", create="PutMetricAlarm", update="PutMetricAlarm",
          update_id="AlarmName", delete="DeleteAlarms", id="AlarmNames", name="AlarmName",
          attributes={"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}"}),
    Calls("AWS::ECR::Repository", "ecr", create="CreateRepository", delete="DeleteRepository", id="repositoryName",
          name="RepositoryName", longest=200, lower=True,
          attributes={"Arn": "repository.repositoryArn", "RepositoryUri": "repository.repositoryUri"},
          settings=(
              Setting("ImageTagMutability", "PutImageTagMutability"),
              Setting("ImageScanningConfiguration", "PutImageScanningConfiguration"),
              Setting("LifecyclePolicy", "PutLifecyclePolicy", "DeleteLifecyclePolicy", lambda value, _: value),
              Setting("RepositoryPolicyText", "SetRepositoryPolicy", "DeleteRepositoryPolicy",
                      lambda value, _: {"policyText": value}),
          )),
    Calls("AWS::Events::Rule", "events", create="PutRule", update="PutRule", delete="DeleteRule", id="Name",
          update_id="Rule", name="Name", along=("EventBusName",), attributes={"Arn": "RuleArn"},
          settings=(
              Setting("Targets", "PutTargets", "RemoveTargets", each=True,
                      members=lambda target, _: {"Targets": [target], "Ids": [target["Id"]]}),
          )),
    Calls("AWS::IAM::ManagedPolicy", "iam", create="CreatePolicy", delete="DeletePolicy", id="PolicyArn",
          name="ManagedPolicyName", longest=128, renamed={"ManagedPolicyName": "PolicyName"}, made="Policy.Arn",
          attributes={"PolicyArn": "{id}"}, after=_delete_old_versions,
          settings=(
              Setting("PolicyDocument", "CreatePolicyVersion",
                      members=lambda value, _: {"PolicyDocument": value, "SetAsDefault": True}),
              Setting("Roles", "AttachRolePolicy", "DetachRolePolicy", lambda role, _: {"RoleName": role}, each=True),
          )),
    Calls("AWS::IAM::Policy", "iam", longest=128, attributes={"Id": "{id}"},
          settings=(Setting("Roles", "PutRolePolicy", "DeleteRolePolicy", _inline_policy, each=True),),
          along=("PolicyName", "PolicyDocument")),
    Calls("AWS::IAM::Role", "iam", create="CreateRole", update="UpdateRole", delete="DeleteRole", id="RoleName",
          name="RoleName", attributes={"Arn": "Role.Arn", "RoleId": "Role.RoleId"},
          defaults={"Description": "", "MaxSessionDuration": 3600},
          settings=(
              Setting("AssumeRolePolicyDocument", "UpdateAssumeRolePolicy",
                      members=lambda value, _: {"PolicyDocument": value}),
              Setting("PermissionsBoundary", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"),
              Setting("Tags", "TagRole"),
              Setting("ManagedPolicyArns", "AttachRolePolicy", "DetachRolePolicy", each=True,
                      members=lambda arn, _: {"PolicyArn": arn}),
              Setting("Policies", "PutRolePolicy", "DeleteRolePolicy", lambda policy, _: policy, each=True),
          )),
    Calls("AWS::KMS::Alias", "kms", create="CreateAlias", update="UpdateAlias", delete="DeleteAlias",
          id="AliasName", name="AliasName"),
    Calls("AWS::KMS::Key", "kms", create="CreateKey", delete="ScheduleKeyDeletion", id="KeyId",
          made="KeyMetadata.KeyId", attributes={"Arn": "KeyMetadata.Arn", "KeyId": "{id}"},
          along=("PendingWindowInDays",),
          settings=(
              Setting("KeyPolicy", "PutKeyPolicy", members=lambda value, _: {"Policy": value, "PolicyName": "default"}),
              Setting("Description", "UpdateKeyDescription", "UpdateKeyDescription",
                      gone=lambda *_: {"Description": ""}),
              Setting("EnableKeyRotation", "EnableKeyRotation", "DisableKeyRotation", lambda *_: {}),
          )),
    Calls("AWS::Lambda::Alias", "lambda", create="CreateAlias", update="UpdateAlias", delete="DeleteAlias", id="Name",
          name="Name", along=("FunctionName",), attributes={"AliasArn": "AliasArn"}),
    Calls("AWS::Lambda::EventInvokeConfig", "lambda", create="PutFunctionEventInvokeConfig",
          update="PutFunctionEventInvokeConfig", delete="DeleteFunctionEventInvokeConfig", id="FunctionName",
          name="FunctionName", along=("Qualifier",)),
    Calls("AWS::Lambda::LayerVersion", "lambda", create="PublishLayerVersion", delete="DeleteLayerVersion",
          id="LayerName:VersionNumber", name="LayerName", longest=140, made="LayerVersionArn",
          attributes={"LayerVersionArn": "{id}"}),
    Calls("AWS::Lambda::Permission", "lambda", create="AddPermission", delete="RemovePermission", id="StatementId",
          name="StatementId", along=("FunctionName",)),
    Calls("AWS::Lambda::Version", "lambda", create="PublishVersion", delete="DeleteFunction", id="FunctionName",
          made="FunctionArn", attributes={"FunctionArn": "FunctionArn", "Version": "Version"}),
    Calls("AWS::Personalize::DatasetGroup", "personalize", create="CreateDatasetGroup", delete="DeleteDatasetGroup",
          id="datasetGroupArn", made="datasetGroupArn", ready="DescribeDatasetGroup",
          attributes={"DatasetGroupArn": "{id}"}),
    Calls("AWS::Personalize::EventTracker", "personalize", create="CreateEventTracker", delete="DeleteEventTracker",
          id="eventTrackerArn", made="eventTrackerArn", ready="DescribeEventTracker",
          attributes={"EventTrackerArn": "{id}", "TrackingId": "trackingId"}),
    Calls("AWS::Personalize::Schema", "personalize", create="CreateSchema", delete="DeleteSchema", id="schemaArn",
          made="schemaArn", attributes={"SchemaArn": "{id}"}),
    Calls("AWS::Personalize::Solution", "personalize", create="CreateSolution", delete="DeleteSolution",
          id="solutionArn", made="solutionArn", ready="DescribeSolution", attributes={"SolutionArn": "{id}"}),
    Calls("AWS::SNS::Subscription", "sns", create="Subscribe", delete="Unsubscribe", id="SubscriptionArn",
          made="SubscriptionArn", into="Attributes", attributes={"Arn": "SubscriptionArn"}),
    Calls("AWS::SNS::Topic", "sns", create="CreateTopic", delete="DeleteTopic", id="TopicArn", name="TopicName",
          longest=256, renamed={"TopicName": "Name"}, made="TopicArn",
          attributes={"TopicArn": "{id}", "TopicName": "{name}"},
          settings=(
              Setting("DisplayName", "SetTopicAttributes", "SetTopicAttributes",
                      lambda value, _: {"AttributeName": "DisplayName", "AttributeValue": value},
                      lambda *_: {"AttributeName": "DisplayName", "AttributeValue": ""}),
          )),
    Calls("AWS::SNS::TopicPolicy", "sns", longest=128, attributes={"Id": "{id}"}, along=("PolicyDocument",),
          settings=(
              Setting("Topics", "SetTopicAttributes", "SetTopicAttributes", _policy_of_topic, each=True,
                      gone=lambda arn, _: {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": _NOBODY}),
          )),
    Calls("AWS::SQS::QueuePolicy", "sqs", longest=128, attributes={"Id": "{id}"}, along=("PolicyDocument",),
          settings=(
              Setting("Queues", "SetQueueAttributes", "SetQueueAttributes", _policy_of_queue, each=True,
                      gone=lambda url, _: {"QueueUrl": url, "Attributes": {"Policy": _NOBODY}}),
          )),
    Calls("AWS::SSM::Parameter", "ssm", create="PutParameter", update="PutParameter", always={"Overwrite": True},
          delete="DeleteParameter", id="Name", name="Name", attributes={"Type": "Type", "Value": "Value"}),
    Calls("AWS::Scheduler::Schedule", "scheduler", create="CreateSchedule", update="UpdateSchedule",
          delete="DeleteSchedule", id="Name", name="Name", along=("GroupName",), attributes={"Arn": "ScheduleArn"}),
    Calls("AWS::Scheduler::ScheduleGroup", "scheduler", create="CreateScheduleGroup", delete="DeleteScheduleGroup",
          id="Name", name="Name", attributes={"Arn": "ScheduleGroupArn"}, settings=(Setting("Tags", "TagResource"),)),
)
# fmt: on
