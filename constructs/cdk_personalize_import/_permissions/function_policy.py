"""What the function may do: its policy, which grows with the imports of the stack."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from cdk_personalize_import._job_tags import JobTags
from cdk_personalize_import._permissions.own_role import OwnRole, role_arn
from cdk_personalize_import._permissions.resource_list import ResourceList
from cdk_personalize_import._permissions.role_paths import RolePaths
from cdk_personalize_import._template import nag
from cdk_personalize_import._template.arns import Arns, is_token

# With the longest ARNs that the services allow, these keep the policy within IAM's 10,240 characters.
_MOST_PERSONALIZE_ARNS = 8
_MOST_BUCKETS = 6
_MOST_OBJECTS = 6
_MOST_KEYS = 6
_MOST_ROLES = 6


class FunctionPolicy:
    """The policy of the function's role.

    Args:
        stack: The function's stack.
        role: The function's role, whose policy is still empty.
        arns: The ARNs of the stack.
        service_roles: The service roles of the stack's imports.
    """

    def __init__(self, stack: cdk.Stack, role: OwnRole, arns: Arns, service_roles: RolePaths) -> None:
        self._stack = stack
        self._role = role
        self._arns = arns
        self._list_actions = _ListActions()
        self._sends_events = False
        self._lists: dict[str, ResourceList] = {}
        # Neither action of this statement has a resource level.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonpersonalize.html
        self._allow("ListDatasetImportJobs", cdk.Lazy.uncached_list(self._list_actions), ["*"])
        self._acknowledge(
            "*", "Listing and tagging jobs has no resource level, nor have all of what Lambda does in a VPC"
        )
        # Jobs that an earlier version of the template started can have another prefix.
        self._allow("DescribeDatasetImportJobs", ["personalize:DescribeDatasetImportJob"], [self._jobs("*")])
        self._acknowledge(self._jobs("*"), "The names of jobs end with hashes that only the function knows")
        to_personalize = _passed_to("personalize.amazonaws.com")
        self._allow("PassServiceRoles", ["iam:PassRole"], service_roles.as_list, to_personalize)
        reason = "The path holds the service roles of this stack's imports and nothing else"
        service_roles.each_pattern(lambda pattern: self._acknowledge(pattern, reason))

    def allow_polling(self, schedule_group: str, schedule_roles: RolePaths) -> None:
        """Let the function make schedules in its group."""
        schedules = self._arns.schedule(f"{schedule_group}/*")
        actions = ["CreateSchedule", "DeleteSchedule", "GetSchedule", "UpdateSchedule"]
        self._allow("PollBySchedules", [f"scheduler:{action}" for action in actions], [schedules])
        reason = "The group is the stack's own, and holds nothing but the schedules of its imports"
        self._acknowledge(schedules, reason, again=True)
        to_scheduler = _passed_to("scheduler.amazonaws.com")
        self._allow("PassScheduleRole", ["iam:PassRole"], schedule_roles.as_list, to_scheduler)
        reason = "The path holds the role of the stack's schedules and nothing else"
        schedule_roles.each_pattern(lambda pattern: self._acknowledge(pattern, reason))

    def allow_asking(self) -> None:
        """Let the function ask CloudFormation about the resources of the stack."""
        self._allow(
            "AskAboutRequests",
            ["cloudformation:DescribeStackResource", "cloudformation:DescribeStacks"],
            [cdk.Aws.STACK_ID],
        )

    def allow_logging(self, log_groups: str) -> None:
        """Let the function write to its log group."""
        self._allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [log_groups])
        self._acknowledge(log_groups, "CloudFormation ends the name of the function's log group", again=True)

    def allow_vpc(self, function_arn: str) -> None:
        """Let Lambda connect the function to a VPC, and the function's code not."""
        # As in AWS's own policy for it. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
        names = ["AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"]
        names += ["DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses"]
        actions = [f"ec2:{name}" for name in names]
        self._allow("ConnectToVpc", actions, ["*"])
        by_code = {"ArnEquals": {"lambda:SourceFunctionArn": function_arn}}
        self._allow("LeaveVpcToLambda", actions, ["*"], by_code, effect=iam.Effect.DENY)

    def allow_key(self, sid: str, actions: list[str], key_arn: str) -> None:
        """Let the function's role use a key whose policy can't say so."""
        self._allow(sid, actions, [key_arn])

    def allow_events(self) -> None:
        """Let the function tell how imports end."""
        if not self._sends_events:
            self._sends_events = True
            self._allow("TellOfImports", ["events:PutEvents"], [self._arns.default_event_bus])

    def allow_import(self, dataset_arn: str, job_name_prefix: str) -> None:
        """Let the function start imports into a dataset, under names with a prefix."""
        prefix = "" if is_token(job_name_prefix) else f"{job_name_prefix}-"
        # The service authorization reference has the job as the resource of CreateDatasetImportJob, AWS's own solutions
        # have the dataset: with both, the call is allowed whichever is looked at.
        self._add(
            "CreateDatasetImportJobs", ["personalize:CreateDatasetImportJob"], self._jobs(f"{prefix}*"), self._jobs("*")
        )
        self._add(
            "ImportIntoDatasets",
            ["personalize:CreateDatasetImportJob"],
            dataset_arn,
            self._arns.personalize("dataset/*"),
        )

    def allow_tagging(self, tags: JobTags) -> None:
        """Let the function tag a job when there are tags."""
        self._list_actions.tags.append(tags)

    def allow_passing(self, role: iam.IRole) -> None:
        """Let the function hand a role that somebody else made to Personalize."""
        condition = _passed_to("personalize.amazonaws.com")
        arn, pattern = role_arn(role), self._arns.every_role
        self._add("PassGivenRoles", ["iam:PassRole"], arn, pattern, condition, most=_MOST_ROLES)

    def allow_describing(self, dataset_arn: str) -> None:
        """Let the function see a dataset: a job that is older tells nothing about what is in it."""
        self._add("DescribeDatasets", ["personalize:DescribeDataset"], dataset_arn, self._arns.personalize("dataset/*"))

    def allow_describing_schema(self, schema_arn: str | None) -> None:
        """Let the function see the schema of a dataset, or any schema when that is not known."""
        any_schema = self._arns.personalize("schema/*")
        self._add("DescribeSchemas", ["personalize:DescribeSchema"], schema_arn or any_schema, any_schema)

    def allow_reading(self, bucket_arn: str, objects_arn: str) -> None:
        """Let the function look at the data in a bucket whose policy can't say so."""
        buckets = self._arns.every_bucket
        self._add("ListSources", ["s3:ListBucket"], bucket_arn, buckets, most=_MOST_BUCKETS)
        self._add("ReadSources", ["s3:GetObject"], objects_arn, f"{buckets}/*", most=_MOST_OBJECTS)

    def allow_decrypting(self, key_arn: str) -> None:
        """Let the function use a key to look at data in S3."""
        keys, condition = self._arns.every_key, self._arns.through_s3
        self._add("DecryptSources", ["kms:Decrypt"], key_arn, keys, condition, most=_MOST_KEYS)

    def _add(
        self,
        sid: str,
        actions: list[str],
        arn: str,
        pattern: str,
        conditions: Mapping[str, object] | None = None,
        most: int = _MOST_PERSONALIZE_ARNS,
    ) -> None:
        """Add an ARN to the statement of that name, which is made for the first one."""
        if sid not in self._lists:
            self._lists[sid] = ResourceList(
                most, pattern, lambda wildcard: self._acknowledge(wildcard, _WILDCARDS[sid], again=sid == "ReadSources")
            )
            self._allow(sid, actions, self._lists[sid].resources, conditions)
        self._lists[sid].add(arn)

    def _allow(
        self,
        sid: str,
        actions: list[str],
        resources: list[str],
        conditions: Mapping[str, object] | None = None,
        effect: iam.Effect = iam.Effect.ALLOW,
    ) -> None:
        self._role.document.add_statements(
            iam.PolicyStatement(sid=sid, effect=effect, actions=actions, resources=resources, conditions=conditions)
        )

    def _acknowledge(self, wildcard: str, reason: str, *, again: bool = False) -> None:
        nag.acknowledge_wildcard(self._stack, self._role.role, wildcard, reason, again=again)

    def _jobs(self, name: str) -> str:
        return self._arns.personalize(f"dataset-import-job/{name}")


