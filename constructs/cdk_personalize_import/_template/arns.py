"""ARNs in the account and region of a stack, as policies need them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import aws_cdk as cdk


class Arns:
    """The ARNs of a stack's account and region.

    Args:
        stack: The stack.

    Attributes:
        account: The account.
        region: The region.
        stack_hash: Tells the stack from others.
        service_role_path: IAM path of the service roles of the stack's imports. A path of their own lets one pattern
            stand for all of them, and for nothing else, without a reference to any: no import waits for another's role.
        service_roles: The pattern of their ARNs.
        every_role: The pattern of all roles of the account.
        every_bucket: The pattern of all buckets.
        every_key: The pattern of all keys.
        default_event_bus: The event bus of the account.
        through_s3: The condition that S3 uses a key on somebody's behalf.
    """

    @classmethod
    def of(cls, stack: cdk.Stack) -> Arns:
        """Return the ARNs of a stack, which is asked once: each question is a call to the CDK's own process."""
        known = _known.get(stack)
        if known is None:
            known = _known[stack] = cls(stack)
        return known

    def __init__(self, stack: cdk.Stack) -> None:
        self.account, self.region, self._partition = stack.account, stack.region, stack.partition
        self.stack_hash = stack.node.addr[-10:]
        self.service_role_path = f"/cdk-personalize-import/{self.region}/{self.stack_hash}/"
        self.service_roles = f"arn:{self._partition}:iam::{self.account}:role{self.service_role_path}*"
        self.every_role = f"arn:{self._partition}:iam::{self.account}:role/*"
        self.every_bucket = f"arn:{self._partition}:s3:::*"
        self.every_key = self._of_region("kms", "key/*")
        self.default_event_bus = self._of_region("events", "event-bus/default")
        self.through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{self.region}.{stack.url_suffix}"}}

    def personalize(self, resource: str) -> str:
        """Return the ARN of a resource of Personalize."""
        return self._of_region("personalize", resource)

    def schedule(self, name: str) -> str:
        """Return the ARN of a schedule."""
        return self._of_region("scheduler", f"schedule/{name}")

    def function(self, name: str) -> str:
        """Return the ARN of a function."""
        return self._of_region("lambda", f"function:{name}")

    def _of_region(self, service: str, resource: str) -> str:
        return f"arn:{self._partition}:{service}:{self.region}:{self.account}:{resource}"


_known: WeakKeyDictionary[cdk.Stack, Arns] = WeakKeyDictionary()


def is_token(text: str) -> bool:
    """Return whether a text is known at deployment only."""
    # The CDK's own test is a call to another process, which most texts don't need.
    return "${Token[" in text and cdk.Token.is_unresolved(text)
