"""An embedded AWS in the background: started, found again and stopped by way of a file."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1]
"""The repository."""

_STATE_FOLDER = Path(os.environ.get("LOCAL_AWS_STATE") or FOLDER)
"""Another folder lets several run side by side."""

_STATE = _STATE_FOLDER / ".local-aws.json"
_LOG = _STATE_FOLDER / ".local-aws.log"
_LONGEST_START = 60.0
_LOOK_SECONDS = 0.1


class BackgroundError(Exception):
    """It can't be started, or isn't there; the message says what to do."""


def start(options: Sequence[str]) -> dict[str, str]:
    """Start an embedded AWS in the background and return its environment variables.

    Args:
        options: Options of ``python -m local_aws run``.

    Raises:
        BackgroundError: One runs already, or it didn't come up.
    """
    if _running() is not None:
        raise BackgroundError("An embedded AWS already runs in the background. End it with: make local-aws-stop")
    with _LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local_aws", "run", *options],
            cwd=FOLDER,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + _LONGEST_START
    while time.monotonic() < deadline and process.poll() is None:
        if (state := _running()) and state["pid"] == process.pid:
            return environment()
        time.sleep(_LOOK_SECONDS)
    process.kill()
    raise BackgroundError(f"The embedded AWS didn't start:\n{_LOG.read_text(encoding='utf-8')}")


def environment() -> dict[str, str]:
    """Return the environment variables of the embedded AWS that runs in the background.

    Raises:
        BackgroundError: There is none.
    """
    if (state := _running()) is None:
        raise BackgroundError("No embedded AWS runs in the background. Start one with: make local-aws-start")
    variables: dict[str, str] = state["environment"]
    return variables


def stop() -> None:
    """End the embedded AWS that runs in the background; returns when it has gone.

    Raises:
        BackgroundError: There is none.
    """
    environment()
    while (state := _running()) is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(state["pid"], signal.SIGTERM)
        time.sleep(_LOOK_SECONDS)


@contextlib.contextmanager
def announced(variables: Mapping[str, str]) -> Iterator[None]:
    """Let `environment` and `stop` find this process, for the time of a ``with`` block."""
    ours = json.dumps({"pid": os.getpid(), "environment": variables})
    if _running() is None:
        _STATE.write_text(ours, encoding="utf-8")
    try:
        yield
    finally:
        if _STATE.exists() and _STATE.read_text(encoding="utf-8") == ours:
            _STATE.unlink()


def exports(variables: Mapping[str, str]) -> str:
    """Return environment variables as a shell evaluates them."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _running() -> dict[str, Any] | None:
    """What the one that runs has announced."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
        state: dict[str, Any] = json.loads(_STATE.read_text(encoding="utf-8"))
        os.kill(state["pid"], 0)
        return state
    return None
