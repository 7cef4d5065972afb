"""Requests as CloudFormation really sends them."""

from typing import Any

import pytest

from cdk_personalize_import_handler.custom_resource.property_values import InvalidRequestError
from cdk_personalize_import_handler.custom_resource.request import read_request

NOW = 1_800_000_000.0


def event(request_type: str = "Create", **properties: Any) -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "ResponseURL": "https://example.com/reply",
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1",
        "RequestId": "request-1",
        "LogicalResourceId": "Interactions",
        "ResourceProperties": properties,
    }


def test_the_deadline_counts_from_when_the_url_was_signed() -> None:
    late = event(Timeout="600")
    late["ResponseURL"] = "https://example.com/reply?X-Amz-Date=20270115T075700Z&X-Amz-Expires=7200"
    request = read_request(late, NOW)  # 2027-01-15 08:00:00
    assert request.issued_at == NOW - 180
    assert request.deadline == NOW + 420


@pytest.mark.parametrize("date", ["", "yesterday", "20200101T000000Z", "20990101T000000Z"])
def test_a_url_without_a_believable_date_counts_as_signed_now(date: str) -> None:
    undated = event()
    undated["ResponseURL"] = f"https://example.com/reply?X-Amz-Date={date}"
    assert read_request(undated, NOW).issued_at == NOW


def test_an_unknown_request_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidRequestError, match="'Rename' is not one of Create, Update, Delete"):
        read_request(event("Rename"), NOW)
