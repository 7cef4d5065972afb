"""Roles that policies name by their path, without a reference to any of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam

from cdk_personalize_import._permissions.own_role import OwnRole
from cdk_personalize_import._template.arns import Arns
from cdk_personalize_import._template.last_look import FinalResources, LastLook, as_text


class RolePaths:
    """Roles of a stack that share an IAM path of their own.

    One pattern then stands for all of them, and for nothing else: no import waits for another's role. Where an Aspect,
    a property injector or an escape hatch gives them another path, the pattern is that one's. Roles that the app brings
    are named one by one.

    Args:
        arns: The ARNs of the stack.
        path: The path.
        last_look: The last look at the stack's template.

    Attributes:
        path: The path that a new role gets.
    """

    def __init__(self, arns: Arns, path: str, last_look: LastLook) -> None:
        self.path = path
        self._arns = arns
        self._paths = [path]
        self._roles: list[iam.Role] = []
        self._brought: dict[str, None] = {}
        self._on_pattern: list[Callable[[str], None]] = []
        last_look.add(self._look)

    def add(self, own: OwnRole) -> None:
        """Add a role."""
        if own.is_brought:
            self._brought[own.arn] = None
        else:
            self._roles.append(own.role)

    @property
    def as_list(self) -> list[str]:
        """The patterns, a token, for the resources of a statement."""
        return cdk.Lazy.uncached_list(_Patterns(self))

    @cached_property
    def as_condition(self) -> cdk.IResolvable:
        """The patterns, a token, for the condition of a statement."""
        return cdk.Lazy.uncached_any(_Condition(self))

    def each_pattern(self, on_pattern: Callable[[str], None]) -> None:
        """Have a function called with each pattern, those of changed paths included."""
        self._on_pattern.append(on_pattern)
        on_pattern(self._arns.role(f"{self.path}*"))

    def patterns(self) -> list[str]:
        """Return the patterns as they are now."""
        made = [] if self._brought and not self._roles else self._paths
        return [self._arns.role(f"{path}*") for path in made] + list(self._brought)

    def _look(self, resources: FinalResources) -> list[str]:
        own = self._arns.resolve(self.path)
        # Asking the CDK for each of a hundred roles takes time, and nearly always nothing is changed.
        if sum(path == own for path in resources.values("AWS::IAM::Role", "Path")) >= len(self._roles):
            return []
        found: dict[str, iam.Role] = {}
        for role in self._roles:
            properties = resources.properties(role)
            if properties is not None:
                path = properties.get("Path", "/")
                found.setdefault(self.path if path == own else as_text(path), role)
        for path in found.keys() - {self.path}:
            self._warn(found[path], path)
            for on_pattern in self._on_pattern:
                on_pattern(self._arns.role(f"{path}*"))
        self._paths = sorted(found) or [self.path]
        return []

    def _warn(self, role: iam.Role, path: str) -> None:
        cdk.Annotations.of(role).add_warning_v2(
            "cdk-personalize-import:rolePath",
            f"the role's path is {path}, not its own one, {self.path}; so that the import works, policies that "
            f"are meant for this stack's roles are for every role under {path}",
        )


@jsii.implements(cdk.IListProducer)
class _Patterns:
    def __init__(self, roles: RolePaths) -> None:
        self._roles = roles

    def produce(self, context: cdk.IResolveContext) -> list[str]:  # noqa: ARG002
        return self._roles.patterns()


@jsii.implements(cdk.IAnyProducer)
class _Condition:
    def __init__(self, roles: RolePaths) -> None:
        self._roles = roles

    def produce(self, context: cdk.IResolveContext) -> Any:  # noqa: ARG002
        patterns = self._roles.patterns()
        return patterns[0] if len(patterns) == 1 else patterns
