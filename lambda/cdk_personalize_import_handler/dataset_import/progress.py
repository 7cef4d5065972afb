"""How far an import has come, as one invocation tells the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cdk_personalize_import_handler.custom_resource.property_values import text
from cdk_personalize_import_handler.custom_resource.request import Memory


@dataclass(frozen=True)
class Progress:
    """How far an import has come.

    Only a shortcut: a request without it comes to the same end with more calls.

    Attributes:
        decided: A job has to be started, and the preflight had nothing against it.
        started: The request's job was seen, or its start accepted.
        waiting_for: What kept the job from being started.
        following: The names of the jobs whose end a Delete waits for.
        denied_since: Since when a permission has been missing, in epoch seconds, 0 while none is.
        warnings: What the preflight warned of, by the kind of failure that it would explain.
        taken_over: What an import between deployments has from the stack, and not from its request.
    """

    decided: bool = False
    started: bool = False
    waiting_for: str = ""
    following: tuple[str, ...] = ()
    denied_since: float = 0.0
    warnings: Mapping[str, str] = field(default_factory=dict)
    taken_over: Mapping[str, str] = field(default_factory=dict)

    @property
    def follows_job(self) -> bool:
        """Whether a job is under way, whose end is waited for."""
        return self.started or bool(self.following)

    @classmethod
    def recall(cls, memory: Memory) -> Progress:
        """Return the progress that a request remembers."""
        return cls(
            decided=memory.get("Decided") is True,
            started=memory.get("Started") is True,
            waiting_for=text(memory, "WaitingFor"),
            following=tuple(memory.get("Following") or ()),
            denied_since=float(memory.get("DeniedSince") or 0),
            warnings=dict(memory.get("Warnings") or {}),
            taken_over=dict(memory.get("TakenOver") or {}),
        )

    @property
    def memory(self) -> Memory:
        """What the next invocation has to know."""
        return {
            "Decided": self.decided,
            "Started": self.started,
            "WaitingFor": self.waiting_for,
            "Following": list(self.following),
            "DeniedSince": self.denied_since,
            **({"Warnings": dict(self.warnings)} if self.warnings else {}),
            **({"TakenOver": dict(self.taken_over)} if self.taken_over else {}),
        }
