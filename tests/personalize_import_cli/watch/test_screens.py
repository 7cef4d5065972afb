import datetime
import io

from rich.console import Console
from watch_times import START, at

from personalize_import_cli.watch.change_lines import ChangeLines
from personalize_import_cli.watch.expectation import Expectation
from personalize_import_cli.watch.live_table import LiveTable
from personalize_import_cli.watch.view import Row, View

EARLIER = Expectation((datetime.timedelta(minutes=6),))
RUNNING = Row("Shop/Items", "items-1", "CREATE IN_PROGRESS", START, expected=EARLIER, expected_end=at(6))
ACTIVE = Row("Shop/Items", "items-1", "ACTIVE", START, ended=at(7), is_active=True)
FAILED = Row("Shop/Users", "users-1", "CREATE FAILED", START, ended=at(1), is_failed=True, note="because \x1b[2J")
WAITING = Row("Shop/Users", "", "CREATE_IN_PROGRESS", START, note="waits for the quota")


def view(*rows: Row, is_ended: bool = False) -> View:
    return View("stack Shop, CREATE_IN_PROGRESS", rows, is_ended)


def table(shown: View, now: datetime.datetime, trouble: str = "", width: int = 100) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=width)
    with LiveTable(console) as screen:
        screen.show(shown, now, trouble)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_table_tells_what_is_expected_and_what_is_late() -> None:
    assert "1 earlier took 6m 00s" in table(view(RUNNING), at(2))
    assert "2m 00s ago" in table(view(RUNNING), at(2))
    assert "any moment, 1m 30s over" in table(view(RUNNING), at(7.5))


def test_the_table_tells_what_waits_what_failed_and_what_is_wrong() -> None:
    sent = table(view(WAITING, FAILED), at(2), trouble="AWS could not be asked")
    for words in ("waits for the quota", "CREATE FAILED", "AWS could not be asked", "took 1m 00s"):
        assert words in sent


def test_no_text_from_elsewhere_moves_the_cursor() -> None:
    assert "because \\x1b[2J" in table(view(FAILED), at(2))
    lines: list[str] = []
    ChangeLines(lines.append).show(view(FAILED), at(2), "")
    assert "because \\x1b[2J" in lines[-1]


def test_names_are_whole_on_a_narrow_terminal() -> None:
    assert "Shop/Items" in table(view(RUNNING), at(2), width=60)


def test_there_is_one_line_for_each_change() -> None:
    lines: list[str] = []
    screen = ChangeLines(lines.append)
    for minute, shown, trouble in (
        (0, view(WAITING), ""),
        (1, view(WAITING), ""),
        (2, view(RUNNING), ""),
        (3, view(RUNNING), "AWS could not be asked"),
        (4, view(RUNNING), "AWS could not be asked"),
        (7, view(ACTIVE, is_ended=True), ""),
    ):
        screen.show(shown, at(minute), trouble)
    assert [line.split(" ", 1)[1].split(",")[0] for line in lines] == [
        "stack Shop",
        "Shop/Users: CREATE_IN_PROGRESS",
        "Shop/Items: CREATE IN_PROGRESS",
        "AWS could not be asked",
        "Shop/Items: ACTIVE",
        "The import is ACTIVE.",
    ]


def test_the_exit_code_is_0_only_if_every_import_is_active() -> None:
    assert view(ACTIVE).exit_code == 0
    assert view(ACTIVE, FAILED).exit_code == 1
    assert view().exit_code == 1
    assert view(ACTIVE, FAILED).summary == "1 of 2 imports failed: Shop/Users."
