"""CloudFormation stacks: create, update, roll back, clean up and delete.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html
"""

from collections.abc import Callable, Mapping
from random import Random

from simulator.personalize import Personalize
from simulator.phase import Action, Done, Phase
from simulator.processes import Loop
from simulator.requests import Requests
from simulator.stack_resources import StackResources
from simulator.template import Resource, Template

DEPLOYABLE = ("", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


class Stack:
    """A stack and the operations on it.

    Attributes:
        status: CloudFormation's own stack status.
        resources: what exists, by logical id.
        pause: seconds between a failure and the rollback's first request.
        rollbacks: when the roll backs of updates began and ended.
        gone: whether the stack is deleted.
        deleted: called when the stack is gone.
    """

    def __init__(self, name: str, loop: Loop, random: Random, requests: Requests, personalize: Personalize) -> None:
        self.name = name
        account = "arn:aws:cloudformation:us-east-1:111122223333"
        self.stack_id = f"{account}:stack/{name}/51af3dc0-da77-11e4-872e-1234567db123"
        self.loop = loop
        self.parts = StackResources(self.stack_id, loop, random, requests, personalize)
        self.status = ""
        self.pause = 2.0
        self.rollbacks: list[tuple[float, float]] = []
        self.gone = False
        self.deleted: Callable[[], None] = lambda: None
        self._target: Template = {}
        self._before: dict[str, Resource] = {}
        self._phase: Phase | None = None
        self._rolls_back_since = 0.0

    @property
    def settled(self) -> bool:
        """Whether no operation is under way."""
        return not self.status.endswith("IN_PROGRESS")

    @property
    def resources(self) -> dict[str, Resource]:
        return self.parts.standing

    # --- operations

    def deploy(self, template: Template) -> None:
        """Create the stack, or update it."""
        assert self.status in DEPLOYABLE, self.status
        self._target = dict(template)
        self._before = {name: Resource(**vars(resource)) for name, resource in self.resources.items()}
        self.parts.replaced.clear()
        self.parts.touched.clear()
        self.status, finished = (
            ("UPDATE_IN_PROGRESS", self._updated) if self.status else ("CREATE_IN_PROGRESS", self._created)
        )
        actions = {
            name: self.parts.update(name, declared) if name in self.resources else self.parts.creation(name, declared)
            for name, declared in template.items()
        }
        self._run(actions, template, finished)

    def delete(self) -> None:
        """Delete the stack."""
        assert self.settled
        self.status = "DELETE_IN_PROGRESS"
        self._run_deletes(list(self.resources), self._deleted)

    def continue_rollback(self) -> None:
        """Try again to roll an update back."""
        assert self.status == "UPDATE_ROLLBACK_FAILED"
        self._roll_back_update()

    def fail(self) -> None:
        """Let the create or update under way fail, as when a resource that nothing waits for can't be made."""
        if self.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS") and self._phase and not self._phase.over:
            self._phase.stop()
            (self._created if self.status == "CREATE_IN_PROGRESS" else self._updated)(False)

    def abandon(self) -> None:
        """Let the update under way fail, and its rollback fail at once for a reason of its own."""
        assert self.status == "UPDATE_IN_PROGRESS"
        assert self._phase
        self._phase.stop()
        self._rolls_back_since = self.loop.now
        self._update_rolled_back(False)

    # --- how operations go on

    def _run(self, actions: Mapping[str, Action], template: Template, finished: Done) -> None:
        self._phase = Phase(actions, {name: declared.dependencies() for name, declared in template.items()}, finished)

    def _run_deletes(self, names: list[str], finished: Done) -> None:
        actions = {name: self.parts.deletion(name, "delete") for name in names}
        self._phase = Phase(actions, self._reversed(names), finished, stop_at_failure=False)

    def _reversed(self, names: list[str]) -> dict[str, set[str]]:
        """For each resource the ones that depend on it, which are deleted before."""
        after: dict[str, set[str]] = {name: set() for name in names}
        for name in names:
            for other in self.resources[name].declared.dependencies():
                after.setdefault(other, set()).add(name)
        return after

    def _created(self, ok: bool) -> None:
        if ok:
            self.status = "CREATE_COMPLETE"
            return
        self.parts.cancel()
        self.status = "ROLLBACK_IN_PROGRESS"
        self.loop.after(self.pause, lambda: self._run_deletes(list(self.resources), self._rolled_back))

    def _rolled_back(self, ok: bool) -> None:
        self.status = "ROLLBACK_COMPLETE" if ok else "ROLLBACK_FAILED"
        if ok:
            self._gone()

    def _updated(self, ok: bool) -> None:
        if ok:
            self.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
            self._clean_up("UPDATE_COMPLETE", [name for name in self.resources if name not in self._target])
            return
        self.parts.cancel()
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        self.loop.after(self.pause, self._roll_back_update)

    def _roll_back_update(self) -> None:
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        self._rolls_back_since = self.loop.now
        touched = {name: before for name, before in self._before.items() if name in self.parts.touched}
        actions = {name: self.parts.restoration(name, before) for name, before in touched.items()}
        template = {name: resource.declared for name, resource in self._before.items()}
        self._run(actions, template, self._update_rolled_back)

    def _update_rolled_back(self, ok: bool) -> None:
        self.rollbacks.append((self._rolls_back_since, self.loop.now))
        if not ok:
            self.parts.cancel()
            self.status = "UPDATE_ROLLBACK_FAILED"
            return
        self.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
        self._clean_up("UPDATE_ROLLBACK_COMPLETE", [name for name in self.resources if name not in self._before])

    def _clean_up(self, status: str, removed: list[str]) -> None:
        current = {(name, resource.physical_id) for name, resource in self.resources.items()}
        replaced = [entry for entry in self.parts.replaced if entry[:2] not in current]
        actions = {
            f"{name} {physical_id}": self.parts.deletion_of_replaced(name, physical_id, properties)
            for name, physical_id, properties in replaced
        }
        # Roles and datasets that an import needed go after the imports that needed them.
        after = self._reversed(removed)
        for name in removed:
            if self.resources[name].declared.kind != "import":
                after[name] |= set(actions)
        actions |= {name: self.parts.deletion(name, "clean-up") for name in removed}

        def finished(ok: bool) -> None:
            for name in removed:
                self.resources.pop(name, None)
            self.status = status

        self._phase = Phase(actions, after, finished, stop_at_failure=False)

    def _deleted(self, ok: bool) -> None:
        self.status = "DELETE_COMPLETE" if ok else "DELETE_FAILED"
        if ok:
            self._gone()

    def _gone(self) -> None:
        self.resources.clear()
        self.gone = True
        self.deleted()
