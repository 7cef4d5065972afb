"""What CloudFormation does to one resource of a stack, and what it says of it."""

from collections.abc import Callable
from random import Random
from typing import Any

from simulator.faults import ServiceError
from simulator.personalize import Dataset, Personalize
from simulator.phase import Action, Done
from simulator.processes import Event, Loop
from simulator.requests import Request, Requests
from simulator.template import Declared, Resource, resolved

ROLE_SECONDS = 15.0


class StackResources:
    """The resources of one stack.

    Attributes:
        standing: what exists, by logical id.
        statuses: CloudFormation's status of each resource there ever was.
        replaced: physical ids to be deleted in the clean-up, with logical id and properties.
        touched: resources that the update under way has begun to change.
        refused_deletes: resources that could not be deleted, with the reason.
        refused_replacements: datasets that could not be replaced, with the reason.
        replaced_datasets: how many datasets were replaced.
        failed_id_wins: whether the rollback is sent with the id of the FAILED reply to the Update; not documented.
    """

    def __init__(self, stack_id: str, loop: Loop, random: Random, requests: Requests, personalize: Personalize) -> None:
        self.stack_id = stack_id
        self.loop = loop
        self.random = random
        self.requests = requests
        self.personalize = personalize
        self.standing: dict[str, Resource] = {}
        self.statuses: dict[str, str] = {}
        self.replaced: list[tuple[str, str, dict[str, Any]]] = []
        self.touched: set[str] = set()
        self.refused_deletes: list[str] = []
        self.refused_replacements: list[str] = []
        self.replaced_datasets = 0
        self.failed_id_wins = False
        self._open: dict[str, Request] = {}
        self._timers: dict[str, Event] = {}

    def cancel(self) -> None:
        """Stop waiting for everything that is under way."""
        for name, request in self._open.items():
            self.requests.cancel(request)
            self.statuses[name] = self.statuses[name].replace("IN_PROGRESS", "FAILED")
        self._open.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def creation(self, name: str, declared: Declared) -> Action:
        def action(done: Done) -> None:
            resource = self.standing[name] = Resource(declared, resolved(declared, self.standing))
            if declared.kind != "import":
                self._wait(name, declared, lambda: done(self._make(name, resource)))
                return

            def finished(request: Request) -> None:
                _take(resource, request)
                done(request.succeeded)

            self._send("create", name, None, resource.properties, None, finished)

        return action

    def update(self, name: str, declared: Declared) -> Action:
        def action(done: Done) -> None:
            resource = self.standing[name]
            old, new = resource.properties, resolved(declared, self.standing)
            resource.declared = declared
            if old == new:
                done(True)
                return
            self.touched.add(name)
            resource.properties = new
            if declared.kind != "import":
                self._wait(name, declared, lambda: done(self._make(name, resource)))
                return

            def finished(request: Request) -> None:
                previous = resource.physical_id
                answered = _physical_id(request)
                if request.succeeded:
                    _take(resource, request)
                    self._replace(name, previous, answered, old)
                elif answered and answered != previous:
                    self.replaced.append((name, answered, new))
                    if self.failed_id_wins:
                        resource.physical_id = answered
                done(request.succeeded)

            self._send("update", name, resource.physical_id, new, old, finished)

        return action

    def restoration(self, name: str, before: Resource) -> Action:
        """Bring a resource back to what it was before an update."""

        def action(done: Done) -> None:
            resource = self.standing[name]
            failed, restored = resource.properties, resolved(before.declared, self.standing)
            resource.declared = before.declared
            if before.declared.kind != "import":
                resource.properties = restored
                done(self._make(name, resource))
                return
            previous = resource.physical_id

            def finished(request: Request) -> None:
                if request.succeeded:
                    _take(resource, request)
                    resource.properties = restored
                    self._replace(name, previous, resource.physical_id, failed)
                done(request.succeeded)

            self._send("rollback", name, previous, restored, failed, finished)

        return action

    def deletion(self, name: str, purpose: str) -> Action:
        def action(done: Done) -> None:
            resource = self.standing[name]
            if resource.declared.kind != "import":
                done(self._unmake(name, resource))
                return
            stack_name = self.stack_id.split("/")[1]
            invented = f"{stack_name}-{name}-{self.random.randrange(16**8):08X}"

            def finished(request: Request) -> None:
                if request.succeeded:
                    self.standing.pop(name, None)
                else:
                    self.refused_deletes.append(f"{name}: {request.state} {request.reason}")
                done(request.succeeded)

            self._send(purpose, name, resource.physical_id or invented, resource.properties, None, finished)

        return action

    def deletion_of_replaced(self, name: str, physical_id: str, properties: dict[str, Any]) -> Action:
        def action(done: Done) -> None:
            request_type = (self.stack_id, name, physical_id, properties, None)
            self.requests.send("clean-up", *request_type, lambda request: done(True))

        return action

    def _replace(self, name: str, previous: str | None, new: str | None, properties: dict[str, Any]) -> None:
        if previous and previous != new:
            self.replaced.append((name, previous, properties))

    def _send(
        self,
        purpose: str,
        name: str,
        physical_id: str | None,
        properties: dict[str, Any],
        old: dict[str, Any] | None,
        finished: Callable[[Request], None],
    ) -> None:
        verb = {"create": "CREATE", "update": "UPDATE", "rollback": "UPDATE"}.get(purpose, "DELETE")
        self.statuses[name] = f"{verb}_IN_PROGRESS"

        def ended(request: Request) -> None:
            if self._open.get(name) is request:
                del self._open[name]
                self.statuses[name] = f"{verb}_{'COMPLETE' if request.succeeded else 'FAILED'}"
                finished(request)

        self._open[name] = self.requests.send(purpose, self.stack_id, name, physical_id, properties, old, ended)

    def _wait(self, name: str, declared: Declared, action: Callable[[], None]) -> None:
        seconds = ROLE_SECONDS if declared.kind == "role" else float(declared.properties.get("takes", 1))
        self._timers[name] = self.loop.after(seconds, action)

    def _make(self, name: str, resource: Resource) -> bool:
        properties = resource.properties
        if resource.declared.kind == "role":
            self.personalize.roles[properties["Arn"]] = self.loop.now + float(properties.get("usable_after", 0))
        elif resource.declared.kind == "dataset":
            try:
                self._make_dataset(properties)
            except ServiceError as error:
                self.refused_replacements.append(f"{name}: {error}")
                return False
        return not properties.get("fails")

    def _make_dataset(self, properties: dict[str, Any]) -> None:
        """Make a dataset, after deleting the one with the same ARN: all its properties are create-only."""
        existing = self.personalize.datasets.get(properties["Arn"])
        if existing and not existing.deleted:
            self.personalize.delete_dataset(properties["Arn"])
            self.replaced_datasets += 1
        active_from = self.loop.now + float(properties.get("active_after", 0))
        self.personalize.datasets[properties["Arn"]] = Dataset(properties["Arn"], self.loop.now, active_from)

    def _unmake(self, name: str, resource: Resource) -> bool:
        try:
            if resource.declared.kind == "role":
                self.personalize.roles.pop(resource.properties["Arn"], None)
            elif resource.declared.kind == "dataset" and resource.properties["Arn"] in self.personalize.datasets:
                self.personalize.delete_dataset(resource.properties["Arn"])
        except ServiceError as error:
            self.refused_deletes.append(f"{name}: {error}")
            return False
        self.standing.pop(name, None)
        return True


def _take(resource: Resource, request: Request) -> None:
    """Take over what the reply says about the resource."""
    resource.physical_id = _physical_id(request) or resource.physical_id
    if request.reply and request.succeeded:
        resource.attributes = dict(request.reply.body.get("Data") or {})


def _physical_id(request: Request) -> str | None:
    usable = request.reply is not None and not request.reply.problem
    return str(request.reply.body["PhysicalResourceId"]) if request.reply and usable else None
