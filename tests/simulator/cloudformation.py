"""CloudFormation stacks: create, update, roll back, clean up and delete, resource after resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator.faults import ServiceError
from simulator.personalize import Dataset, Personalize
from simulator.processes import Event, Loop
from simulator.requests import Request, Requests

Done = Callable[[bool], None]
ROLE_SECONDS = 15.0


@dataclass(frozen=True)
class GetAtt:
    """Fn::GetAtt of another resource in the template."""

    logical_id: str
    attribute: str


@dataclass(frozen=True)
class Declared:
    """A resource as the template declares it.

    Attributes:
        kind: "import" for the custom resource, "role" for a service role, "dataset", or "other" for anything else.
        properties: for "other": how many seconds it `takes`, and whether it `fails`.
    """

    kind: str
    properties: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()


Template = Mapping[str, Declared]


@dataclass
class Resource:
    """A resource as it stands in the stack."""

    declared: Declared
    properties: dict[str, Any] = field(default_factory=dict)
    physical_id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class _Phase:
    """One action per resource, each after those that it depends on."""

    def __init__(
        self,
        actions: Mapping[str, Callable[[Done], None]],
        after: Mapping[str, Iterable[str]],
        finished: Callable[[bool], None],
        stop_at_failure: bool = True,
    ) -> None:
        self._actions = dict(actions)
        self._after = {name: {other for other in after.get(name, ()) if other in actions} for name in actions}
        self._finished = finished
        self._stop_at_failure = stop_at_failure
        self.running: set[str] = set()
        self.done: set[str] = set()
        self.failed: set[str] = set()
        self.over = False
        self._go_on()

    def _go_on(self) -> None:
        for name in list(self._actions):
            if self.over:
                return
            if name in self._actions and self._after[name] <= self.done:
                self.running.add(name)
                self._actions.pop(name)(lambda ok, name=name: self._ended(name, ok))  # type: ignore[misc]
        if not self.running and not self.over:
            self.over = True
            self._finished(not self.failed and not self._actions)

    def _ended(self, name: str, ok: bool) -> None:
        if self.over or name not in self.running:
            return
        self.running.discard(name)
        (self.done if ok else self.failed).add(name)
        if not ok and self._stop_at_failure:
            self.over = True
            self._finished(False)
        else:
            self._go_on()


class Stack:
    """A stack and the operations on it.

    Attributes:
        status: CloudFormation's own stack status.
        settled: whether no operation is under way.
        resources: what exists, by logical id.
        refused_deletes: resources that could not be deleted, with the reason.
        failed_id_wins: whether the rollback is sent with the id of the FAILED reply to the Update; not documented.
    """

    def __init__(self, name: str, loop: Loop, random: Random, requests: Requests, personalize: Personalize) -> None:
        self.name = name
        self.stack_id = (
            f"arn:aws:cloudformation:us-east-1:111122223333:stack/{name}/51af3dc0-da77-11e4-872e-1234567db123"
        )
        self.loop = loop
        self.random = random
        self.requests = requests
        self.personalize = personalize
        self.status = ""
        self.failed_id_wins = False
        self.resources: dict[str, Resource] = {}
        self.refused_deletes: list[str] = []
        self.deleted: Callable[[], None] = lambda: None
        self._template: Template = {}
        self._target: Template = {}
        self._phase: _Phase | None = None
        self._open: dict[str, Request] = {}
        self._timers: dict[str, Event] = {}
        self._before: dict[str, Resource] = {}
        self._replaced: list[tuple[str, str, dict[str, Any]]] = []
        self._touched: set[str] = set()

    @property
    def settled(self) -> bool:
        return not self.status.endswith("IN_PROGRESS")

    # --- operations

    def deploy(self, template: Template) -> None:
        """Create the stack, or update it."""
        assert self.status in ("", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), self.status
        self._target = dict(template)
        self._before = {name: Resource(**vars(resource)) for name, resource in self.resources.items()}
        self._replaced, self._touched = [], set()
        if not self.status:
            self.status = "CREATE_IN_PROGRESS"
            self._run({name: self._creation(name) for name in template}, template, self._created)
        else:
            self.status = "UPDATE_IN_PROGRESS"
            actions = {
                name: self._update(name) if name in self.resources else self._creation(name) for name in template
            }
            self._run(actions, template, self._updated)

    def delete(self) -> None:
        """Delete the stack."""
        assert self.settled
        assert self.status != "DELETE_COMPLETE"
        self.status = "DELETE_IN_PROGRESS"
        self._run_deletes(list(self.resources), self._deleted)

    def continue_rollback(self) -> None:
        """Try again to roll an update back."""
        assert self.status == "UPDATE_ROLLBACK_FAILED"
        self._roll_back_update()

    def fail(self) -> None:
        """Let the operation under way fail, as when a resource that nobody waits for can't be made."""
        if self._phase and self.status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS") and not self._phase.over:
            self._phase.over = True
            (self._created if self.status == "CREATE_IN_PROGRESS" else self._updated)(False)

    # --- how operations go on

    def _run(
        self, actions: Mapping[str, Callable[[Done], None]], template: Template, finished: Callable[[bool], None]
    ) -> None:
        self._phase = _Phase(actions, {name: _dependencies(declared) for name, declared in template.items()}, finished)

    def _run_deletes(self, names: list[str], finished: Callable[[bool], None]) -> None:
        after: dict[str, set[str]] = {name: set() for name in names}
        for name in names:
            for other in _dependencies(self.resources[name].declared):
                after.setdefault(other, set()).add(name)
        self._phase = _Phase({name: self._deletion(name) for name in names}, after, finished, stop_at_failure=False)

    def _created(self, ok: bool) -> None:
        if ok:
            self._template, self.status = self._target, "CREATE_COMPLETE"
            return
        self._cancel()
        self.status = "ROLLBACK_IN_PROGRESS"
        self._run_deletes(list(self.resources), self._rolled_back)

    def _rolled_back(self, ok: bool) -> None:
        self.status = "ROLLBACK_COMPLETE" if ok else "ROLLBACK_FAILED"
        if ok:
            self._gone()

    def _updated(self, ok: bool) -> None:
        if ok:
            self.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
            self._clean_up("UPDATE_COMPLETE", [name for name in self.resources if name not in self._target])
            return
        self._cancel()
        self._roll_back_update()

    def _roll_back_update(self) -> None:
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        actions = {name: self._restoration(name) for name in self._before if name in self._touched}
        self._run(
            actions, {name: resource.declared for name, resource in self._before.items()}, self._update_rolled_back
        )

    def _update_rolled_back(self, ok: bool) -> None:
        if not ok:
            self._cancel()
            self.status = "UPDATE_ROLLBACK_FAILED"
            return
        self.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
        self._clean_up("UPDATE_ROLLBACK_COMPLETE", [name for name in self.resources if name not in self._before])

    def _clean_up(self, status: str, removed: list[str]) -> None:
        replaced, self._replaced = self._replaced, []

        def delete_replaced(index: int, entry: tuple[str, str, dict[str, Any]]) -> Callable[[Done], None]:
            name, physical_id, properties = entry

            def action(done: Done) -> None:
                self._send("clean-up", name, physical_id, properties, None, lambda request: done(True))

            return action

        actions = {
            f"replaced {index}": delete_replaced(index, entry)
            for index, entry in enumerate(replaced)
            if entry[0] not in self.resources or entry[1] != self.resources[entry[0]].physical_id
        }
        # Roles and datasets that an import needed go after the imports that needed them.
        after = {name: set(actions) for name in removed if self.resources[name].declared.kind != "import"}
        for name in removed:
            for other in _dependencies(self.resources[name].declared):
                after.setdefault(other, set()).add(name)
        actions |= {name: self._deletion(name) for name in removed}

        def finished(ok: bool) -> None:
            if status == "UPDATE_COMPLETE":
                self._template = self._target
            for name in removed:
                self.resources.pop(name, None)
            self.status = status

        self._phase = _Phase(actions, after, finished, stop_at_failure=False)

    def _deleted(self, ok: bool) -> None:
        self.status = "DELETE_COMPLETE" if ok else "DELETE_FAILED"
        if ok:
            self._gone()

    def _gone(self) -> None:
        self.resources.clear()
        self.deleted()

    def _cancel(self) -> None:
        for request in self._open.values():
            self.requests.cancel(request)
        self._open.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    # --- what is done to one resource

    def _creation(self, name: str) -> Callable[[Done], None]:
        declared = self._target[name]

        def action(done: Done) -> None:
            resource = self.resources[name] = Resource(declared, self._resolve(declared))
            if declared.kind == "import":

                def finished(request: Request) -> None:
                    self._take(name, resource, request)
                    done(request.succeeded)

                self._send("create", name, None, resource.properties, None, finished)
            else:
                self._wait(name, declared, lambda: done(self._make(resource)))

        return action

    def _update(self, name: str) -> Callable[[Done], None]:
        declared = self._target[name]

        def action(done: Done) -> None:
            resource = self.resources[name]
            old, new = resource.properties, self._resolve(declared)
            resource.declared = declared
            if old == new:
                done(True)
                return
            self._touched.add(name)
            resource.properties = new
            if declared.kind == "import":

                def finished(request: Request) -> None:
                    previous = resource.physical_id
                    if request.succeeded:
                        self._take(name, resource, request)
                        if previous and resource.physical_id != previous:
                            self._replaced.append((name, previous, old))
                    elif request.reply and not request.reply.problem:
                        failed_id = request.reply.body["PhysicalResourceId"]
                        if failed_id != previous:
                            self._replaced.append((name, failed_id, new))
                            if self.failed_id_wins:
                                resource.physical_id = failed_id
                    done(request.succeeded)

                self._send("update", name, resource.physical_id, new, old, finished)
            else:
                self._wait(name, declared, lambda: done(self._make(resource)))

        return action

    def _restoration(self, name: str) -> Callable[[Done], None]:
        before = self._before[name]

        def action(done: Done) -> None:
            resource = self.resources[name]
            failed, resource.properties = resource.properties, self._resolve(before.declared)
            resource.declared = before.declared
            if before.declared.kind != "import":
                self._make(resource)
                done(True)
                return
            previous = resource.physical_id

            def finished(request: Request) -> None:
                if request.succeeded:
                    self._take(name, resource, request)
                    if previous and resource.physical_id != previous:
                        self._replaced.append((name, previous, failed))
                done(request.succeeded)

            self._send("rollback", name, previous, resource.properties, failed, finished)

        return action

    def _deletion(self, name: str) -> Callable[[Done], None]:
        def action(done: Done) -> None:
            resource = self.resources[name]
            if resource.declared.kind != "import":
                done(self._unmake(name, resource))
                return
            physical_id = resource.physical_id or f"{self.name}-{name}-{self.random.randrange(16**8):08X}"

            def finished(request: Request) -> None:
                if request.succeeded:
                    self.resources.pop(name, None)
                else:
                    self.refused_deletes.append(f"{name}: {request.state} {request.reason}")
                done(request.succeeded)

            purpose = "clean-up" if "CLEANUP" in self.status else "delete"
            self._send(purpose, name, physical_id, resource.properties, None, finished)

        return action

    def _send(
        self,
        purpose: str,
        name: str,
        physical_id: str | None,
        properties: dict[str, Any],
        old: dict[str, Any] | None,
        finished: Callable[[Request], None],
    ) -> None:
        def ended(request: Request) -> None:
            if self._open.get(name) is request:
                del self._open[name]
            finished(request)

        self._open[name] = self.requests.send(purpose, self.stack_id, name, physical_id, properties, old, ended)

    def _wait(self, name: str, declared: Declared, action: Callable[[], None]) -> None:
        seconds = ROLE_SECONDS if declared.kind == "role" else float(declared.properties.get("takes", 1))
        self._timers[name] = self.loop.after(seconds, action)

    def _take(self, name: str, resource: Resource, request: Request) -> None:
        """Take over what the reply says about the resource."""
        if request.reply and not request.reply.problem:
            resource.physical_id = request.reply.body["PhysicalResourceId"]
            if request.succeeded:
                resource.attributes = dict(request.reply.body.get("Data") or {})

    def _make(self, resource: Resource) -> bool:
        properties = resource.properties
        if resource.declared.kind == "role":
            self.personalize.roles[properties["Arn"]] = self.loop.now + float(properties.get("usable_after", 0))
        elif resource.declared.kind == "dataset":
            active_from = self.loop.now + float(properties.get("active_after", 0))
            self.personalize.datasets[properties["Arn"]] = Dataset(properties["Arn"], active_from)
        return not properties.get("fails")

    def _unmake(self, name: str, resource: Resource) -> bool:
        try:
            if resource.declared.kind == "role":
                self.personalize.roles.pop(resource.properties["Arn"], None)
            elif resource.declared.kind == "dataset" and resource.properties["Arn"] in self.personalize.datasets:
                self.personalize.delete_dataset(resource.properties["Arn"])
        except ServiceError as error:
            self.refused_deletes.append(f"{name}: {error}")
            return False
        self.resources.pop(name, None)
        return True

    def _resolve(self, declared: Declared) -> dict[str, Any]:
        """The properties as CloudFormation sends them: attributes filled in, every scalar a string."""
        values = {name: self._value(value) for name, value in declared.properties.items()}
        return {name: _stringified(value) for name, value in values.items()} if declared.kind == "import" else values

    def _value(self, value: Any) -> Any:
        if isinstance(value, GetAtt):
            return self.resources[value.logical_id].attributes[value.attribute]
        return value


def _stringified(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return {name: _stringified(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_stringified(member) for member in value]
    return str(value)


def _dependencies(declared: Declared) -> set[str]:
    attributes = {value.logical_id for value in declared.properties.values() if isinstance(value, GetAtt)}
    return attributes | set(declared.depends_on)
