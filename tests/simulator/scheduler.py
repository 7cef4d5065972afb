"""Amazon EventBridge Scheduler: schedules that tick once a minute, somewhere within the minute."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from simulator.faults import ServiceError
from simulator.processes import Event, Loop

MINUTE = 60.0
INPUT_LIMIT = 256 * 1024
NAME = re.compile(r"[0-9a-zA-Z\-_.]{1,64}")


@dataclass
class Schedule:
    """A schedule as it was made or last updated."""

    name: str
    definition: dict[str, Any]
    made: float
    start: float
    end: float
    ticks: int = 0
    next_tick: Event | None = None

    @property
    def request_id(self) -> str:
        return str(self.event["RequestId"])

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.definition["Target"]["Input"])
        return event


class Scheduler:
    """The schedules, each in the schedule group of its stack.

    Attributes:
        group_exists: asked at each call whether the group of the calling function's stack exists.
        jitter: a tick comes up to so many seconds late.
        lose: asked before each tick whether it gets lost.
        repeat: asked at each tick after how many seconds the same tick is delivered again, None for never.
        made: how many schedules were created or updated, by request.
        ticked: when a schedule ticked, and for which request.
    """

    def __init__(
        self, loop: Loop, random: Random, group: str, role_arn: str, invoke: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self.loop = loop
        self.random = random
        self.group = group
        self.role_arn = role_arn
        self.invoke = invoke
        self.jitter = 20.0
        self.group_exists: Callable[[], bool] = lambda: True
        self.lose: Callable[[Schedule], bool] = lambda schedule: False
        self.repeat: Callable[[Schedule], float | None] = lambda schedule: None
        self.schedules: dict[str, Schedule] = {}
        self.made: dict[str, int] = {}
        self.ticked: list[tuple[float, str]] = []

    def serve(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        """The answer to a call.

        Raises:
            ServiceError: as the service would.
        """
        name = params["Name"]
        if not NAME.fullmatch(name):
            raise ServiceError("ValidationException", f"name {name} does not match the pattern")
        if params.get("GroupName") != self.group or not self.group_exists():
            raise ServiceError(
                "ResourceNotFoundException", f"Schedule group {params.get('GroupName')} does not exist.", 404
            )
        if operation == "CreateSchedule":
            if name in self.schedules:
                raise ServiceError("ConflictException", f"Schedule {name} already exists.", 409)
            self._put(name, params)
            return {"ScheduleArn": self._arn(name)}
        schedule = self.schedules.get(name)
        if schedule is None:
            raise ServiceError("ResourceNotFoundException", f"Schedule {name} does not exist.", 404)
        if operation == "UpdateSchedule":
            self._put(name, params)
            return {"ScheduleArn": self._arn(name)}
        if operation == "GetSchedule":
            return {"Arn": self._arn(name), "CreationDate": schedule.made, **schedule.definition}
        if operation == "DeleteSchedule":
            self.delete(schedule)
            return {}
        raise ServiceError("UnknownOperationException", f"{operation} is not simulated", 404)

    def delete(self, schedule: Schedule) -> None:
        if schedule.next_tick:
            schedule.next_tick.cancel()
        self.schedules.pop(schedule.name, None)

    def of_stack(self, stack_id: str) -> list[Schedule]:
        return [schedule for schedule in self.schedules.values() if schedule.event["StackId"] == stack_id]

    def delete_group(self, stack_id: str) -> None:
        """Delete a stack's group and with it every schedule in it."""
        for schedule in self.of_stack(stack_id):
            self.delete(schedule)

    def _arn(self, name: str) -> str:
        return f"arn:aws:scheduler:us-east-1:111122223333:schedule/{self.group}/{name}"

    def _put(self, name: str, params: dict[str, Any]) -> None:
        now = self.loop.now
        definition = {key: value for key, value in params.items() if key != "ClientToken"}
        target = definition["Target"]
        if definition["ScheduleExpression"] != "rate(1 minute)" or definition["FlexibleTimeWindow"]["Mode"] != "OFF":
            raise ServiceError("ValidationException", "only rate(1 minute) without a flexible window is simulated")
        if target["RoleArn"] != self.role_arn or len(target.get("Input", "")) > INPUT_LIMIT:
            raise ServiceError("ValidationException", "The target is not valid.")
        start, end = definition.get("StartDate", now), definition.get("EndDate", float("inf"))
        if end <= now or end <= start:
            raise ServiceError(
                "ValidationException", "The EndDate you specify must come after the StartDate and the present."
            )
        earlier = self.schedules.get(name)
        if earlier and earlier.next_tick:
            earlier.next_tick.cancel()
        schedule = Schedule(name, definition, now, max(start, now), end)
        self.schedules[name] = schedule
        self.made[schedule.request_id] = self.made.get(schedule.request_id, 0) + 1
        self._plan(schedule)

    def _plan(self, schedule: Schedule) -> None:
        """Plan the next tick, or the end of a schedule that has none."""
        due = schedule.start + schedule.ticks * MINUTE
        if due <= schedule.end:
            schedule.next_tick = self.loop.at(due + self.random.random() * self.jitter, lambda: self._tick(schedule))
        elif schedule.definition.get("ActionAfterCompletion") == "DELETE":
            schedule.next_tick = self.loop.at(schedule.end, lambda: self.delete(schedule))

    def _tick(self, schedule: Schedule) -> None:
        schedule.ticks += 1
        self.ticked.append((self.loop.now, schedule.request_id))
        self._plan(schedule)
        if self.lose(schedule):
            return
        target = schedule.definition["Target"]
        event = json.loads(target["Input"])
        self.invoke(target["Arn"], event)
        again = self.repeat(schedule)
        if again is not None:
            self.loop.after(again, lambda: self.invoke(target["Arn"], event))
