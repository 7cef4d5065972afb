import datetime
from collections.abc import Callable
from typing import Any, Self

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from watch_times import START, TurnedClock, at

from personalize_import_cli.aws import AwsError
from personalize_import_cli.watch.follow import follow
from personalize_import_cli.watch.view import Row, View

RUNNING = View("stack Shop", (Row("Items", "items", "CREATE IN_PROGRESS", START),), is_ended=False)
ENDED = View("stack Shop", (Row("Items", "items", "ACTIVE", START, ended=at(6), is_active=True),), is_ended=True)


class Recorder:
    """A screen that remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[View, datetime.datetime, str]] = []
        self.is_open = False

    def __enter__(self) -> Self:
        self.is_open = True
        return self

    def __exit__(self, *raised: object) -> None:
        self.is_open = False

    def show(self, view: View, now: datetime.datetime, trouble: str) -> None:
        assert self.is_open
        self.shown.append((view, now, trouble))


def looks(*answers: View | Exception) -> Callable[[], View]:
    left = iter(answers)

    def look() -> View:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return look


def refused(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "ListDatasetImportJobs")


def test_it_looks_until_the_imports_have_ended_and_the_times_go_on_between() -> None:
    screen, clock = Recorder(), TurnedClock()
    assert follow(looks(RUNNING, RUNNING, ENDED), screen, clock, every=5) is ENDED
    assert clock.now() - START == datetime.timedelta(seconds=10)
    assert [now.second for _, now, _ in screen.shown] == list(range(11))
    assert not screen.is_open


@pytest.mark.parametrize(
    "trouble",
    [
        refused("ThrottlingException"),
        refused("Unheard", status=503),
        EndpointConnectionError(endpoint_url="https://personalize.eu-west-1.amazonaws.com"),
    ],
)
def test_what_passes_by_itself_is_told_and_looked_over(trouble: Exception) -> None:
    screen = Recorder()
    assert follow(looks(RUNNING, trouble, ENDED), screen, TurnedClock(), every=1) is ENDED
    assert [bool(told) for _, _, told in screen.shown] == [False, True, False]


@pytest.mark.parametrize("error", [refused("AccessDeniedException"), refused("ExpiredTokenException")])
def test_a_refusal_ends_it_with_the_code_of_wrong_use(error: Exception) -> None:
    screen = Recorder()
    with pytest.raises(AwsError, match=r"no \(ListDatasetImportJobs: ") as raised:
        follow(looks(RUNNING, error), screen, TurnedClock(), every=1)
    assert raised.value.exit_code == 2
    assert not screen.is_open


def test_a_first_look_that_fails_shows_nothing() -> None:
    screen = Recorder()
    with pytest.raises(AwsError):
        follow(looks(refused("ThrottlingException")), screen, TurnedClock(), every=1)
    assert screen.shown == []
