"""EventBridge Scheduler whose schedules fire: moto keeps them, this package invokes their targets in AWS time.

``rate()`` and ``at()`` schedules fire; ``cron()`` schedules are kept but do not. Targets are Lambda functions.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from typing import TYPE_CHECKING

import moto.scheduler
import moto.scheduler.models
import moto.scheduler.responses

from local_aws.scheduler.models import SchedulerBackend, scheduler_backends
from local_aws.timers import Timers

if TYPE_CHECKING:
    from local_aws.server import LocalAws

_MODULES = (moto.scheduler, moto.scheduler.models, moto.scheduler.responses)
_moto_backends = moto.scheduler.models.scheduler_backends


def register(local_aws: "LocalAws") -> None:
    """Put this Scheduler in the place of moto's.

    Args:
        local_aws: The embedded AWS that starts.
    """
    scheduler_backends.clear()
    SchedulerBackend.local_aws = local_aws
    SchedulerBackend.timers = Timers(local_aws.clock)
    for module in _MODULES:
        module.scheduler_backends = scheduler_backends  # type: ignore[attr-defined]


def close() -> None:
    """Stop, so that no schedule fires any more, and give moto its own back."""
    SchedulerBackend.timers.close()
    for module in _MODULES:
        module.scheduler_backends = _moto_backends  # type: ignore[attr-defined]
