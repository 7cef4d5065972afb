"""What the function logs, kept apart from the test run's own log."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from simulator.clients import CREDENTIALS
from simulator.templates import TAG

SECRETS = (*CREDENTIALS.values(), TAG, "X-Amz-Signature", "AKIASIGNER", "cloudformation-custom-resource-response")


class Log(logging.Handler):
    """Keeps every record's text.

    Attributes:
        lines: time and text of each record.
        leaks: texts with something in them that must never be logged.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.now = now
        self.lines: list[tuple[float, str]] = []
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.lines.append((self.now(), f"{record.levelname} {text}"))
        if any(secret in text for secret in SECRETS):
            self.leaks.append(text)

    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)


@contextmanager
def captured(log: Log) -> Iterator[None]:
    """Let the root logger have this handler only, as Lambda's has its own only."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [log]
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
