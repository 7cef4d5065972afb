"""What a user sets for the function behind the imports of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from cdk_personalize_import._checks import Checks
from cdk_personalize_import._function.function_settings import FunctionSettings
from cdk_personalize_import._references import has

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MEMORY_MIB = (128, 10_240)
# Without an execution no import could begin.
_LEAST_EXECUTIONS = 1


class ImportFunction:
    """The Lambda function that all imports of a stack share.

    It is made with the first import of a stack; a nested stack has its own. What a company wants of every function is
    set before that, once for each stack: ``ImportFunction.of(stack).configure(memory_size=256)``. Nothing needs to be
    set, and what isn't set adds nothing to the template.
    """

    @classmethod
    def of(cls, scope: IConstruct) -> ImportFunction:
        """Return the function of the stack in which a construct is.

        Args:
            scope: The stack, or a construct in it.
        """
        stack = cdk.Stack.of(scope)
        if stack not in _known:
            _known[stack] = cls(stack)
        return _known[stack]

    def __init__(self, stack: cdk.Stack) -> None:
        self._checks = Checks(stack, "ImportFunction")
        self._settings: FunctionSettings | None = None
        self._is_made = False

    def configure(
        self,
        *,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays | None = None,
        reserved_concurrent_executions: float | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        memory_size: float | None = None,
    ) -> None:
        """Set how the function is made. Once for a stack, before its first import.

        Args:
            vpc: The VPC in which the function runs. From there it must reach Amazon Personalize, Amazon S3,
                EventBridge Scheduler and AWS CloudFormation, by endpoints or a NAT gateway; else a deployment fails
                only when CloudFormation's time is over. The function waits for all that is in the construct of the
                VPC, and is deleted before it. Default: it runs in no VPC of the account.
                See https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
            vpc_subnets: The subnets of the VPC; private ones, since a function has no public address. Default: the
                private subnets.
            security_groups: The function's security groups; they must let out HTTPS. Default: a new one that lets out
                everything.
            encryption_key: The key that encrypts the function's environment and its log group, a symmetric one of the
                stack's account and region. Its policy gets a statement that lets in CloudWatch Logs for the log group;
                where the policy is out of reach, a warning tells the statement. Default: AWS's own keys.
                See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
            log_retention: How long the log is kept. Default: one month.
            reserved_concurrent_executions: How many invocations may run at a time, at least 1, taken from the account's
                for this function alone. Each import that runs or waits for a slot needs one at times, near its end for
                minutes; what comes while all are taken is tried again by Lambda, and imports are told done later.
                Default: nothing is reserved.
                See https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
            dead_letter_queue: The queue for requests and polls that the function failed three times, or that Lambda
                couldn't run for six hours. Not a FIFO queue. Default: they are dropped.
                See https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
            memory_size: Memory in MiB, from 128 to 10240; CPU goes with it. Default: 128.

        Raises:
            TypeError: An argument is of the wrong type.
            ValueError: An argument has a value that Lambda does not allow, or the function was configured before, or
                is made already.
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        if self._is_made:
            self._refuse("before the first import of the stack", given)
        if self._settings is not None:
            self._refuse("once for a stack, with all arguments", given)
        self._settings = self._checked(given)

    def _refuse(self, when: str, given: dict[str, Any]) -> None:
        path = self._checks.stack.node.path
        raise ValueError(
            f"{path}: ImportFunction.configure({', '.join(given)}) must be called {when}; "
            + ("move the call to where the stack begins" if self._is_made else "add these arguments to the first call")
        )

    def _checked(self, given: dict[str, Any]) -> FunctionSettings:
        checks = self._checks
        for name, (attribute, kind) in _INTERFACES.items():
            if name in given and not has(given[name], attribute):
                checks.refuse(name, f"an {kind}", given[name], TypeError)
        for name in ("vpc_subnets", "security_groups"):
            if name in given and "vpc" not in given:
                checks.refuse(name, "given together with vpc", given[name])
        groups = given.get("security_groups", ())
        if isinstance(groups, str) or not all(has(group, "security_group_id") for group in groups):
            checks.refuse("security_groups", "a list of aws_ec2.ISecurityGroup", groups, TypeError)
        if "vpc_subnets" in given:
            checks.member("vpc_subnets", given["vpc_subnets"], ec2.SubnetSelection)
        if "log_retention" in given:
            checks.member("log_retention", given["log_retention"], logs.RetentionDays)
        if "memory_size" in given:
            checks.number("memory_size", given["memory_size"], *_MEMORY_MIB)
        if "reserved_concurrent_executions" in given:
            name = "reserved_concurrent_executions"
            checks.number(name, given[name], _LEAST_EXECUTIONS)
        queue = given.get("dead_letter_queue")
        if queue is not None and queue.fifo:
            checks.refuse("dead_letter_queue", "a queue that is not FIFO, which Lambda requires", queue.node.path)
        return FunctionSettings(**given)

    def _made(self) -> FunctionSettings:
        """Return what is set, for the function that is made now."""
        self._is_made = True
        return self._settings or FunctionSettings()


# By what they are known.
_INTERFACES = {
    "vpc": ("vpc_id", "aws_ec2.IVpc"),
    "encryption_key": ("key_arn", "aws_kms.IKey"),
    "dead_letter_queue": ("queue_arn", "aws_sqs.IQueue"),
}
_known: WeakKeyDictionary[cdk.Stack, ImportFunction] = WeakKeyDictionary()
