"""EventBridge Scheduler whose schedules fire: moto keeps them, this package invokes their targets in AWS time.

Targets are Lambda functions. Each request is checked against the service's model.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import json
from functools import partialmethod
from typing import Any

import moto.scheduler
import moto.scheduler.models
import moto.scheduler.responses
from moto.core.responses import BaseResponse
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local_aws import request_check
from local_aws.account import Account
from local_aws.scheduler.models import SchedulerBackend, scheduler_backends


def register(aws: Account) -> None:
    """Put this Scheduler in the place of moto's."""
    scheduler_backends.clear()
    SchedulerBackend.aws = aws
    for module in (moto.scheduler, moto.scheduler.models, moto.scheduler.responses):
        aws.replace(module, "scheduler_backends", scheduler_backends)
    aws.replace(EventBridgeSchedulerResponse, "_authenticate_and_authorize_normal_action", _check)
    aws.replace(EventBridgeSchedulerResponse, "create_schedule", partialmethod(_put, new=True))
    aws.replace(EventBridgeSchedulerResponse, "update_schedule", partialmethod(_put, new=False))


def _check(response: Any, resource: str = "*") -> None:
    BaseResponse._authenticate_and_authorize_normal_action(response, resource)
    request = request_check.received(response)
    if message := request_check.check("scheduler", response._get_action(), request):
        raise ValidationException(message)


def _put(response: Any, *, new: bool) -> str:
    request = request_check.received(response)
    return json.dumps({"ScheduleArn": response.scheduler_backend.put_schedule(request, new=new).arn})
