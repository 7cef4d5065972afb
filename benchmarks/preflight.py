"""What the preflight takes and reads, and what it saves: ``python -m benchmarks.preflight``."""

from __future__ import annotations

import json
import random
import statistics
import threading
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from benchmarks.report import Section, Table
from benchmarks.virtual_services import DATASET_ARN, ROUND_TRIP, on_share
from benchmarks.waiting import Conditions, Speeds
from benchmarks.waiting_ours import MEMORY_MB, wait
from cdk_personalize_import_handler.dataset_import import preflight

_ROUNDS = 5
_ROW = "user-{0},item-{0},watch,3.5,1596238243\n"
_HEADER = "USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP\n"
_GIGABYTE = 2**30
# From a function's memory to S3 in the same region, in bytes a second.
_BANDWIDTH = 40e6
_SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}


class SlowPersonalize:
    """Answers after a round trip."""

    def describe_dataset(self, **_: Any) -> dict[str, Any]:
        """Return the dataset."""
        time.sleep(ROUND_TRIP)
        return {"dataset": {"datasetType": "INTERACTIONS", "schemaArn": "schema", "status": "ACTIVE"}}

    def describe_schema(self, **_: Any) -> dict[str, Any]:
        """Return its schema."""
        time.sleep(ROUND_TRIP)
        return {"schema": {"name": "interactions", "schema": json.dumps(_SCHEMA)}}


class SlowS3:
    """Objects with one content, any size in the listing, and the time that S3 and the way to it take.

    Attributes:
        requests: How many requests were made.
        bytes: How many bytes of objects were read.
    """

    def __init__(self, files: int, size: int, content: bytes) -> None:
        self._keys = [f"interactions/{number:05}.csv" for number in range(files)]
        self._size = size
        self._content = content
        self._lock = threading.Lock()
        self.requests = 0
        self.bytes = 0

    def list_objects_v2(self, **arguments: Any) -> dict[str, Any]:
        """Return a page of at most 1,000 objects."""
        self._count(0)
        time.sleep(ROUND_TRIP)
        start = int(arguments.get("ContinuationToken", 0))
        page = [{"Key": key, "Size": self._size} for key in self._keys[start : start + 1000]]
        more = start + 1000 < len(self._keys)
        return {"Contents": page, "IsTruncated": more, "NextContinuationToken": str(start + 1000)}

    def get_object(self, **arguments: Any) -> dict[str, Any]:
        """Return the range that is asked for."""
        first, last = arguments["Range"].removeprefix("bytes=").split("-")
        content = self._content[int(first) : int(last) + 1]
        self._count(len(content))
        time.sleep(ROUND_TRIP + len(content) / _BANDWIDTH)
        return {"Body": SimpleNamespace(read=lambda _: content), "ContentRange": f"bytes 0-1/{self._size}"}

    def _count(self, size: int) -> None:
        with self._lock:
            self.requests += 1
            self.bytes += size


@dataclass(frozen=True)
class Figures:
    """What one check took: seconds, CPU seconds on a whole CPU, requests to S3, bytes read."""

    seconds: float
    cpu: float
    requests: int
    bytes: int
    verdict: preflight.Verdict

    @property
    def in_function(self) -> float:
        """Seconds in the function, which has a share of a CPU, also for boto3's part of each call."""
        calls = (self.requests + 2) * Speeds().call
        return self.seconds - self.cpu + on_share(self.cpu + calls, MEMORY_MB)


def check(files: int, size: int, content: bytes) -> Figures:
    """Return the medians of several checks of so many files of one size."""
    request = SimpleNamespace(dataset_arn=DATASET_ARN, data_location="s3://shop/interactions/", import_mode="FULL")
    rounds = []
    for _ in range(_ROUNDS):
        s3 = SlowS3(files, size, content)
        started, cpu_started = time.perf_counter(), time.process_time()
        verdict = preflight.check(request, SlowPersonalize(), s3, time)
        cpu, seconds = time.process_time() - cpu_started, time.perf_counter() - started
        rounds.append(Figures(seconds, cpu, s3.requests, s3.bytes, verdict))
    return Figures(
        statistics.median(figures.seconds for figures in rounds),
        statistics.median(figures.cpu for figures in rounds),
        rounds[0].requests,
        rounds[0].bytes,
        rounds[0].verdict,
    )


def _client_cpu() -> float:
    """CPU seconds to make an S3 client, which only a request that starts a job needs."""
    import boto3

    session = boto3.Session(region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    session.client("personalize")
    started = time.process_time()
    session.client("s3")
    return time.process_time() - started


def measure() -> Section:
    """Measure the check, and the time until a deployment with a wrong file fails."""
    content = (_HEADER + "".join(_ROW.format(number) for number in range(20_000))).encode()
    small = content[: 100 * 1024].rpartition(b"\n")[0] + b"\n"
    cases = [
        ("1 file of 100 KB", check(1, len(small), small)),
        ("20 files of 100 KB", check(20, len(small), small)),
        ("1,000 files of 10 MB", check(1000, 10 * 2**20, content)),
        ("1 file of 10 GB", check(1, 10 * _GIGABYTE, content)),
    ]
    rows = [
        [
            name,
            str(figures.requests),
            f"{figures.bytes / 1024:,.0f} KB",
            f"{figures.seconds:.2f} s",
            f"{figures.cpu * 1000:.0f} ms",
            f"{figures.in_function:.1f} s",
        ]
        for name, figures in cases
    ]
    columns = ("data", "requests to S3", "read", "time, whole CPU", "CPU", f"time, {MEMORY_MB} MB function")
    client = on_share(_client_cpu(), MEMORY_MB)
    note = (
        f"Each call takes {ROUND_TRIP * 1000:.0f} ms and objects come with {_BANDWIDTH / 1e6:.0f} MB/s; the budget is "
        f"{preflight.BUDGET:g} s. Making the S3 client takes the function {client:.1f} s more, once per environment."
    )
    wrong = check(1, len(small), small.replace(b"ITEM_ID", b"ITEM", 1))
    assert wrong.verdict.errors
    start = on_share(Speeds().ours, MEMORY_MB)
    with_preflight = start + client + wrong.in_function + ROUND_TRIP
    return Section(
        "Preflight",
        [
            Table("The check", columns, rows, note),
            _time_to_failure(with_preflight),
        ],
    )


def _time_to_failure(with_preflight: float) -> Table:
    rows = []
    for minutes in (10, 20, 30):
        chance = random.Random(minutes)
        latencies = [wait(Conditions(minutes * 60.0), chance).latency or 0.0 for _ in range(_ROUNDS)]
        without = minutes * 60 + statistics.median(latencies)
        ratio = f"{without / with_preflight:,.0f}"
        rows.append([f"{minutes} minutes", f"{without:,.0f} s", f"{with_preflight:.1f} s", ratio])
    columns = ("the job would fail after", "failed without preflight", "failed with preflight", "times sooner")
    note = "From CloudFormation's request to the reply, cold start included; a file without the column ITEM_ID."
    return Table("Time until CloudFormation knows of a wrong file", columns, rows, note)


if __name__ == "__main__":
    print(measure().markdown())
