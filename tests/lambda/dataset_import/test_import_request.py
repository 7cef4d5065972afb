"""Requests as CloudFormation really sends them: strings, old shapes, missing and unknown members."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize_import_handler.custom_resource import request as custom_resource
from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError
from cdk_personalize_import_handler.dataset_import.import_request import ImportRequest, read_import
from cdk_personalize_import_handler.dataset_import.progress import Progress

NOW = 1_800_000_000.0
ACCOUNT = "arn:aws:personalize:eu-west-1:123456789012"
DATASET = f"{ACCOUNT}:dataset/shop/INTERACTIONS"


def event(request_type: str = "Create", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "ResponseURL": "https://example.com/reply",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
        "RequestId": "request-1",
        "LogicalResourceId": "Interactions",
        "ResourceProperties": {
            "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "DatasetArn": DATASET,
            "DataLocation": "s3://bucket/interactions/",
            "RoleArn": "arn:aws:iam::123456789012:role/reads",
            **properties,
        },
    }


def read_request(event: dict[str, Any], now: float) -> ImportRequest:
    return read_import(custom_resource.read_request(event, now))


def test_scalars_arrive_as_strings() -> None:
    request = read_request(
        event(PublishAttributionMetricsToS3="true", WaitForCompletion="false", Timeout="120", PollInterval="10"), NOW
    )
    assert request.spec.publish_attribution_metrics_to_s3 is True
    assert request.wait_for_completion is False
    assert request.poll_interval == 10
    assert request.deadline == NOW + 120


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({}, "Interactions-b94ad03cc4-288bb60d-3bd5e9c8"),
        (
            {
                "ImportMode": "INCREMENTAL",
                "PublishAttributionMetricsToS3": "true",
                "DataVersion": "2026-11",
                "JobNamePrefix": "shop",
            },
            "shop-b94ad03cc4-866d4d29-3bd5e9c8",
        ),
        (
            {
                "ImportMode": "INCREMENTAL",
                "AddsTo": f"{ACCOUNT}:dataset-import-job/shop-0123456789-01234567-89abcdef",
            },
            "Interactions-b94ad03cc4-dbbd2bd6-3bd5e9c8",
        ),
    ],
)
def test_names_of_jobs_stay_what_they_are_for_ever(properties: dict[str, str], name: str) -> None:
    """With another name for the same import, an upgrade would import everything again."""
    golden = event(DatasetArn=DATASET, DataLocation="s3://shop-data/interactions/", **properties)
    golden |= {"StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0a1b2c3d"}
    golden |= {"RequestId": "5f6e7d8c-request"}
    assert str(read_request(golden, NOW).job_name) == name


def test_the_same_request_has_the_same_job_name_and_another_request_another() -> None:
    first, again = read_request(event(), NOW), read_request(event(), NOW + 100)
    other = read_request({**event(), "RequestId": "request-2"}, NOW)
    assert first.job_name == again.job_name
    assert first.job_name.request != other.job_name.request
    assert (first.job_name.resource, first.job_name.spec) == (other.job_name.resource, other.job_name.spec)


def test_the_cdk_s_own_names_in_tags_are_taken_too() -> None:
    as_sent, as_rendered = [{"tagKey": "team", "tagValue": "recs"}], [{"key": "team", "value": "recs"}]
    assert read_request(event(Tags=as_rendered), NOW).tags == read_request(event(Tags=as_sent), NOW).tags
    no_tags: Any = read_request(event(Tags=["team"]), NOW).tags
    assert no_tags == ("team",)


@pytest.mark.parametrize(
    ("changed", "defines_the_import"),
    [
        ({"DatasetArn": DATASET + "2"}, True),
        ({"DataLocation": "s3://bucket/other/"}, True),
        ({"ImportMode": "INCREMENTAL"}, True),
        ({"PublishAttributionMetricsToS3": "true"}, True),
        ({"DataVersion": "2"}, True),
        ({"AddsTo": "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/shop"}, True),
        ({"AddsTo": ""}, False),
        ({"DatasetDefinition": {"SchemaArn": "arn:aws:personalize:eu-west-1:123456789012:schema/new"}}, False),
        ({"RoleArn": "arn:aws:iam::123456789012:role/other"}, False),
        ({"Tags": [{"tagKey": "team", "tagValue": "recs"}]}, False),
        ({"Timeout": "600"}, False),
        ({"PollInterval": "30"}, False),
        ({"JobNamePrefix": "other"}, False),
        ({"WaitForCompletion": "false"}, False),
        ({"Preflight": "true"}, False),
    ],
)
def test_what_defines_an_import(changed: dict[str, Any], defines_the_import: bool) -> None:
    before, after = read_request(event(), NOW).spec.hash, read_request(event(**changed), NOW).spec.hash
    assert (before != after) is defines_the_import


def test_a_poll_keeps_the_deadline_and_the_progress() -> None:
    first = read_request(event(Timeout="600"), NOW)
    progress = Progress(decided=True, started=True, waiting_for="a slot", following=("a", "b"))
    poll = read_request(custom_resource.poll_of(event(Timeout="600"), first, progress.memory), NOW + 300)
    assert poll.is_poll
    assert poll.progress == progress
    assert (poll.issued_at, poll.deadline) == (first.issued_at, first.deadline)


def test_a_link_takes_over_the_job_of_the_resource_before_it() -> None:
    first = read_request(event(), NOW)
    link = read_request({**event(JobName=str(first.job_name)), "LogicalResourceId": "InteractionsWait1"}, NOW)
    assert link.is_link
    assert link.job_name == first.job_name
    assert link.job_arn == first.job_arn
    assert link.resource != first.resource


@pytest.mark.parametrize("missing", ["DatasetArn", "DataLocation", "RoleArn"])
def test_a_missing_required_property_is_named(missing: str) -> None:
    incomplete = event()
    del incomplete["ResourceProperties"][missing]
    with pytest.raises(InvalidRequestError, match=missing):
        read_request(incomplete, NOW).require_properties()


def test_a_number_that_is_none_fails_an_update_and_not_a_delete() -> None:
    with pytest.raises(InvalidRequestError, match="Timeout must be a number of seconds, got 'soon'"):
        read_request(event("Update", Timeout="soon"), NOW)
    assert read_request(event("Delete", Timeout="soon"), NOW).deadline == NOW + 3420


@given(
    st.dictionaries(
        st.sampled_from(
            ["DatasetArn", "DataLocation", "Timeout", "Tags", "PollInterval", "JobName", "Preflight", "Old"]
        ),
        st.none() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()),
    )
)
def test_a_delete_is_readable_whatever_the_old_properties_were(properties: dict[str, Any]) -> None:
    deletion = {**event("Delete"), "ResourceProperties": properties, "PhysicalResourceId": "shop-Interactions-1ABC"}
    assert read_request(deletion, NOW).stable_id == "shop-Interactions-1ABC"
