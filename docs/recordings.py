"""Records what commands print, as text and as pictures for the documentation: ``make pictures``.

Each command is run as it stands. Of its output the last part is kept, which says how it went.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from terminal_pictures import new_console, svg

DOCS = Path(__file__).parent
TEXTS = DOCS / "recorded"
PICTURES = DOCS / "pages" / "assets"
# What a make within a make says, what the function logs, and empty lines.
_NOISE = re.compile(r"^make(\[\d+\])?:|^ *(START|END|REPORT|INFO|WARNING|ERROR)\b|^ *\{|^$")


@dataclass(frozen=True)
class Recording:
    """A command whose output is recorded.

    Attributes:
        name: Name of the files.
        command: The command, as somebody types it.
        begins: Pattern of the first line that is kept.
        leaves_out: Pattern of lines that are left out.
    """

    name: str
    command: str
    begins: str
    leaves_out: str = "(?!)"


RECORDINGS = [
    Recording("deploy-local", "make deploy-local", r"^Outputs:", r"^Stack ARN|^arn:aws:cloudformation|Total time"),
    Recording(
        "broken-data",
        'make deploy-local CDK_ARGS="-c data=examples/broken"',
        r"failed to deploy",
        r"[Ll]ogs|CloudTrail|Source Location|no user code|Left behind",
    ),
]


def main(names: list[str]) -> None:
    """Record the commands of these names, or all."""
    for recording in RECORDINGS:
        if not names or recording.name in names:
            text = f"$ {recording.command}\n...\n{record(recording)}\n"
            (TEXTS / f"{recording.name}.txt").write_text(text, encoding="utf-8")
            (PICTURES / f"{recording.name}.svg").write_text(picture(text, recording.command), encoding="utf-8")


def record(recording: Recording) -> str:
    """Run a command and return the last part of what it prints."""
    environment = os.environ | {"NO_COLOR": "1", "CI": "true"}
    run = subprocess.run(
        recording.command,
        shell=True,
        check=False,
        cwd=DOCS.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Without colours, and without the CLI's pictographs, for which fonts often have no sign.
    lines = [re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r|[✅✨❌‣] *", "", line).rstrip() for line in run.stdout.splitlines()]
    first = next(number for number, line in enumerate(lines) if re.search(recording.begins, line))
    kept = [line for line in lines[first:] if not _NOISE.search(line)]
    return "\n".join(line for line in kept if not re.search(recording.leaves_out, line))


def picture(text: str, title: str) -> str:
    """Return a picture of a terminal that shows a text."""
    console = new_console()
    for line in text.splitlines():
        console.print(Text(line, style="bold" if line.startswith("$") else ""), highlight=True)
    return svg(console, title)


if __name__ == "__main__":
    main(sys.argv[1:])
