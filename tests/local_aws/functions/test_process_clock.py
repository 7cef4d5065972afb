import functools
import json
import os
import subprocess
import sys
import time
from typing import Any

from local_aws.functions import process_clock

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from process_clock import run_on_aws_time
import time
real_time = time.time
real = real_time()
run_on_aws_time(real, 5e9, 1000.0)
import concurrent.futures, datetime, json, logging, queue, threading
from datetime import date, datetime as Datetime, timezone
started = time.monotonic()
time.sleep(60)
slept = time.monotonic() - started
started = time.monotonic()
threading.Event().wait(60)
waited = time.monotonic() - started
started = time.monotonic()
try:
    queue.Queue().get(timeout=60)
except queue.Empty:
    pass
queued = time.monotonic() - started
started, real_started = time.perf_counter(), real_time()
try:
    concurrent.futures.Future().result(0.2)
except TimeoutError:
    future = [time.perf_counter() - started, real_time() - real_started]
parsed = Datetime.fromisoformat("2026-01-01T00:00:00+00:00")
record = logging.LogRecord("name", logging.INFO, "path", 1, "message", None, None)
print(json.dumps({{
    "log": logging.Formatter("%(asctime)s").format(record),
    "time": time.time(), "ns": time.time_ns() / 1e9, "now": Datetime.now(timezone.utc).timestamp(),
    "utcnow": Datetime.utcnow().replace(tzinfo=timezone.utc).timestamp(), "year": date.today().year,
    "gmtime": time.gmtime().tm_year, "epoch": time.gmtime(0).tm_year, "slept": slept, "waited": waited,
    "queued": queued, "future": future,
    "is": [isinstance(parsed, Datetime), isinstance(parsed - parsed, datetime.timedelta), isinstance(parsed, date),
           issubclass(Datetime, date), isinstance(3, Datetime)],
    "sum": (parsed + datetime.timedelta(days=1)).isoformat(),
}}))
"""


@functools.cache
def run() -> Any:
    folder = os.path.dirname(process_clock.__file__)  # noqa: PTH120
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "ignore", "-c", PROGRAM.format(folder=folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    return {**json.loads(done.stdout), "real": time.monotonic() - started}


def test_everything_in_the_process_lives_in_aws_time() -> None:
    got = run()

    for clock in ("time", "ns", "now", "utcnow"):
        assert 5e9 + 180 <= got[clock] < 5e9 + 5000, clock
    assert got["year"] == got["gmtime"] == 2128
    assert got["epoch"] == 1970
    assert got["log"].startswith("2128-")
    for wait in ("slept", "waited", "queued"):
        assert 60 <= got[wait] < 1500, wait
    assert got["real"] < 5


def test_what_measures_computing_stays_in_real_time() -> None:
    for seconds in run()["future"]:
        assert 0.2 <= seconds < 5


def test_dates_that_c_code_made_are_dates_still() -> None:
    got = run()

    assert got["is"] == [True, True, True, True, False]
    assert got["sum"] == "2026-01-02T00:00:00+00:00"
