from watch_times import at, job

from personalize_import_cli.watch.expectation import expectation
from personalize_import_cli.watch.times import clock, earlier, span


def test_a_job_is_expected_to_take_what_the_median_of_the_earlier_ones_took() -> None:
    others = [job("a", begin=-300, end=-290), job("b", begin=-200, end=-192), job("c", begin=-100, end=-70)]
    found = expectation(job(status="CREATE IN_PROGRESS"), others)
    assert found is not None
    assert found.end_of(job(status="CREATE IN_PROGRESS")) == at(10)
    assert earlier(found) == "3 earlier took 8m 00s to 30m 00s"


def test_jobs_of_the_other_import_mode_count_only_where_there_are_no_others() -> None:
    full, incremental = job("a", begin=-300, end=-240), job("b", begin=-100, end=-98, import_mode="INCREMENTAL")
    running = job(status="CREATE PENDING", import_mode="INCREMENTAL")
    for others, minutes in ([full, incremental], 2), ([full], 60):
        found = expectation(running, others)
        assert found is not None
        assert found.end_of(running) == at(minutes)


def test_failed_and_running_jobs_tell_nothing() -> None:
    others = [job("a", "CREATE FAILED", begin=-10, end=-9), job("b", "CREATE IN_PROGRESS", begin=-1)]
    assert expectation(job(status="CREATE PENDING"), others) is None


def test_only_the_latest_ten_count() -> None:
    others = [job(str(n), begin=-1000 * n, end=-1000 * n + (1 if n <= 10 else 900)) for n in range(1, 40)]
    found = expectation(job(status="CREATE PENDING"), others)
    assert found is not None
    assert found.durations == (at(1) - at(0),) * 10


def test_durations_in_words() -> None:
    assert [span(at(minutes) - at(0)) for minutes in (0, 0.5, 6, 61, 1500)] == [
        "0s",
        "30s",
        "6m 00s",
        "1h 01m",
        "1d 01h",
    ]
    # The machine's clock may be behind that of the service.
    assert span(at(0) - at(5)) == "0s"
    assert len(clock(at(0))) == len("12:00:00")
