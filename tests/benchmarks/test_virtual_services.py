"""The simulation's accounting: time, bills, statuses and ticks."""

import itertools
import random

import pytest

from benchmarks import prices
from benchmarks.virtual_services import (
    DATASET_ARN,
    JOB_ARN_PREFIX,
    ROUND_TRIP,
    WHOLE_CPU_MB,
    Bill,
    Context,
    ImportJob,
    VirtualClock,
    VirtualPersonalize,
    on_share,
    ticks,
)


def test_an_invocation_is_billed_by_the_millisecond_and_by_memory() -> None:
    bill = Bill()
    bill.invocation(10.0001, 512, prices.LAMBDA_ARM64_GB_SECOND)
    assert bill.invocations == 1
    assert bill.usd == pytest.approx(prices.LAMBDA_REQUEST + 10.001 * 0.5 * prices.LAMBDA_ARM64_GB_SECOND)


def test_a_transition_is_billed() -> None:
    bill = Bill()
    for _ in range(40):
        bill.transition()
    assert bill.transitions == 40
    assert bill.usd == pytest.approx(0.001)


def test_a_small_function_gets_its_share_of_the_cpu() -> None:
    assert on_share(1.0, WHOLE_CPU_MB) == 1.0
    assert on_share(1.0, 2 * WHOLE_CPU_MB) == 1.0
    assert on_share(1.0, 128) == pytest.approx(WHOLE_CPU_MB / 128)


def test_a_job_moves_with_time_and_each_call_takes_time() -> None:
    personalize = VirtualPersonalize(600, [ImportJob("earlier", -86400, 500)], call_cpu=0.0, memory_mb=128)
    personalize.clock.sleep(1000)
    personalize.create_dataset_import_job(jobName="shop", datasetArn=DATASET_ARN)
    assert personalize.clock.time() == pytest.approx(1000 + ROUND_TRIP)
    assert personalize.job is not None
    assert personalize.job.ends == pytest.approx(1600 + ROUND_TRIP)

    statuses = []
    for _ in range(3):
        job = personalize.describe_dataset_import_job(datasetImportJobArn=JOB_ARN_PREFIX + "shop")["datasetImportJob"]
        statuses.append(job["status"])
        personalize.clock.sleep(310)
    assert statuses == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]

    (page,) = personalize.get_paginator("list_dataset_import_jobs").paginate()
    ours, earlier = page["datasetImportJobs"]
    assert (ours["jobName"], earlier["jobName"]) == ("shop", "earlier")
    assert (earlier["lastUpdatedDateTime"] - earlier["creationDateTime"]).total_seconds() == 500


def test_a_function_has_less_time_left_as_time_goes_by() -> None:
    clock = VirtualClock(0.0)
    context = Context(clock, 180)
    clock.sleep(50)
    assert context.get_remaining_time_in_millis() == 130_000


@pytest.mark.parametrize("jitter", [0.0, 5.0, 60.0])
def test_ticks_come_once_an_interval_and_are_late_by_no_more_than_the_jitter(jitter: float) -> None:
    some = list(itertools.islice(ticks(1000, 60, jitter, random.Random(1)), 50))
    first = min(tick - 60 * number for number, tick in enumerate(some))
    assert 1000 <= first <= 1060
    assert all(first <= tick - 60 * number <= first + jitter + 1e-6 for number, tick in enumerate(some))
