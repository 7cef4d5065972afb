"""The imports as a table that changes in place, on a terminal."""

from __future__ import annotations

import datetime
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from personalize_import_cli.printable import printable
from personalize_import_cli.watch.times import clock, earlier, span
from personalize_import_cli.watch.view import Row, View


class LiveTable:
    """A screen for `follow`.

    Args:
        console: The terminal.
    """

    def __init__(self, console: Console) -> None:
        # It refreshes when it is told to, never by itself in a thread; at its end it is shown whole.
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="ellipsis")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._live.stop()

    def show(self, view: View, now: datetime.datetime, trouble: str) -> None:
        """Show the imports as they are, in the place of what was shown before."""
        self._live.update(picture(view, now, trouble), refresh=True)


def picture(view: View, now: datetime.datetime, trouble: str = "") -> RenderableType:
    """Return the table, with those imports at its end that need no more attention."""
    table = Table(title=Text(printable(view.title)), title_justify="left", expand=False)
    table.add_column("Import", overflow="fold")
    table.add_column("Status", no_wrap=True)
    table.add_column("Since", no_wrap=True)
    table.add_column("Expected end", overflow="fold", min_width=16)
    for row in sorted(view.rows, key=lambda row: row.is_active):
        table.add_row(_name(row), _status(row), _since(row, now), _expected(row, now))
    below = [Text(printable(trouble), "yellow")] if trouble else []
    if view.is_ended:
        below.append(Text(printable(view.summary), "green" if view.exit_code == 0 else "red"))
    elif not view.rows:
        below.append(Text("No import has begun yet."))
    return Group(table, *below)


def _name(row: Row) -> Text:
    text = Text(printable(row.name), "bold")
    if row.job:
        text.append(f"\n{printable(row.job)}", "dim not bold")
    if row.note:
        text.append(f"\n{printable(row.note)}", "red not bold" if row.is_failed else "yellow not bold")
    return text


def _status(row: Row) -> Text:
    return Text(row.status, "green" if row.is_active else "red" if row.is_failed else "cyan")


def _since(row: Row, now: datetime.datetime) -> Text:
    if row.ended is not None and row.job:
        return Text(f"{clock(row.ended)}\ntook {span(row.ended - row.since)}")
    return Text(f"{clock(row.since)}\n{span(now - row.since)} ago")


def _expected(row: Row, now: datetime.datetime) -> Text:
    if row.ended is not None:
        return Text("")
    if row.expected is None or row.expected_end is None:
        return Text("no earlier one" if row.job else "")
    late = now - row.expected_end
    text = Text(clock(row.expected_end) if late.total_seconds() <= 0 else f"any moment, {span(late)} over")
    return text.append(f"\n{earlier(row.expected)}", "dim")
