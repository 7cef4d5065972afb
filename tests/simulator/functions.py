"""AWS Lambda's asynchronous invocations: queued, repeated after errors, sometimes delivered twice, cut off in time.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any

from simulator.faults import Faults
from simulator.processes import Loop, Process

RETRY_DELAYS = (60.0, 120.0)
Handler = Callable[[dict[str, Any], Any], None]


@dataclass
class Invocation:
    """One run of the function.

    Attributes:
        outcome: "running", "returned", "raised" or "died" (also at the time limit).
    """

    number: int
    event: dict[str, Any]
    attempt: int
    started: float
    ended: float = 0.0
    outcome: str = "running"
    log: list[str] = field(default_factory=list)

    @property
    def is_poll(self) -> bool:
        return "Poll" in self.event

    @property
    def request_id(self) -> str:
        return str(self.event.get("RequestId", ""))


class Function:
    """The functions of all stacks, and their execution environments.

    Attributes:
        duplicates: asked at each invocation after how many seconds the same event is delivered again, None for never.
        repeated: how many events were delivered twice.
        exists: asked at each invocation whether there still is a function for the event.
        delay: the longest that an event waits in the queue, in seconds.
    """

    def __init__(
        self,
        loop: Loop,
        random: Random,
        faults: Faults,
        make_handler: Callable[[], Handler],
        arn: str,
        exists: Callable[[dict[str, Any]], bool] = lambda event: True,
        timeout: float = 180.0,
    ) -> None:
        self.loop = loop
        self.random = random
        self.faults = faults
        self.make_handler = make_handler
        self.arn = arn
        self.timeout = timeout
        self.delay = 0.5
        self.exists = exists
        self.repeated = 0
        self.duplicates: Callable[[dict[str, Any]], float | None] = lambda event: None
        self.invocations: list[Invocation] = []
        self._of_process: dict[Process, Invocation] = {}
        self._idle: list[Handler] = []

    @property
    def current(self) -> Invocation | None:
        """The invocation that holds the baton."""
        process = self.loop.current
        return self._of_process.get(process) if process else None

    def invoke(self, event: dict[str, Any]) -> None:
        """Take an event into the queue."""
        payload = json.dumps(event)
        self._queue(payload, 0, self.random.random() * self.delay)
        again = self.duplicates(event)
        if again is not None:
            self.repeated += 1
            self._queue(payload, 0, again)

    def _queue(self, payload: str, attempt: int, delay: float) -> None:
        self.loop.after(delay, lambda: self._run(payload, attempt))

    def _run(self, payload: str, attempt: int) -> None:
        event = json.loads(payload)
        if not self.exists(event):
            return
        invocation = Invocation(len(self.invocations) + 1, event, attempt, self.loop.now)
        self.invocations.append(invocation)
        handler = self._idle.pop() if self._idle else self.make_handler()
        ends_at = self.loop.now + self.timeout
        context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: int((ends_at - self.loop.now) * 1000),
            invoked_function_arn=self.arn,
            function_name=self.arn.rsplit(":", 1)[1],
            function_version="$LATEST",
            memory_limit_in_mb="128",
            aws_request_id=f"00000000-0000-4000-8000-{invocation.number:012d}",
            log_group_name=f"/aws/lambda/{self.arn.rsplit(':', 1)[1]}",
            log_stream_name="2027/01/15/[$LATEST]0123456789abcdef0123456789abcdef",
        )

        def body() -> None:
            process = self.loop.current
            assert process is not None
            self._of_process[process] = invocation
            handler(json.loads(payload), context)

        def ended(process: Process) -> None:
            del self._of_process[process]
            invocation.ended = self.loop.now
            if process.dead:
                invocation.outcome = "died"
            else:
                invocation.outcome = "raised" if process.failure else "returned"
                self._idle.append(handler)
            if invocation.outcome != "returned":
                invocation.log.append(f"{invocation.outcome}: {process.failure!r}")
                if attempt < len(RETRY_DELAYS):
                    self._queue(payload, attempt + 1, RETRY_DELAYS[attempt])

        self.loop.spawn(body, self.timeout, ended)
