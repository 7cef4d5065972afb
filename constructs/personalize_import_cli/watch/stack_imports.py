"""The imports of a stack, each with all resources of its chain, and which of the jobs is its current one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from personalize_import_cli.watch.jobs import Job
from personalize_import_cli.watch.stack_failures import Failure, Failures
from personalize_import_cli.watch.stack_resources import Resource, StackState

_STARTING = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


@dataclass(frozen=True)
class StackImport:
    """One import.

    Attributes:
        name: The construct's path.
        resources: Its resource; in a chain several, the one that starts the job first.
    """

    name: str
    resources: tuple[Resource, ...]

    @property
    def leading(self) -> Resource:
        """The resource that tells most: one that failed, else one in progress, else the first."""
        for ending in ("_FAILED", "_IN_PROGRESS"):
            for resource in self.resources:
                if resource.status.endswith(ending):
                    return resource
        return self.resources[0]

    @property
    def is_there(self) -> bool:
        """Whether the stack has it still."""
        return any(resource.status != "DELETE_COMPLETE" for resource in self.resources)

    @property
    def is_starting(self) -> bool:
        """Whether its job may not have been started yet."""
        return self.resources[0].status in _STARTING

    def job(self, jobs: Sequence[Job]) -> Job | None:
        """Return its job among all jobs, newest first; None while there is none.

        While an Update goes on, the physical id is still that of the earlier job.
        """
        hashes = {resource.hash for resource in self.resources}
        first = self.resources[0]
        own = next((job for job in jobs if job.resource in hashes), None)
        if own is not None and self.is_starting and not own.is_running:
            is_earlier = own.arn == first.physical_id or own.updated < first.since
            return None if is_earlier else own
        return own or next((job for job in jobs if job.arn == first.physical_id), None)

    def failure(self, failed: Failures) -> Failure | None:
        """Return how it failed in the stack's last operation, None if it didn't."""
        for resource in self.resources:
            if (failure := failed.get((resource.stack_id, resource.logical_id))) is not None:
                return failure
        return None


def stack_imports(stack: StackState) -> tuple[StackImport, ...]:
    """Return the imports of a stack, by name."""

    def key(resource: Resource) -> tuple[str, str]:
        return (resource.construct, resource.stack_id)

    ordered = sorted(stack.resources, key=lambda each: (*key(each), each.is_later_link, each.logical_id))
    return tuple(StackImport(name, tuple(group)) for (name, _), group in itertools.groupby(ordered, key))
