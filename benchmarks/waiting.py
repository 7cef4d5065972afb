"""What waiting for one import comes to: when its end is seen, and what it costs until then."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from benchmarks.virtual_services import DATASET_ARN, Bill, ImportJob

# How long CloudFormation and Lambda take from a reply, or a request, to the next invocation.
HAND_OVER = 1.0
START = 1_800_000_000.0


@dataclass(frozen=True)
class Speeds:
    """CPU seconds on a whole CPU, measured on this machine.

    Attributes:
        call: One call of a warm boto3 client.
        ours, provider, crhelper: Start of an execution environment, up to the first call.
        ours_poll, crhelper_poll: What a warm poll takes besides its calls.
    """

    call: float = 0.002
    ours: float = 0.17
    provider: float = 0.15
    crhelper: float = 0.18
    ours_poll: float = 0.001
    crhelper_poll: float = 0.001


@dataclass(frozen=True)
class Conditions:
    """One import to wait for.

    Attributes:
        duration: How long the job takes, in seconds.
        earlier: How long earlier jobs of the dataset took, in seconds.
        jitter: How late a schedule's tick can be, in seconds.
        speeds: CPU times.
    """

    duration: float
    earlier: tuple[float, ...] = ()
    jitter: float = 5.0
    speeds: Speeds = field(default_factory=Speeds)

    def earlier_jobs(self, name: str) -> list[ImportJob]:
        """Return the earlier jobs, a day apart, the latest first."""
        return [
            ImportJob(f"{name}-{index:08x}", START - (index + 1) * 86400, duration)
            for index, duration in enumerate(self.earlier)
        ]


@dataclass(frozen=True)
class Wait:
    """How it went.

    Attributes:
        latency: Seconds between the job's end and the reply to CloudFormation; None where no reply came in time.
        bill: What it cost.
    """

    latency: float | None
    bill: Bill


def request(chance: random.Random, **properties: str) -> dict[str, Any]:
    """Return a Create as CloudFormation sends it."""
    return {
        "RequestType": "Create",
        "RequestId": f"{chance.getrandbits(128):032x}",
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/01234567-89ab-cdef-0123-456789abcdef",
        "LogicalResourceId": "Interactions",
        "ResponseURL": "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/reply",
        "ResourceType": "Custom::PersonalizeDatasetImportJob",
        "ResourceProperties": {
            "ServiceToken": "arn:aws:lambda:us-east-1:111122223333:function:imports",
            "DatasetArn": DATASET_ARN,
            "DataLocation": "s3://shop-data/interactions/",
            "RoleArn": "arn:aws:iam::111122223333:role/personalize",
            **properties,
        },
    }
