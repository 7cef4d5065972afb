"""EventBridge Scheduler whose schedules fire: moto keeps them, this package invokes their targets in AWS time.

Targets are Lambda functions.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import moto.scheduler
import moto.scheduler.models
import moto.scheduler.responses

from local_aws.account import Account
from local_aws.scheduler.models import SchedulerBackend, scheduler_backends

_MODULES = (moto.scheduler, moto.scheduler.models, moto.scheduler.responses)


def register(aws: Account) -> None:
    """Put this Scheduler in the place of moto's.

    Args:
        aws: The embedded AWS that starts.
    """
    scheduler_backends.clear()
    SchedulerBackend.aws = aws
    for module in _MODULES:
        aws.replace(module, "scheduler_backends", scheduler_backends)
