"""Hundreds of random histories, each of which must come to a good end. `make soak` runs forty times as many."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from simulator.histories import STEPS, LifeCycle, counted

HISTORIES = 500


@pytest.mark.no_cover
def test_every_history_comes_to_a_good_end() -> None:
    before = counted["histories"]
    run_state_machine_as_test(
        LifeCycle,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert counted["histories"] - before >= HISTORIES
