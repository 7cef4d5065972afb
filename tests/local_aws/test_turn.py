import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local_aws import turn
from local_aws.server import LocalAws


@pytest.fixture
def another() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as thread:
        yield thread


def take(entered: threading.Event) -> None:
    with turn.taken():
        entered.set()


def ask(another: ThreadPoolExecutor) -> tuple[threading.Event, "Future[None]"]:
    """Let another thread take the turn; return an event that is set once it has it."""
    entered = threading.Event()
    return entered, another.submit(take, entered)


def test_one_thread_has_the_turn(another: ThreadPoolExecutor) -> None:
    with turn.taken():
        with turn.taken():
            entered, done = ask(another)
        assert turn.is_taken()
        assert not entered.wait(0.02)
    done.result()
    assert not turn.is_taken()


def test_an_error_gives_it_back(another: ThreadPoolExecutor) -> None:
    with pytest.raises(ValueError, match="on the way"), turn.taken():
        raise ValueError("on the way")
    ask(another)[1].result()


def test_who_waits_gives_it_up(another: ThreadPoolExecutor) -> None:
    with turn.taken(), turn.taken():
        assert turn.aside(ask(another)[1].result) is None
        assert turn.is_taken()
        entered, done = ask(another)
        assert not entered.wait(0.02)
    done.result()


def test_giving_up_what_one_does_not_have_is_nothing(another: ThreadPoolExecutor) -> None:
    assert turn.aside(turn.aside, turn.is_taken) is False
    assert not turn.is_taken()
    ask(another)[1].result()


def test_a_call_of_a_service_gives_it_up(another: ThreadPoolExecutor) -> None:
    with LocalAws() as aws:
        with turn.taken():
            aws.client("ssm").put_parameter(Name="name", Value="value", Type="String")
            with pytest.raises(ClientError, match="ParameterNotFound"):
                aws.client("ssm").get_parameter(Name="another")
            assert turn.is_taken()
        ask(another)[1].result()
