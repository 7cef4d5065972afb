"""Numbers and rules that stand on both sides of the seam, in the construct and in its function, say the same.

The construct never imports the function: what both have to know is written down twice, and compared here.
"""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import Resources, Shop

from cdk_personalize_import import ImportMode, _checks, _links
from cdk_personalize_import._fresh_data import finished_rule, metrics
from cdk_personalize_import_handler.custom_resource import names, request
from cdk_personalize_import_handler.dataset_import import ending, job_name
from cdk_personalize_import_handler.dataset_import.attributes import attributes
from cdk_personalize_import_handler.dataset_import.import_request import read_import
from cdk_personalize_import_handler.dataset_import.jobs import Job

HANDLER = Path(__file__).parents[1] / "lambda" / "cdk_personalize_import_handler"
EVENT = {
    "RequestType": "Create",
    "ResponseURL": "https://example.com/",
    "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/01234567-89ab-cdef-0123-456789abcdef",
    "RequestId": "01234567-89ab-cdef-0123-456789abcdef",
    "LogicalResourceId": "Interactions",
    "ResourceProperties": {"DatasetArn": "arn:aws:personalize:us-east-1:111122223333:dataset/shop/ITEMS"},
}


@pytest.fixture(scope="module")
def resources() -> Resources:
    shop = Shop()
    shop.job()
    return shop.synth()


def test_how_long_cloudformation_waits() -> None:
    assert _links._MAX_SERVICE_TIMEOUT == request.MAX_SERVICE_TIMEOUT
    assert _links._REPLY_MARGIN == request.REPLY_MARGIN


def test_what_is_not_given_is_what_the_construct_writes_by_default(resources: Resources) -> None:
    read = request.read_request(EVENT, now=0.0)
    without, default = read_import(read), resources.job
    assert read.deadline - read.issued_at == float(default["Timeout"]) == _links._MAX_LINK
    assert without.poll_interval == float(default["PollInterval"])
    assert without.import_mode == default.get("ImportMode", "FULL")
    assert str(without.wait_for_completion).lower() == default.get("WaitForCompletion", "true")


def test_import_modes() -> None:
    source = (HANDLER / "dataset_import").rglob("*.py")
    used = set(re.findall(r'"(FULL|INCREMENTAL|[A-Z]+_MODE)"', " ".join(path.read_text() for path in source)))
    assert used == {mode.value for mode in ImportMode}


@given(st.text(alphabet="abcXYZ019-_", min_size=1, max_size=_checks._MAX_PREFIX))
def test_a_prefix_that_the_construct_takes_begins_the_job_names(text: str) -> None:
    if not _checks._PREFIX.fullmatch(text):
        return
    prefix = _checks.Checks.job_name_prefix(SimpleNamespace(text=lambda _, value: value), text)  # type: ignore[arg-type]
    name = str(job_name.JobName(prefix=prefix, resource="0" * 10, spec="1" * 8, request="2" * 8))
    # The function's policy names what it may start as <prefix>-*.
    assert name.startswith(f"{prefix}-")
    assert len(name) <= job_name.MAX_LENGTH
    assert names.valid_prefix(prefix) == prefix


def test_the_longest_prefix_leaves_the_hashes_their_place() -> None:
    assert _checks._MAX_PREFIX <= names.MAX_PREFIX_LENGTH
    assert names.valid_prefix("x" * _checks._MAX_PREFIX) == "x" * _checks._MAX_PREFIX


def test_environment_variables(resources: Resources) -> None:
    function = resources.properties("AWS::Lambda::Function", "ImportJobProvider")
    sources = " ".join(path.read_text() for path in HANDLER.rglob("*.py"))
    read = set(re.findall(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"', sources)) - {"AWS_SAM_LOCAL"}
    assert read == function["Environment"]["Variables"].keys()


def test_attributes() -> None:
    shop = Shop()
    job = shop.job(timeout=cdk.Duration.hours(2))
    tokens = [shop.stack.resolve(token) for token in (job.dataset_import_job_name, job.status)]
    read = {token["Fn::GetAtt"][1] for token in tokens}
    resources = shop.synth()
    read.add(resources.job_of(1)["JobName"]["Fn::GetAtt"][1])
    given = attributes(Job("arn:aws:personalize:us-east-1:111122223333:dataset-import-job/x", "x", "ACTIVE"))
    assert read == {"JobName", "Status"}
    assert read <= given.keys()


def an_ending(failure_reason: str = "") -> ending.Ending:
    read = read_import(request.read_request(EVENT, now=0.0))
    job = Job("arn:aws:personalize:us-east-1:111122223333:dataset-import-job/x", "x", "ACTIVE", created=1.0)
    return ending.Ending(read, "deployment", 2.0, job, failure_reason)


def test_events() -> None:
    assert (finished_rule.SOURCE, finished_rule.DETAIL_TYPE) == (ending.SOURCE, ending.DETAIL_TYPE)
    shop = Shop()
    job = shop.job()
    job.on_succeeded("Succeeded")
    job.on_failed("Failed")
    for name, told in (("Succeeded", an_ending()), ("Failed", an_ending("No objects found"))):
        pattern = shop.synth().properties("AWS::Events::Rule", name)["EventPattern"]["detail"]
        assert pattern.keys() <= told.detail.keys()
        assert told.detail["status"] in pattern["status"]


def test_metrics() -> None:
    shop = Shop()
    job = shop.job()
    [told] = an_ending().metrics["_aws"]["CloudWatchMetrics"]
    units = {metric["Name"]: metric["Unit"] for metric in told["Metrics"]}
    made: list[Any] = [job.metric_succeeded(), job.metric_failed(), job.metric_duration(), job.metric_waited()]
    assert {metric.metric_name for metric in made} == units.keys()
    for metric in made:
        assert metric.namespace == told["Namespace"] == metrics._NAMESPACE
        assert [sorted(metric.dimensions)] == [sorted(names) for names in told["Dimensions"]]
        assert metric.unit is None or metric.unit.value == units[metric.metric_name].upper()
    assert json.dumps(an_ending().metrics)
