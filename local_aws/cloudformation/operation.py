"""What creating, updating and deleting a stack have in common."""

import logging
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter
from typing import Any, TypeAlias, TypeVar

from local_aws.cloudformation.intrinsics import Scope, TemplateError, text
from local_aws.cloudformation.resource_work import ResourceWork
from local_aws.cloudformation.stack import Stack, StackResource
from local_aws.cloudformation.stacks import Stacks
from local_aws.cloudformation.template import Template

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T", bound=Hashable)

Step: TypeAlias = Callable[[StackResource, Callable[[], dict[str, Any]]], bool]
"""What is done to a resource: gets its new entry, and evaluates its properties; says whether it succeeded."""


class Operation:
    """One operation on a stack; runs in a thread of its own.

    Args:
        stacks: All stacks.
        stack: The stack to work on.

    Attributes:
        cancelled: Set to make it stop waiting for its resources.
        superseded: Whether nobody waits for the outcome any more, so that it doesn't roll back.
    """

    def __init__(self, stacks: Stacks, stack: Stack) -> None:
        self.stacks = stacks
        self.stack = stack
        self.cancelled = threading.Event()
        self.superseded = False
        self.work = ResourceWork(stacks, stack, self.cancelled)

    def run(self) -> None:
        """Do the operation; returns when the stack has come to rest."""
        raise NotImplementedError

    def start(self, run: Callable[[], None] | None = None) -> None:
        """Run, or do another part of the operation, in the background; the stack isn't idle until it ends."""
        self.stack.operation = self
        self.stack.idle.clear()

        def body() -> None:
            try:
                (run or self.run)()
            except Exception as error:
                _LOG.exception("operation on stack %s failed", self.stack.name)
                verb = self.stack.status.split("_", 1)[0]
                self.stack.set_status(f"{verb}_FAILED", f"Internal error of the embedded AWS: {error!r}")
            finally:
                self.stack.idle.set()

        threading.Thread(target=body, name=f"stack {self.stack.name}", daemon=True).start()

    def fresh_work(self) -> ResourceWork:
        """Return work that isn't cancelled with this operation, for rolling back."""
        return ResourceWork(self.stacks, self.stack, threading.Event())

    def carry_out(self, template: Template, scope: Scope, step: Step, verb: str) -> str | None:
        """Do a step for each resource of the template, and its outputs; return why that failed."""
        entries = _entries(template, scope)

        def do(name: str) -> bool:
            return step(entries[name], lambda: scope.resolve(template.resources[name].get("Properties") or {}))

        failed = run_in_order({name: entry.dependencies for name, entry in entries.items()}, do, self.cancelled)
        if failed or self.cancelled.is_set():
            return failed_to(verb, sorted(failed))
        try:
            self._resolve_outputs(template, scope)
        except TemplateError as error:
            return f"{error} "
        return None

    def _resolve_outputs(self, template: Template, scope: Scope) -> None:
        """Evaluate the template's outputs and exports into the stack.

        Raises:
            TemplateError: If a value can't be resolved, or an export is taken or still in use.
        """
        outputs: list[dict[str, Any]] = []
        for key, output in scope.present(template.outputs).items():
            value, name = text(scope.resolve(output["Value"])), scope.resolve(output.get("Export", {})).get("Name")
            about = {"Description": output.get("Description"), "ExportName": name}
            outputs.append({"OutputKey": key, "OutputValue": value, **about})
        exports = {output["ExportName"]: output["OutputValue"] for output in outputs if output["ExportName"]}
        self.stacks.check_exports(self.stack, exports)
        self.stack.outputs, self.stack.exports, self.stack.imports = outputs, exports, set(scope.imported)


def _entries(template: Template, scope: Scope) -> dict[str, StackResource]:
    """New entries for the resources of a template, without physical ids."""
    present = scope.present(template.resources)
    return {
        name: StackResource(
            logical_id=name,
            type=definition["Type"],
            dependencies=template.dependencies[name] & present.keys(),
            deletion_policy=definition.get("DeletionPolicy", "Delete"),
            update_replace_policy=definition.get("UpdateReplacePolicy", "Delete"),
            metadata=definition.get("Metadata"),
        )
        for name, definition in present.items()
    }


def run_in_order(
    dependencies: Mapping[_T, Set[_T]], work: Callable[[_T], bool], stop: threading.Event | None = None
) -> set[_T]:
    """Run ``work`` for every item, each after the items it depends on, independent ones at the same time.

    Args:
        dependencies: For each item, the items that come before it; items outside the mapping count as done.
        work: Does one item and says whether it succeeded. An item whose dependencies failed isn't started.
        stop: Set on the first failure, so that the pieces still running can end early; once it is set, by whomever,
            nothing more is started. Without it, a failure holds back only what depends on it.

    Returns:
        The items that failed; those that were never started aren't among them.
    """
    order = TopologicalSorter({item: before & dependencies.keys() - {item} for item, before in dependencies.items()})
    order.prepare()
    running: dict[Future[bool], _T] = {}
    failed: set[_T] = set()
    with ThreadPoolExecutor(max_workers=max(1, len(dependencies))) as pool:
        while True:
            if stop is None or not stop.is_set():
                running |= {pool.submit(work, item): item for item in order.get_ready()}
            if not running:
                return failed
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                item = running.pop(future)
                if future.result():
                    order.done(item)
                else:
                    failed.add(item)
                    if stop is not None:
                        stop.set()


def delete_in_order(
    work: ResourceWork, resources: Sequence[StackResource], stays: Callable[[StackResource], bool]
) -> list[StackResource]:
    """Delete resources, each before those that it depends on, and return those that couldn't be deleted.

    A resource that something undeletable depends on is left alone.
    """
    dependents = {each: {other for other in resources if each.logical_id in other.dependencies} for each in resources}
    failed = run_in_order(dependents, lambda each: work.delete(each, stays=stays(each)))
    return [each for each in resources if each in failed]


def stays_after_rollback(resource: StackResource) -> bool:
    """Whether a resource stays when the operation that made it is rolled back."""
    return resource.deletion_policy == "Retain" and resource.physical_id is not None


def failed_to(verb: str, resources: Iterable[StackResource | str]) -> str:
    """Return the reason of an operation that failed, which names the resources that did."""
    names = ", ".join(each if isinstance(each, str) else each.logical_id for each in resources)
    return f"The following resource(s) failed to {verb}: [{names}]. "
