"""What the invocations for one request tell the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdk_personalize_import_handler.dataset_import.properties import text


@dataclass(frozen=True)
class Progress:
    """What the invocations for one request tell the next one, through the schedule's input.

    Only a shortcut: a request without it comes to the same end with more calls.

    Attributes:
        decided: A job has to be started, and the preflight had nothing against it.
        started: The request's job was seen, or its start accepted.
        waiting_for: What kept the job from being started.
        following: The names of the jobs whose end a Delete waits for.
        denied_since: Since when a permission has been missing, in epoch seconds, 0 while none is.
    """

    decided: bool = False
    started: bool = False
    waiting_for: str = ""
    following: tuple[str, ...] = ()
    denied_since: float = 0.0

    @property
    def follows_job(self) -> bool:
        """Whether a job is under way, whose end is waited for."""
        return self.started or bool(self.following)

    @classmethod
    def read(cls, poll: Mapping[str, Any]) -> Progress:
        """Read the progress from a poll's event."""
        return cls(
            decided=poll.get("Decided") is True,
            started=poll.get("Started") is True,
            waiting_for=text(poll, "WaitingFor"),
            following=tuple(poll.get("Following") or ()),
            denied_since=float(poll.get("DeniedSince") or 0),
        )

    def as_poll(self) -> dict[str, Any]:
        """Return the members of a poll's event that tell the progress."""
        return {
            "Decided": self.decided,
            "Started": self.started,
            "WaitingFor": self.waiting_for,
            "Following": list(self.following),
            "DeniedSince": self.denied_since,
        }
