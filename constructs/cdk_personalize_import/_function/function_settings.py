"""How the function behind a stack's imports is made, where that isn't left to this package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import aws_logs as logs

if TYPE_CHECKING:
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_sqs as sqs


@dataclass(frozen=True)
class FunctionSettings:
    """What is set for the function of a stack; ``ImportFunction.configure`` tells what each means."""

    vpc: ec2.IVpc | None = None
    vpc_subnets: ec2.SubnetSelection | None = None
    security_groups: Sequence[ec2.ISecurityGroup] = ()
    encryption_key: kms.IKey | None = None
    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH
    reserved_concurrent_executions: float | None = None
    dead_letter_queue: sqs.IQueue | None = None
    memory_size: float = 128
