"""One invocation for a request: whether the request is prompt, open, current, due. Nothing else decides that.

All of it is asked when it is needed, and what CloudFormation says is only loaded then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from cdk_personalize_import_handler.custom_resource import ticks
from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.outcome import SupersededError
from cdk_personalize_import_handler.custom_resource.request import LOOKED_AT, Request, is_answered

if TYPE_CHECKING:
    from cdk_personalize_import_handler.custom_resource.poll_schedule import PollSchedule

# Later than this, in seconds, CloudFormation may have given the request up. It is asked before anything is started.
_PROMPT = 10.0
# Whether an Update may fail, and whether a Delete ends imports, depends on one answer. It is asked for again after so
# many seconds.
_PAUSES = (1.0, 3.0, 6.0, 0.0)


class Clients(Protocol):
    """The AWS clients that polling needs."""

    @property
    def scheduler(self) -> Any: ...  # noqa: D102
    @property
    def cloudformation(self) -> Any: ...  # noqa: D102


class Invocation:
    """One invocation of the function for a request.

    Args:
        clients: The AWS clients.
        clock: The time.
        request: The request.
        context: Lambda's context.

    Attributes:
        clock: The time.
    """

    def __init__(self, clients: Clients, clock: Clock, request: Request, context: Any) -> None:
        self.clock = clock
        self._clients = clients
        self._request = request
        self._context = context
        self._invoked_at = clock.time()
        self._answers: dict[Callable[[Any, Request], bool | None], bool] = {}
        self._known_schedule: PollSchedule | None = None

    @property
    def _schedule(self) -> PollSchedule:
        if self._known_schedule is None:
            # A request that nobody waits for doesn't need it.
            from cdk_personalize_import_handler.custom_resource.poll_schedule import PollSchedule

            group, role_arn = os.environ["SCHEDULE_GROUP_NAME"], os.environ["SCHEDULE_ROLE_ARN"]
            self._known_schedule = PollSchedule(self._clients.scheduler, self.clock, group, role_arn, self._request)
        return self._known_schedule

    @property
    def is_prompt(self) -> bool:
        """Whether the request is so new that CloudFormation surely waits for it."""
        return self.clock.time() < self._request.issued_at + _PROMPT

    def is_open(self) -> bool:
        """Return whether CloudFormation still waits for the request, a Create or an Update."""
        if self.is_prompt:
            return True
        from cdk_personalize_import_handler.custom_resource import stack_resource

        return self._answered(stack_resource.is_waiting)

    def is_current(self) -> bool:
        """Return whether the request is open, and no newer one has taken over."""
        if self.is_prompt and not self._request.is_poll:
            return True
        # The background's looks begin with what CloudFormation says.
        return self._schedule.is_current() and (self._request.is_answered or self.is_open())

    def only_cleans_up(self) -> bool:
        """Return whether the request, a Delete, only cleans up an id that an Update has replaced.

        False where that can't be seen.
        """
        from cdk_personalize_import_handler.custom_resource import stack_resource

        return self._answered(stack_resource.lives_on)

    def is_rolling_back(self) -> bool:
        """Return whether the request is part of a rollback; False where that can't be seen."""
        from cdk_personalize_import_handler.custom_resource import stack_resource

        if self._request.request_type != "Update":
            return False
        return self._answered(stack_resource.is_rolling_back)

    def _answered(self, question: Callable[[Any, Request], bool | None]) -> bool:
        """Ask CloudFormation a question, once, however often this invocation needs the answer."""
        if question not in self._answers:
            self._answers[question] = self._answer(question)
        return self._answers[question]

    def _answer(self, question: Callable[[Any, Request], bool | None]) -> bool:
        for pause in _PAUSES:
            answer = question(self._clients.cloudformation, self._request)
            if answer is not None:
                return answer
            self.clock.sleep(pause)
        return False

    def stands(self) -> bool | None:
        """Return whether the resource is as this request's answer left it, None where that can't be seen now."""
        from cdk_personalize_import_handler.custom_resource import stack_resource

        return stack_resource.stands(self._clients.cloudformation, self._request)

    def is_due(self, interval: float) -> bool:
        """Return whether this invocation looks, when so many seconds lie between two looks.

        It waits for a look that is nearly due.
        """
        if interval < ticks.TICK or self._invoked_at >= self._request.deadline:
            return True
        looked_at = float(self._request.memory.get(LOOKED_AT) or 0)
        missing = ticks.seconds_until_due(self.clock.time(), looked_at, interval)
        if missing <= ticks.MOMENT:
            # A tick that is late, or comes twice, doesn't know of the look that was taken meanwhile.
            looked_at = max(looked_at, self._schedule.looked_at())
            missing = ticks.seconds_until_due(self.clock.time(), looked_at, interval)
        if missing > ticks.MOMENT:
            return False
        self.clock.sleep(missing)
        return True

    def has_time_for(self, pause: float) -> bool:
        """Return whether a look after a pause still belongs to this invocation."""
        remaining = self._context.get_remaining_time_in_millis() / 1000
        return ticks.fits(pause, now=self.clock.time(), invoked_at=self._invoked_at, remaining=remaining)

    def end_older(self) -> None:
        """End the polls of an earlier Create or Update of the resource.

        Raises:
            SupersededError: The request is an Update, and a newer one has taken over.
        """
        try:
            self._schedule.end_older(self._go_on_beside)
        except SupersededError:
            # A Delete that arrives a second time, when the resource is being created again, leaves that be.
            if self._request.request_type != "Delete":
                raise

    def end_further(self, suffixes: Sequence[str]) -> bool:
        """End further schedules of the resource, by the ends of their names, and return whether there were any."""
        ended = [self._schedule.end(suffix) for suffix in suffixes]
        return any(ended)

    def polls_further(self, suffix: str) -> bool:
        """Return whether there is a further schedule of the resource, by the end of its name."""
        return self._schedule.has(suffix)

    def _go_on_beside(self, poll: Mapping[str, Any]) -> bool:
        """Return whether polls go on beside this request, which only cleans up another id than theirs."""
        own_id, polled_id = self._request.physical_resource_id, poll.get("PhysicalResourceId")
        if self._request.request_type != "Delete" or not polled_id or polled_id == own_id:
            return False
        return is_answered(poll) or self.only_cleans_up()

    def keep_polling(self, poll: Mapping[str, Any], *, overwrite: bool) -> None:
        """Let the schedule repeat a poll from now on.

        Args:
            poll: The poll.
            overwrite: Whether it tells more than what another invocation for the same event may have scheduled.

        Raises:
            SupersededError: A newer request has taken over, or nobody waits any more.
            ScheduleError: EventBridge Scheduler did not accept it, for a minute and a half.
        """
        is_new = not self._request.is_poll and self._request.request_type != "Delete" and not is_answered(poll)
        may_be_made = self.is_open if is_new else lambda: True
        self._schedule.keep(poll, self._context.invoked_function_arn, may_be_made, overwrite=overwrite)

    def end_polls(self) -> None:
        """End the polls of this request."""
        self._schedule.remove()
