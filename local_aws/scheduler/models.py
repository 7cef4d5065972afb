"""The EventBridge Scheduler backend: keeps schedules as moto does, and lets them fire in AWS time."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar

import moto.scheduler.urls
from moto.awslambda.exceptions import UnknownFunctionException
from moto.core.base_backend import BackendDict
from moto.core.exceptions import JsonRESTError
from moto.core.utils import camelcase_to_underscores
from moto.scheduler.exceptions import ScheduleExists, ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup

from local_aws.account import Account
from local_aws.functions.invocations import functions
from local_aws.permissions import call_log
from local_aws.permissions.action import Need
from local_aws.permissions.policy import allowed, may_assume
from local_aws.scheduler.schedule_expression import is_recurring, runs

_SERVICE = "scheduler.amazonaws.com"
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 3600.0
_MEMBERS = (
    "name", "description", "schedule_expression", "schedule_expression_timezone", "flexible_time_window", "target",
    "state", "kms_key_arn", "action_after_completion",
)  # fmt: skip


class SchedulerBackend(EventBridgeSchedulerBackend):
    """EventBridge Scheduler in one account and region."""

    aws: ClassVar[Account]
    _url_module = moto.scheduler.urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._tokens: dict[str, str] = {}

    def put_schedule(self, request: dict[str, Any], *, new: bool) -> Schedule:
        """Create or replace a schedule.

        Args:
            request: The members of CreateSchedule or UpdateSchedule.
            new: Whether it is to be created.

        Raises:
            JsonRESTError: ValidationException, ConflictException or ResourceNotFoundException.
        """
        group = self.get_schedule_group(request.get("GroupName"))
        old = group.schedules.get(request["Name"])
        if new and old is not None:
            if self._tokens.get(old.arn) == request.get("ClientToken"):
                return old  # the same request again
            raise ScheduleExists(request["Name"])
        if not new:
            old = group.get_schedule(request["Name"])
        self._validate(request, group)
        schedule = self._schedule(request, group)
        schedule.creation_date = old.creation_date if old else schedule.creation_date
        group.add_schedule(schedule)
        self._tokens[schedule.arn] = str(request.get("ClientToken"))
        if schedule.state == "ENABLED":
            self._arm(schedule)
        return schedule

    def create_schedule_group(self, name: str, tags: list[dict[str, str]]) -> ScheduleGroup:
        if name in self.schedule_groups:
            conflict = JsonRESTError("ConflictException", f"Schedule group {name} already exists.")
            conflict.code = 409
            raise conflict
        return super().create_schedule_group(name, tags or [])

    def delete_schedule_group(self, name: str | None) -> None:
        if name == "default":
            raise ValidationException("The default schedule group cannot be deleted.")
        if name not in self.schedule_groups:
            raise ScheduleGroupNotFound(str(name))
        super().delete_schedule_group(name)

    def _schedule(self, request: dict[str, Any], group: ScheduleGroup) -> Schedule:
        sent = {"ActionAfterCompletion": "NONE", **request}
        given = {camelcase_to_underscores(name): value for name, value in sent.items()}
        members: Any = {name: given.get(name) for name in _MEMBERS}
        schedule = Schedule(self.region_name, self.account_id, group.name, start_date=None, end_date=None, **members)
        schedule.creation_date = schedule.last_modified_date = self.aws.clock.time()
        # moto keeps dates as they come over the wire, in seconds since the epoch.
        schedule.start_date, schedule.end_date = _epoch(request.get("StartDate")), _epoch(request.get("EndDate"))  # type: ignore[assignment]
        return schedule

    def _validate(self, request: dict[str, Any], group: ScheduleGroup) -> None:
        now = self.aws.clock.time()
        start, end = _epoch(request.get("StartDate")), _epoch(request.get("EndDate"))
        runs(request["ScheduleExpression"], request.get("ScheduleExpressionTimezone") or "UTC", now)
        if start is not None and start < now - 300:
            raise ValidationException("The StartDate you specify cannot be earlier than 5 minutes ago.")
        if end is not None and end <= max(now, start or now):
            raise ValidationException("The EndDate you specify must be later than the StartDate and the current time.")
        window = request["FlexibleTimeWindow"]
        if (window["Mode"] == "FLEXIBLE") != ("MaximumWindowInMinutes" in window):
            raise ValidationException("MaximumWindowInMinutes is required with mode FLEXIBLE, and only with it.")
        target = request["Target"]
        if ":lambda:" in target["Arn"] and "Input" in target:
            try:
                json.loads(target["Input"])
            except ValueError as error:
                raise ValidationException("Invalid RequestJson provided. Reason: The Input is not JSON.") from error
        if not self._may_assume(target["RoleArn"], group):
            raise ValidationException(
                "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
            )

    def _arm(self, schedule: Schedule) -> None:
        """Set the timers of a schedule; an update, which makes another one of it, and a deletion make them void."""
        begin = float(schedule.start_date or schedule.last_modified_date)
        if is_recurring(schedule.schedule_expression) and schedule.end_date:
            self.aws.timers.at(float(schedule.end_date), lambda: self._complete(schedule))
        times = runs(schedule.schedule_expression, schedule.schedule_expression_timezone, begin)
        self._run_next(schedule, times)

    def _run_next(self, schedule: Schedule, times: Iterator[float]) -> None:
        time = next(times, None)
        if time is not None:
            self.aws.timers.at(time, lambda: self._run(schedule, time, times))

    def _run(self, schedule: Schedule, time: float, times: Iterator[float]) -> None:
        recurring = is_recurring(schedule.schedule_expression)
        is_over = recurring and schedule.end_date and time >= float(schedule.end_date)
        if is_over or not self._is_current(schedule):
            return
        self._run_next(schedule, times)
        self._invoke(schedule, time, attempt=1)
        if not recurring:
            self._complete(schedule)

    def _may_assume(self, role_arn: str, group: ScheduleGroup) -> bool:
        # The source is the schedule group, not the schedule:
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        return may_assume(role_arn, _SERVICE, {"aws:SourceArn": group.arn})

    def _invoke(self, schedule: Schedule, scheduled: float, attempt: int) -> None:
        """Invoke the target with the schedule's role, and again after an error as its retry policy says.

        https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
        """
        if self._try_to_invoke(schedule, scheduled, attempt):
            return
        policy, now = schedule.target["RetryPolicy"], self.aws.clock.time()
        wait = min(_FIRST_RETRY_SECONDS * 2 ** (attempt - 1), _LONGEST_RETRY_SECONDS)
        too_old = now + wait - scheduled > policy.get("MaximumEventAgeInSeconds", 86400)
        if attempt <= policy.get("MaximumRetryAttempts", 185) and not too_old:
            self.aws.timers.at(now + wait, lambda: self._invoke(schedule, scheduled, attempt + 1))

    def _try_to_invoke(self, schedule: Schedule, scheduled: float, attempt: int) -> bool:
        target, role = schedule.target["Arn"], schedule.target["RoleArn"]
        need = Need("lambda:InvokeFunction", target)
        group = self.schedule_groups.get(schedule.group_name) or ScheduleGroup("", "", "")
        if not call_log.record(role, need, self._may_assume(role, group) and allowed(role, need)):
            return False
        event = schedule.target.get("Input") or "{}"
        for name, value in {
            "schedule-arn": schedule.arn,
            "scheduled-time": datetime.fromtimestamp(scheduled, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "execution-id": uuid.uuid4().hex,
            "attempt-number": str(attempt),
        }.items():
            event = event.replace(f"<aws.scheduler.{name}>", value)
        try:
            functions().invoke_later(target, event)
        except UnknownFunctionException:
            return False
        return True

    def _complete(self, schedule: Schedule) -> None:
        if self._is_current(schedule) and schedule.action_after_completion == "DELETE":
            self.delete_schedule(schedule.group_name, schedule.name)

    def _is_current(self, schedule: Schedule) -> bool:
        group = self.schedule_groups.get(schedule.group_name)
        return group is not None and group.schedules.get(schedule.name) is schedule


def _epoch(moment: datetime | None) -> float | None:
    return None if moment is None else moment.replace(tzinfo=UTC).timestamp()


scheduler_backends = BackendDict(SchedulerBackend, "scheduler")
