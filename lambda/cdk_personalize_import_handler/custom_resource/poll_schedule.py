"""The schedule that repeats a request as polls until it is answered.

CloudFormation has at most one Create or Update open for a resource, so these have one schedule together: a newer
request takes it over, which ends the polls of one that CloudFormation gave up. A Delete has one of its own, because
several ids of a resource can be cleaned up at once. Schedules lie in a schedule group of the stack's own, end by
themselves after the request's deadline, and are deleted then at the latest.
https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize_import_handler.custom_resource.clock import Clock
from cdk_personalize_import_handler.custom_resource.outcome import ScheduleError, SupersededError
from cdk_personalize_import_handler.custom_resource.request import Request, deadline, issued_at, looked_at

logger = logging.getLogger(__name__)

# Polls go on a while past the deadline, in case the reply was not accepted at first.
_AFTER_DEADLINE = 300.0
# A schedule's role, made in the same deployment, can take this long to be usable.
_PATIENCE = 90.0
_PAUSE = 5.0


class PollSchedule:
    """The schedule of one request.

    Args:
        client: An EventBridge Scheduler client.
        clock: The time.
        group: The name of the schedule group.
        role_arn: The role with which EventBridge Scheduler invokes the function.
        request: The request.
    """

    def __init__(self, client: Any, clock: Clock, group: str, role_arn: str, request: Request) -> None:
        self._client = client
        self._clock = clock
        self._role_arn = role_arn
        self._request = request
        self._shared = {"GroupName": group, "Name": request.schedule_name}
        self._own = {"GroupName": group, "Name": request.own_schedule_name}

    def is_current(self) -> bool:
        """Return whether the schedule is this request's, or, before its first poll, nobody's.

        True where that can't be seen.
        """
        try:
            event = self._event(self._own)
        except (ClientError, BotoCoreError) as error:
            logger.warning("the schedule could not be read (%s)", type(error).__name__)
            return True
        if event is None:
            return not self._request.is_poll  # One that is gone was ended by a newer request.
        return bool(event["RequestId"] == self._request.request_id)

    def looked_at(self) -> float:
        """Return when the last look for this request began, 0 where that isn't noted or can't be seen."""
        try:
            event = self._own_event()
        except (ClientError, BotoCoreError) as error:
            logger.warning("the schedule could not be read (%s)", type(error).__name__)
            return 0.0
        return looked_at(event) if event else 0.0

    def others_poll(self) -> bool:
        """Return whether the resource has polls of another request: on the shared schedule, or on this one's own."""
        found = [self._event(key) for key in (self._shared, self._own)]
        return any(event is not None and event["RequestId"] != self._request.request_id for event in found)

    def has(self, suffix: str) -> bool:
        """Return whether there is a further schedule of the resource; False where that can't be seen."""
        try:
            return self._event(self._further(suffix)) is not None
        except (ClientError, BotoCoreError) as error:
            logger.warning("a schedule could not be read (%s)", type(error).__name__)
            return False

    def end(self, suffix: str) -> bool:
        """End a further schedule of the resource; one that can't be ended ends by itself.

        Returns:
            Whether there may have been one.
        """
        try:
            self._client.delete_schedule(**self._further(suffix))
        except (ClientError, BotoCoreError) as error:
            if _is(error, "ResourceNotFoundException"):
                return False
            logger.warning("a schedule could not be ended (%s)", type(error).__name__)
        return True

    def _further(self, suffix: str) -> dict[str, str]:
        return {**self._shared, "Name": f"{self._shared['Name']}-{suffix}"}

    def end_older(self, go_on: Callable[[Mapping[str, Any]], bool] | None = None) -> None:
        """End the polls of an earlier Create or Update of the resource.

        Args:
            go_on: Tells whether they go on beside this request.

        Raises:
            SupersededError: The schedule belongs to a newer request.
        """
        try:
            event = self._event(self._shared)
            if event is None or event["RequestId"] == self._request.request_id:
                return
            if go_on and go_on(event):
                return
            self._check_age(event)
            self._client.delete_schedule(**self._shared)
        except (ClientError, BotoCoreError) as error:
            # Polls that go on ask CloudFormation before they start a job.
            logger.warning("the schedule could not be ended (%s)", type(error).__name__)

    def keep(
        self,
        poll: Mapping[str, Any],
        function_arn: str,
        may_be_made: Callable[[], bool] = lambda: True,
        *,
        overwrite: bool = False,
    ) -> None:
        """Make the schedule repeat this poll; the first invocation makes the schedule if there is none.

        Args:
            poll: The poll.
            function_arn: The function that gets it.
            may_be_made: Tells whether a schedule may be made for this request.
            overwrite: Whether the poll tells more than what another invocation for the same event may have scheduled.

        Raises:
            SupersededError: The schedule belongs to a newer request, was ended by one, or nobody waits any more.
            ScheduleError: EventBridge Scheduler did not accept it, for a minute and a half.
        """
        gives_up_at = self._clock.time() + _PATIENCE
        while True:
            try:
                return self._put(poll, function_arn, may_be_made, overwrite)
            except (ClientError, BotoCoreError) as error:
                if self._clock.time() + _PAUSE > gives_up_at:
                    raise ScheduleError(f"the polls could not be scheduled: {error}") from error
                logger.warning("the schedule was not accepted, trying again (%s)", error)
            self._clock.sleep(_PAUSE)

    def remove(self) -> None:
        """Delete the schedule unless a newer request has taken it over; one that can't be deleted ends by itself."""
        try:
            if self._own_event():
                self._client.delete_schedule(**self._own)
        except (ClientError, BotoCoreError) as error:
            logger.warning("the schedule could not be deleted, it will end by itself (%s)", type(error).__name__)

    def _put(
        self, poll: Mapping[str, Any], function_arn: str, may_be_made: Callable[[], bool], overwrite: bool
    ) -> None:
        end = max(deadline(poll), self._clock.time()) + _AFTER_DEADLINE
        schedule = {
            **self._own,
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "EndDate": datetime.datetime.fromtimestamp(end, datetime.UTC),
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": function_arn,
                "RoleArn": self._role_arn,
                "Input": json.dumps(poll),
                # The next tick is the retry.
                "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1},
            },
        }
        if self._request.is_poll:
            # What can't be read may be a newer request's, whose polls must not be taken.
            if not self._own_event():
                raise SupersededError
            self._client.update_schedule(**schedule)
            return
        if not may_be_made():
            raise SupersededError
        try:
            self._client.create_schedule(**schedule)
        except ClientError as error:
            if not _is(error, "ConflictException"):
                raise
            current = self._event(self._own)
            if current is not None and current["RequestId"] != self._request.request_id:
                self._check_age(current)
            elif current is not None and not overwrite:
                return  # The same event was delivered twice: the other invocation knows as much, or more.
            self._client.update_schedule(**schedule)

    def _own_event(self) -> dict[str, Any] | None:
        """The poll that the schedule repeats for this request, None where it has none, or another's."""
        event = self._event(self._own)
        return event if event and event["RequestId"] == self._request.request_id else None

    def _event(self, key: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            schedule = self._client.get_schedule(**key)
        except ClientError as error:
            if _is(error, "ResourceNotFoundException"):
                return None
            raise
        event: dict[str, Any] = json.loads(schedule["Target"]["Input"])
        return event

    def _check_age(self, event: Mapping[str, Any]) -> None:
        if self._request.gives_way or issued_at(event) > self._request.issued_at:
            raise SupersededError


def _is(error: ClientError | BotoCoreError, code: str) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == code
