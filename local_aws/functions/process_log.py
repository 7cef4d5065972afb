"""The log of a Lambda function, as its process writes it: Lambda's own formats, and messages to whoever started it.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import json
import logging
import os
import sys
import time
import traceback
from typing import Any

_JSON_TIME = "%Y-%m-%dT%H:%M:%SZ"
_NO_BREAK_SPACE = "\u00a0"
"""What Lambda indents a trace with."""


class LogHandler(logging.Handler):
    """Sends each log record as one event, also one of several lines, in the format that the function is set to.

    Like Lambda's own handler it leaves all of the line to its formatter, which libraries replace.
    """

    def __init__(self) -> None:
        super().__init__()
        self.request_id = ""
        as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
        text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        self.setFormatter(JsonFormatter() if as_json else logging.Formatter(text, "%Y-%m-%dT%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record."""
        record.aws_request_id = self.request_id
        send({"log": self.format(record)})


class JsonFormatter(logging.Formatter):
    """The format of functions whose logging is set to JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of JSON."""
        kind, error, trace = record.exc_info or (None, None, None)
        members = {
            "timestamp": time.strftime(_JSON_TIME, time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if trace else None,
            "errorType": kind.__name__ if kind else None,
            "errorMessage": str(error) if kind else None,
            "requestId": getattr(record, "aws_request_id", ""),
            "location": f"{record.pathname}:{record.funcName}:{record.lineno}" if kind else None,
        }
        return json.dumps({name: value for name, value in members.items() if value is not None}, ensure_ascii=False)


def send(message: dict[str, Any]) -> None:
    """Send a message to the process that started this one, after everything that was printed before."""
    sys.stdout.flush()
    sys.stdout.write("\0" + json.dumps(message) + "\n")
    sys.stdout.flush()


def log_error(error: dict[str, Any]) -> None:
    """Write an exception to the log as Lambda does, in the format that the function is set to."""
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        send({"log": json.dumps({"timestamp": time.strftime(_JSON_TIME), "level": "ERROR", **error})})
        return
    lines = [line for entry in error["stackTrace"] for line in entry.splitlines()]
    indented = [_NO_BREAK_SPACE * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ") for line in lines]
    heading = f"[ERROR] {error['errorType']}: {error['errorMessage']}"
    send({"log": "\n".join([heading, "Traceback (most recent call last):", *indented])})
