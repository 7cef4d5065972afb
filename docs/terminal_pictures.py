"""Pictures of the terminal with the command line's output, as SVG."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path

from rich.console import Console, RenderableType

from personalize_csv import DataFile, Schema, check_import, source_files
from personalize_import_cli.check.as_text import print_text
from personalize_import_cli.check.result import Result
from personalize_import_cli.watch.expectation import Expectation
from personalize_import_cli.watch.live_table import picture
from personalize_import_cli.watch.view import Row, View

_SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
# Times of day are those of this zone, on every machine.
_NOON = datetime.datetime(2026, 1, 1, 12)


def check() -> str:
    """Return a picture of ``personalize-import check``."""
    lines = ["user_id,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE,EVENT_VALUE,IMPRESSION"]
    lines += [f"user-{n % 90},item-{n % 40},{1700000000000 + n * 60000},view,phone,," for n in range(1500)]
    lines[12] = f"user-11,{'item' * 80},1700000660000,view,phone,,"
    content = "\n".join(lines).encode()
    name = "interactions.csv"
    schema = Schema.parse((_SCHEMAS / name).with_suffix(".json").read_text(encoding="utf-8"), "interactions", None)
    report = check_import(source_files(name, name, [(name, len(content))]), [DataFile(name, content)], schema=schema)
    console = new_console()
    print_text(Result(name, report, parts_only=False, strict=False), console)
    return svg(console, f"personalize-import check {name} --schema interactions.json --type interactions")


def watch() -> str:
    """Return a picture of ``personalize-import watch``."""

    def at(minutes: float) -> datetime.datetime:
        return _NOON + datetime.timedelta(minutes=minutes)

    earlier = Expectation(tuple(datetime.timedelta(minutes=minutes) for minutes in (14, 15.5, 16)))
    behind = "Shop/Items, Shop/Actions, nightly-1, nightly-2, nightly-3"
    rows = (
        Row(
            "Shop/Items",
            "Shop-Items-2f1c9a40be-77aa01c3-5d0e9f21",
            "CREATE IN_PROGRESS",
            at(0),
            expected=earlier,
            expected_end=at(15.5),
        ),
        Row("Shop/Actions", "Shop-Actions-9be07a1c55-0d4410ef-5d0e9f21", "CREATE PENDING", at(1)),
        Row(
            "Shop/Interactions",
            "",
            "CREATE_IN_PROGRESS",
            at(0),
            note=f"waits for the quota of 5 running jobs, behind {behind}; the first is expected to end at 12:15",
        ),
        Row(
            "Shop/Users",
            "Shop-Users-04d1bb7f3a-c1e8330a-5d0e9f21",
            "ACTIVE",
            at(0),
            ended=at(6),
            is_active=True,
        ),
    )
    console = new_console()
    _print(console, picture(View("stack Shop, CREATE_IN_PROGRESS", rows, is_ended=False), at(8)))
    return svg(console, "personalize-import watch Shop")


def new_console() -> Console:
    """Return a terminal whose output can be drawn."""
    return Console(record=True, file=io.StringIO(), width=110, force_terminal=True, color_system="truecolor")


def _print(console: Console, renderable: RenderableType) -> None:
    console.print(renderable)


def svg(console: Console, title: str) -> str:
    """Return a picture of what a terminal shows."""
    drawn = console.export_svg(title=title, unique_id="terminal")
    # The picture is whole by itself: no font of another host, and the reader's own fixed-width one.
    drawn = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", drawn, flags=re.MULTILINE).replace("Fira Code", "ui-monospace") + "\n"
