"""What can come of a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_personalize_import_handler.custom_resource.request import Memory


@dataclass(frozen=True, eq=False, repr=False)
class Finished:
    """The request has succeeded.

    Attributes:
        physical_id: The PhysicalResourceId to reply with.
        attributes: What Fn::GetAtt returns.
        warning: What the user should know all the same.
        memory: What another invocation has to know that must reply once more, or goes on.
        goes_on_until: Until when polls go on in the background after the reply, in epoch seconds, 0 where they end.
    """

    physical_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    warning: str = ""
    memory: Memory = field(default_factory=dict)
    goes_on_until: float = 0.0


@dataclass(frozen=True, eq=False, repr=False)
class Waiting:
    """The request has no answer yet.

    Attributes:
        reason: What it waits for.
        memory: What the next invocation has to know.
        pause: In how many seconds another look pays, None to leave it to the next tick.
        result_id: The id of what the request has brought about, empty as long as there is nothing.
    """

    reason: str
    memory: Memory
    pause: float | None = None
    result_id: str = ""


Outcome = Finished | Waiting


class FailedError(Exception):
    """The request has failed.

    Attributes:
        physical_id: The PhysicalResourceId to reply with where there is no result.
        result_id: The id of what the request has brought about, empty where there is nothing.
        memory: What another invocation has to know that must reply once more.
    """

    def __init__(self, message: str, physical_id: str, result_id: str, memory: Memory) -> None:
        super().__init__(message)
        self.physical_id = physical_id
        self.result_id = result_id
        self.memory = memory


class SupersededError(Exception):
    """A newer request has taken over, or nobody waits any more: this request does nothing and gets no reply."""


class ScheduleError(Exception):
    """The schedule of polls could not be made."""
