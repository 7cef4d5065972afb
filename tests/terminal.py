"""Runs a command on a terminal, as a person would."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence

ROWS, COLUMNS = 50, 120


def run_on_a_terminal(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command, and return its exit code and all that it sent to the terminal."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    plain = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    plain["TERM"] = "xterm-256color"
    with subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, env=plain | {"TERM": "xterm-256color"}
    ) as process:
        os.close(its)
        sent = b""
        while piece := _read(ours):
            sent += piece
    os.close(ours)
    return process.returncode, sent.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side is closed.
        return b""
