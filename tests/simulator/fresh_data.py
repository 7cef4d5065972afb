"""The schedules and the uploads of random histories, and what must have become of each at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.due import due, followers_of, links_of, properties_of
from simulator.personalize import Job
from simulator.requests import Request
from simulator.stack import Stack
from simulator.world import World

from cdk_personalize_import_handler.custom_resource.names import resource_hash

COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
ATTEMPTS = 3
# Between reading a pending import and ending it lie two calls: who asks just then may not be heard.
MOMENT = 1.0


@dataclass
class Asking:
    """Somebody asks for an import: a schedule, or an upload.

    Attributes:
        at: When it asked.
        delivered: When the function is told.
    """

    stack: Stack
    name: str
    cause: str
    at: float
    event: dict[str, Any]
    delivered: list[float] = field(default_factory=list)

    @property
    def resource(self) -> str:
        return resource_hash(self.stack.stack_id, self.name)


class FreshData:
    """What asks for imports between deployments.

    Its requests say of an import what the last deployment said that came to an end: CloudFormation changes schedules
    and rules after the import itself.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[Asking] = []
        self._deployed: dict[tuple[str, str], tuple[dict[str, Any], list[dict[str, Any]]]] = {}

    def note(self, stack: Stack) -> None:
        """Note what the stack's schedules and rules hand on from now on."""
        for name, resource in list(stack.resources.items()):
            if resource.declared.kind != "import" or "JobName" in resource.properties:
                continue
            statuses = {stack.parts.statuses.get(link, "") for link in links_of(stack, name)}
            key = (stack.stack_id, name)
            if statuses <= set(COMPLETE):
                followers = [self._follower(stack, other) for other in followers_of(stack, name)]
                self._deployed[key] = properties_of(stack, name), followers
            elif any(status.startswith("DELETE") for status in statuses):
                self._deployed.pop(key, None)

    def can_ask(self, stack: Stack, name: str) -> bool:
        self.note(stack)
        return name in stack.resources and (stack.stack_id, name) in self._deployed

    def ask(self, stack: Stack, name: str, cause: str, late: float, again: float | None, mode: str | None) -> Asking:
        """Ask for an import.

        Args:
            stack: The stack.
            name: Logical id of the import.
            cause: schedule or upload.
            late: How many seconds later the function is told.
            again: After how many seconds it is told once more.
            mode: The import mode of the schedule.
        """
        properties, followers = self._deployed[stack.stack_id, name]
        # AWS tells whole seconds.
        at, now = float(int(self.world.now)), self.world.now
        properties = properties | ({"ImportMode": mode} if mode else {})
        full = {"Followers": followers} if followers and properties["ImportMode"] == "FULL" else {}
        kind = "Import" if cause == "schedule" else "Upload"
        asking = Asking(stack, name, cause, now, due(stack, name, kind, cause, at, properties, **full))
        if mode:
            # A construct's schedules have ids of their own.
            asking.event["RequestId"] = asking.event["RequestId"].replace("/", f"/{mode}/", 1)
            asking.event["Due"]["ImportMode"] = mode
        if cause == "upload":
            asking.event["RequestId"] = f"object-{len(self.asked)}"
        self.asked.append(asking)
        for delay in (late, *([late + again] if again is not None else [])):
            asking.delivered.append(now + delay)
            self.world.loop.after(delay, lambda: self.world.function.invoke(asking.event))
        return asking

    def _follower(self, stack: Stack, name: str) -> dict[str, Any]:
        event = due(stack, name, "Import", "schedule", 0)
        return event | {"RequestId": "", "Due": {"Cause": "schedule", "At": ""}}

    # --- what must hold at the end

    def problems(self) -> Iterator[str]:
        """Each thing that did not hold, as a sentence."""
        for asking in self.asked:
            if not self._was_heard(asking):
                yield f"an import was lost that {asking.cause} asked for at {asking.at:.1f}: {asking.name}"
        yield from self._not_told()

    def _was_heard(self, asking: Asking) -> bool:
        jobs = [job for job in self.world.jobs() if f"-{asking.resource}-" in job.name]
        if any(job.created > asking.at for job in jobs) or self._failed(asking):
            return True
        if self._is_going(asking) or self._gave_up(asking.event["RequestId"]):
            return True
        if asking.cause == "upload":
            return any(abs(time - ended) < MOMENT for ended in self._ended(asking) for time in asking.delivered)
        return any(job.running(time) for job in jobs for time in asking.delivered) or self._met_deployment(asking)

    def _failed(self, asking: Asking) -> bool:
        """Whether it was told that an import failed which waited to start."""
        ids = (asking.stack.stack_id, asking.name)
        failed = [detail for detail in self.world.events.details if detail["status"] == "FAILED"]
        return any(ids == (detail["stackId"], detail["construct"]) and not detail["jobArn"] for detail in failed)

    def _requests(self, asking: Asking) -> list[Request]:
        ids = (asking.stack.stack_id, asking.name)
        return [sent for sent in self.world.requests.sent if (sent.stack_id, sent.logical_id) == ids]

    def _is_going(self, asking: Asking) -> bool:
        """Whether the import was deleted before one could come of it."""
        purposes = {sent.purpose for sent in self._requests(asking)}
        return "delete" in purposes or ("clean-up" in purposes and asking.name not in asking.stack.resources)

    def _gave_up(self, request_id: str) -> bool:
        """Whether Lambda told the function in vain, as often as it tries."""
        own = [run for run in self.world.function.invocations if run.event.get("RequestId") == request_id]
        return any(run.attempt == ATTEMPTS - 1 and run.outcome != "returned" for run in own)

    def _met_deployment(self, asking: Asking) -> bool:
        """Whether a deployment asked for the import meanwhile."""
        return any(sent.closed >= asking.at for sent in self._requests(asking) if sent.request_type != "Delete")

    def _ended(self, asking: Asking) -> list[float]:
        """When a pending import of the construct was ended."""
        deletes = [call for call in self.world.wire.calls if call.operation == "DeleteSchedule"]
        name = f"{asking.resource}-pending"
        return [call.time for call in deletes if str(call.params.get("Name", "")).endswith(name)]

    def _not_told(self) -> Iterator[str]:
        """Imports between deployments that ended, and were not told, or under several ids."""
        told: dict[str, set[str]] = {}
        for detail in self.world.events.details:
            told.setdefault(detail["jobName"], set()).add(detail["id"])
        for name, ids in told.items():
            if name and len(ids) > 1:
                yield f"the end of {name} was told under {len(ids)} ids"
        for job in self.due_jobs():
            if job.name not in told and not self._is_gone(job):
                yield f"the end of {job.name} was never told"
        lines, events = len(self.world.metrics.lines), len(self.world.events.details)
        if not self.world.faults.struck and lines != events:
            yield f"{events} ends were told with {lines} lines of metrics"

    def _is_gone(self, job: Job) -> bool:
        """Whether the import was deleted before its job ended."""
        deletes = [sent for sent in self.world.requests.sent if sent.request_type == "Delete"]
        return any(f"-{resource_hash(sent.stack_id, sent.logical_id)}-" in job.name for sent in deletes)

    def due_jobs(self) -> list[Job]:
        """The jobs that were started between deployments."""
        requests = {sent.request_id for sent in self.world.requests.sent}
        return [job for job in self.world.jobs() if job.request_id not in requests]
