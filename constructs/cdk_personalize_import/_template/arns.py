"""ARNs in the account and region of a stack, as policies need them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import aws_cdk as cdk
from constructs import IConstruct


class Arns:
    """The ARNs of a stack's account and region.

    Args:
        stack: The stack.

    Attributes:
        account: The account.
        region: The region.
        url_suffix: The end of the services' names in the region.
        stack_name: The name with which those of the stack's resources begin, known to other stacks as well.
        stack_hash: Tells the stack from all others of its account and region, whatever app they come from.
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
        self._stack = stack
        self.account, self.region, self._partition = stack.account, stack.region, stack.partition
        self.url_suffix = stack.url_suffix
        self.stack_name, self.stack_hash = _stack_names(stack)
        self.every_role = self.role("/*")
        self.every_bucket = f"arn:{self._partition}:s3:::*"
        self.every_key = self._of_region("kms", "key/*")
        self.default_event_bus = self._of_region("events", "event-bus/default")
        self.through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{self.region}.{self.url_suffix}"}}

    def resolve(self, text: str) -> Any:
        """Return a text as the stack's template has it."""
        return self._stack.resolve(text)

    def personalize(self, resource: str) -> str:
        """Return the ARN of a resource of Personalize."""
        return self._of_region("personalize", resource)

    def role(self, path_and_name: str) -> str:
        """Return the ARN of a role, by its path and name."""
        return f"arn:{self._partition}:iam::{self.account}:role{path_and_name}"

    def schedule(self, name: str) -> str:
        """Return the ARN of a schedule."""
        return self._of_region("scheduler", f"schedule/{name}")

    def schedule_group(self, name: str) -> str:
        """Return the ARN of a schedule group."""
        return self._of_region("scheduler", f"schedule-group/{name}")

    def log_group(self, name: str) -> str:
        """Return the ARN of a log group."""
        return self._of_region("logs", f"log-group:{name}")

    def function(self, name: str) -> str:
        """Return the ARN of a function."""
        return self._of_region("lambda", f"function:{name}")

    def _of_region(self, service: str, resource: str) -> str:
        return f"arn:{self._partition}:{service}:{self.region}:{self.account}:{resource}"


def _stack_names(stack: cdk.Stack) -> tuple[str, str]:
    """Return the name of the outermost stack, and a hash of what identifies a stack when no stack is made yet.

    A nested stack gets its name from CloudFormation, the outermost one's at first, so its place in that one tells it
    apart.
    """
    outermost = stack
    while outermost.nested_stack_parent is not None:
        outermost = outermost.nested_stack_parent
    place = stack.node.path[len(outermost.node.path) :]
    return outermost.stack_name, hashlib.sha256(f"{outermost.stack_name}{place}".encode()).hexdigest()[:10]


_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")
_known: WeakKeyDictionary[cdk.Stack, Arns] = WeakKeyDictionary()
_targets: WeakValueDictionary[str, IConstruct] = WeakValueDictionary()


def without_tokens(text: str, replacement: str | Callable[[str], str]) -> str:
    """Return a text with something in the place of what is known at deployment only.

    Args:
        text: The text.
        replacement: What takes the place of each token, or returns it for the token.
    """
    return _TOKEN.sub(lambda found: replacement if isinstance(replacement, str) else replacement(found.group()), text)


def target(text: str) -> IConstruct | None:
    """Return what a text refers to, None when it is more than a reference, or less."""
    if not _TOKEN.fullmatch(text):
        return None
    known = _targets.get(text)
    if known is None:
        token = cdk.Tokenization.reverse_complete_string(text)
        if not isinstance(token, cdk.Reference):
            return None
        known = _targets[text] = token.target
    return known


def is_token(text: str) -> bool:
    """Return whether a text is known at deployment only."""
    # The CDK's own test is a call to another process, which most texts don't need.
    return "${Token[" in text and cdk.Token.is_unresolved(text)
