"""How a schedule invokes its target: with the schedule's role, and again after an error as its retry policy says.

https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
"""

import uuid
from datetime import UTC, datetime
from typing import ClassVar

from moto.awslambda.exceptions import UnknownFunctionException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup

from local_aws.account import Account
from local_aws.functions.invocations import functions
from local_aws.permissions import call_log
from local_aws.permissions.action import Need
from local_aws.permissions.policy import allowed, may_assume

_SERVICE = "scheduler.amazonaws.com"
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 3600.0


class TargetInvocation(EventBridgeSchedulerBackend):
    """Invokes the functions that are the targets of schedules."""

    aws: ClassVar[Account]

    def _may_assume(self, role_arn: str, group: ScheduleGroup) -> bool:
        # The source is the schedule group, not the schedule:
        # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        return may_assume(role_arn, _SERVICE, {"aws:SourceArn": group.arn})

    def _invoke(self, schedule: Schedule, scheduled: float, attempt: int) -> None:
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
