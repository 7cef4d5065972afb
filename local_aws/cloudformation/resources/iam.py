"""AWS Identity and Access Management: managed policies."""

from local_aws.cloudformation.resources.api_type import ApiType
from local_aws.cloudformation.resources.base import Outcome, Request
from local_aws.cloudformation.resources.calls import Calls, Setting


class ManagedPolicy(ApiType):
    """AWS::IAM::ManagedPolicy; of its versions only the last stays."""

    def __init__(self) -> None:
        document = Setting(
            "PolicyDocument",
            "CreatePolicyVersion",
            members=lambda value, _: {"PolicyDocument": value, "SetAsDefault": True},
        )
        roles = Setting("Roles", "AttachRolePolicy", "DetachRolePolicy", lambda role, _: {"RoleName": role}, each=True)
        super().__init__(
            Calls("AWS::IAM::ManagedPolicy", "iam", create="CreatePolicy", delete="DeletePolicy", id="PolicyArn",
                  name="ManagedPolicyName", longest=128, renamed={"ManagedPolicyName": "PolicyName"},
                  made="Policy.Arn", attributes={"PolicyArn": "{id}"}, settings=(document, roles))
        )  # fmt: skip

    def update(self, request: Request) -> Outcome:
        outcome, iam, arn = super().update(request), request.aws.client("iam"), request.physical_id
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        return outcome
