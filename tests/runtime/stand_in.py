"""The same function in the process that the embedded AWS runs it in."""

import json
from pathlib import Path
from typing import Any

from runtime.lambda_runtime import ARN, Ended

from local_aws.clock import Clock
from local_aws.functions.execution_environment import ExecutionEnvironment

_OF_LAMBDA_ITSELF = ("START RequestId", "END RequestId", "REPORT RequestId")


class StandIn:
    """The process of a function in the embedded AWS, whose clock runs as ours.

    Args:
        folder: The function's code.
        variables: Its environment.
    """

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        clock = Clock(speed=1)
        self._log: list[str] = []
        variables = {**variables, "LOCAL_AWS_CLOCK": clock.variable}
        self._environment = ExecutionEnvironment(clock, folder, variables, self._log.append)

    def invoke(self, event: Any, request_id: str = "00000000", timeout: float = 60.0) -> Ended:
        """Run the function once.

        Args:
            event: The event.
            request_id: The invocation's id.
            timeout: Seconds after which it is ended.
        """
        outcome = self._environment.invoke(event, request_id, ARN, timeout)
        log = [line for line in self._log if not line.startswith(_OF_LAMBDA_ITSELF)]
        self._log.clear()
        return Ended(json.loads(outcome.payload), outcome.error, log)

    def close(self) -> None:
        """End the process."""
        self._environment.kill()
