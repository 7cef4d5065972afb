"""What the simulation of waiting makes of each alternative, in cases whose result is known beforehand."""

import logging
import random
from collections.abc import Iterator

import pytest

from benchmarks import prices, waiting_crhelper, waiting_ours, waiting_provider
from benchmarks.detection import Figures, simulate, some_import
from benchmarks.waiting import Conditions, Speeds

NOTHING = Speeds(call=0.0, ours=0.0, provider=0.0, crhelper=0.0, ours_poll=0.0, crhelper_poll=0.0)
MINUTE = 60.0


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_provider_takes_a_transition_and_two_invocations_for_each_look() -> None:
    wait = waiting_provider.wait(Conditions(40 * MINUTE, speeds=NOTHING), random.Random(1))
    looks = wait.bill.transitions - 1
    assert wait.bill.invocations == 2 * looks + 2
    assert looks == pytest.approx(2400 / 5.1, rel=0.02)
    assert wait.bill.usd > wait.bill.transitions * prices.STEP_FUNCTIONS_TRANSITION
    assert wait.latency is not None
    assert 0 < wait.latency < 5.5


def test_crhelper_takes_an_invocation_for_each_of_its_intervals() -> None:
    wait = waiting_crhelper.wait(Conditions(40 * MINUTE, jitter=0.0, speeds=NOTHING), random.Random(1), 2)
    assert wait.bill.invocations in (21, 22)
    assert wait.bill.transitions == 0
    assert wait.latency is not None
    assert 0 < wait.latency < 121


@pytest.mark.parametrize("minutes", [59, 61, 180])
def test_only_imports_within_the_hour_are_seen_by_the_others(minutes: float) -> None:
    conditions = Conditions(minutes * MINUTE, speeds=NOTHING)
    provider = waiting_provider.wait(conditions, random.Random(1))
    crhelper = waiting_crhelper.wait(conditions, random.Random(1), 1)
    assert (provider.latency is not None, crhelper.latency is not None) == (minutes < 60, minutes < 60)


def test_this_project_never_sleeps_with_an_interval_of_a_minute() -> None:
    wait = waiting_ours.wait(Conditions(40 * MINUTE, jitter=0.0, speeds=NOTHING), random.Random(1), poll_interval=60)
    assert wait.bill.invocations in (41, 42)
    assert wait.bill.usd < 0.0001
    assert wait.latency is not None
    assert 0 < wait.latency < 61


def test_this_project_follows_an_import_of_three_hours_through_several_links() -> None:
    conditions = Conditions(180 * MINUTE, (175 * MINUTE, 185 * MINUTE), speeds=NOTHING)
    wait = waiting_ours.wait(conditions, random.Random(1))
    assert wait.latency is not None
    assert 0 < wait.latency < 61
    assert wait.bill.invocations > 180


def test_earlier_jobs_make_waiting_cheaper_and_the_end_seen_sooner() -> None:
    speeds = Speeds()
    learned = simulate(waiting_ours.wait, 40, some_import(40, speeds))
    first = simulate(waiting_ours.wait, 40, some_import(40, speeds, earlier=0))
    provider = simulate(waiting_provider.wait, 40, some_import(40, speeds))
    assert learned.mean < 3.5
    assert first.mean < 10
    assert learned.usd < first.usd / 3
    assert learned.usd < provider.usd / 10
    assert first.usd < provider.usd / 3


def test_the_same_seeds_give_the_same_figures() -> None:
    runs = [simulate(waiting_ours.wait, 3, some_import(6, NOTHING)) for _ in range(2)]
    assert runs[0] == runs[1]


def test_figures_sum_up_latencies() -> None:
    figures = Figures(tuple(float(number) for number in range(100)), 0.0, 0.0, 0.0)
    assert (figures.mean, figures.p95) == (49.5, 95.0)
