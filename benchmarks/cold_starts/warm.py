"""Prints what a warm process takes for one call, and for a poll of each function besides its call, in CPU seconds."""

import functools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import boto3
import no_network  # type: ignore[import-not-found]

no_network.answer_calls()
JOB = {
    "datasetImportJobArn": no_network.JOB_ARN + "shop-0123456789-76a69bc5-89abcdef",
    "jobName": "shop",
    "status": "CREATE IN_PROGRESS",
    "creationDateTime": time.time() - 600,
    "lastUpdatedDateTime": time.time(),
}
EARLIER = [JOB | {"jobName": f"shop-{index}", "status": "ACTIVE"} for index in range(20)]


def cpu(run: Callable[[], object]) -> float:
    """Return the median of many runs."""
    times = []
    for _ in range(150):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return statistics.median(times)


def this_project() -> tuple[float, float]:
    """Return one List call, and a poll without it."""
    from cdk_personalize_import_handler.clients import Boto3Clients
    from cdk_personalize_import_handler.custom_resource.request import read_request
    from cdk_personalize_import_handler.dataset_import.import_request import read_import
    from cdk_personalize_import_handler.function import make_handler

    clients = Boto3Clients()
    request = no_network.event("Create", PollInterval="60", JobName="")
    now = time.time()
    poll = request | {"Poll": {"IssuedAt": now, "Deadline": now + 9999, "Started": True, "Decided": True}}
    clock = SimpleNamespace(time=time.time, sleep=time.sleep)
    handler = make_handler(clients, clock, lambda *_: sys.exit("a reply"))
    job = JOB | {"jobName": str(read_import(read_request(poll, now)).job_name)}
    no_network.ANSWERS["ListDatasetImportJobs"] = {"datasetImportJobs": [job, *EARLIER]}
    arn = request["ResourceProperties"]["DatasetArn"]
    call = cpu(lambda: clients.personalize.list_dataset_import_jobs(datasetArn=arn))
    return call, max(0.0, cpu(lambda: handler(poll, no_network.Context())) - call)


def crhelper_plain() -> float:
    """Return a poll without its call."""
    from import_data import handler, helper  # type: ignore[import-not-found]

    no_network.ANSWERS["DescribeDatasetImportJob"] = {"datasetImportJob": JOB}
    helper._send = functools.partial(sys.exit, "a reply")
    client = boto3.client("personalize")
    arn = JOB["datasetImportJobArn"]
    call = cpu(lambda: client.describe_dataset_import_job(datasetImportJobArn=arn))
    poll = no_network.event("Create") | {"CrHelperPoll": True, "CrHelperData": {"DatasetImportJobArn": arn}}
    return max(0.0, cpu(lambda: handler(poll, no_network.Context())) - call)


if Path("import_data.py").exists():
    figures = {"crhelper_poll": crhelper_plain()}
else:
    figures = dict(zip(("call", "ours_poll"), this_project(), strict=True))
print(json.dumps(figures))