_WILDCARDS = {
    "CreateDatasetImportJobs": "A job's name is its prefix and hashes that only the function knows",
    "ImportIntoDatasets": "The stack imports into more datasets than a policy can name",
    "PassGivenRoles": "The stack's imports use more roles than a policy can name; only Personalize can get them",
    "DescribeDatasets": "The stack imports into more datasets than a policy can name",
    "DescribeSchemas": "A dataset's schema is made elsewhere, or there are more schemas than a policy can name",
    "ListSources": "The stack imports from more buckets than a policy can name",
    "ReadSources": "The data is all objects of a folder, or lies in more places than a policy can name",
    "DecryptSources": "The stack imports from more encrypted buckets than a policy can name",
}


def _passed_to(service: str) -> dict[str, object]:
    return {"StringEquals": {"iam:PassedToService": service}}


@jsii.implements(cdk.IListProducer)
class _ListActions:
    """Listing, and tagging only when there are tags, some of which may come from ``Tags.of()`` at the very end."""

    def __init__(self) -> None:
        self.tags: list[JobTags] = []

    def produce(self, context: cdk.IResolveContext) -> list[str]:  # noqa: ARG002
        tagging = any(tags.are_there for tags in self.tags)
        return ["personalize:ListDatasetImportJobs"] + (["personalize:TagResource"] if tagging else [])
