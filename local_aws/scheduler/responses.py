"""Handles EventBridge Scheduler's requests: checks each against the service's model, then asks the backend."""

import json

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local_aws import request_check
from local_aws.scheduler.models import SchedulerBackend, scheduler_backends


class SchedulerResponse(EventBridgeSchedulerResponse):
    """Handler for EventBridge Scheduler's requests: checks each against the service's model."""

    @property
    def scheduler_backend(self) -> SchedulerBackend:
        return scheduler_backends[self.current_account][self.region]

    def _authenticate_and_authorize_normal_action(self, resource: str = "*") -> None:
        super()._authenticate_and_authorize_normal_action(resource)
        broken = request_check.check("scheduler", self._get_action(), request_check.received(self, "scheduler"))
        if broken:
            raise ValidationException(request_check.message(broken))

    def create_schedule(self) -> str:
        return self._put_schedule(new=True)

    def update_schedule(self) -> str:
        return self._put_schedule(new=False)

    def _put_schedule(self, *, new: bool) -> str:
        schedule = self.scheduler_backend.put_schedule(request_check.received(self, "scheduler"), new=new)
        return json.dumps({"ScheduleArn": schedule.arn})
