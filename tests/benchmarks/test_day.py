"""A day of imports between deployments: what is counted, in cases that can be counted by hand."""

import logging
import random
from collections.abc import Iterator

import pytest

from benchmarks import day, prices
from benchmarks.waiting import Speeds

NOTHING = Speeds(call=0.0, ours=0.0, ours_poll=0.0)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_this_project_is_invoked_once_a_minute_and_tells_each_end() -> None:
    found = day.ours([600.0] * 3, random.Random(1), NOTHING)
    assert found.seen == found.events == 3
    assert found.invocations == found.schedules
    assert 3 * 11 <= found.invocations <= 3 * 13
    assert found.total < 2e-6 * found.invocations


def test_aws_solutions_retry_until_the_job_has_ended() -> None:
    # After 60, 121.2 and 183.6 seconds.
    short, longer = day.solutions([1.0], NOTHING), day.solutions([130.0], NOTHING)
    assert longer.transitions - short.transitions == longer.invocations - short.invocations == 2
    assert short.reads == short.seen == 1
    assert short.total > short.transitions * prices.STEP_FUNCTIONS_TRANSITION


def test_who_forgets_sees_nothing() -> None:
    found = day.forgets([600.0] * 24, NOTHING)
    assert (found.invocations, found.seen) == (24, 0)
