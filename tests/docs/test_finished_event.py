"""The schema of the event that tells how an import has ended; the tests that see events hold them against it."""

from typing import Any

import pytest
from finished_event import SCHEMA, faults
from jsonschema import Draft202012Validator
from synthesis import ROOT

ARN = "arn:aws:{}:eu-west-1:123456789012:{}"
SUCCEEDED = {
    "id": "1f" * 16,
    "status": "SUCCEEDED",
    "cause": "schedule",
    "jobArn": ARN.format("personalize", "dataset-import-job/shop-Items-1-2-3"),
    "jobName": "shop-Items-1-2-3",
    "datasetArn": ARN.format("personalize", "dataset/shop/ITEMS"),
    "dataLocation": "s3://shop/items.csv",
    "importMode": "FULL",
    "failureReason": "",
    "start": "2026-11-26T03:00:04+00:00",
    "end": "2026-11-26T03:11:40.250000+00:00",
    "stackId": ARN.format("cloudformation", "stack/Shop/1"),
    "construct": "Items5D6C7A89",
}
NOT_STARTED = {
    **SUCCEEDED,
    "status": "FAILED",
    "failureReason": "could not be started",
    "jobArn": "",
    "jobName": "",
    "start": "",
}


def event(detail: dict[str, Any]) -> dict[str, Any]:
    return {"source": "cdk-personalize-import", "detail-type": "Dataset Import Job Finished", "detail": detail}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("detail", [SUCCEEDED, NOT_STARTED, {**SUCCEEDED, "status": "FAILED", "failureReason": "bad"}])
def test_events(detail: dict[str, Any]) -> None:
    assert faults(event(detail)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"failureReason": "bad"},
        {"jobArn": ""},
        {"start": ""},
        {"end": "yesterday"},
        {"cause": "by hand"},
        {"status": "FAILED"},
        {"id": "1"},
        {"further": "member"},
    ],
    ids=str,
)
def test_what_is_no_event(change: dict[str, str]) -> None:
    assert faults(event({**SUCCEEDED, **change})) != []


def test_the_guide_describes_each_member_and_links_the_schema() -> None:
    guide = (ROOT / "docs" / "pages" / "guides" / "fresh-data.md").read_text(encoding="utf-8")
    assert "../reference/dataset-import-job-finished.json" in guide
    detail = SCHEMA["properties"]["detail"]
    assert [name for name in detail["properties"] if f'"{name}"' not in guide] == []
    assert detail["required"] == list(detail["properties"])
