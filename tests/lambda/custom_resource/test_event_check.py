"""What gets an answer: requests of CloudFormation for resources of the function's own stack, over https."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from cdk_personalize_import_handler.custom_resource.event_check import why_not_answered
from cdk_personalize_import_handler.function import make_handler

STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1"
EVENT = {
    "RequestType": "Create",
    "ResponseURL": "https://example.com/reply?X-Amz-Signature=secret",
    "StackId": STACK,
    "RequestId": "request-1",
    "LogicalResourceId": "Interactions",
    "ResourceProperties": {},
}
OTHERS: list[tuple[Any, str]] = [
    (None, "it is no object"),
    ([EVENT], "it is no object"),
    ("Create", "it is no object"),
    ({}, "it has no ResponseURL, StackId, RequestId, LogicalResourceId, RequestType"),
    (EVENT | {"RequestId": ""}, "it has no RequestId"),
    (EVENT | {"StackId": {"Ref": "AWS::StackId"}}, "it has no StackId"),
    (EVENT | {"ResourceProperties": ["secret"]}, "ResourceProperties is no object"),
    (EVENT | {"Poll": "secret"}, "Poll is no object"),
    (EVENT | {"ResponseURL": "http://127.0.0.1/secret"}, "its ResponseURL is not https"),
    (EVENT | {"ResponseURL": "HTTP://example.com/"}, "its ResponseURL is not https"),
    (EVENT | {"ResponseURL": "https:///secret"}, "its ResponseURL is not https"),
    (EVENT | {"ResponseURL": "https://[secret"}, "its ResponseURL is not https"),
    (EVENT | {"ResponseURL": "file:///etc/passwd"}, "its ResponseURL is not https"),
    (EVENT | {"StackId": STACK + "secret"}, "it is of another stack"),
]


@pytest.fixture(autouse=True)
def stack_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_ID", STACK)


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    level, formatters = root.level, [handler.formatter for handler in root.handlers]
    yield root
    root.setLevel(level)
    for handler, formatter in zip(root.handlers, formatters, strict=True):
        handler.setFormatter(formatter)


def test_a_request_of_its_own_stack_is_answered() -> None:
    assert why_not_answered(EVENT) == ""
    assert why_not_answered(EVENT | {"Poll": {"IssuedAt": 5.0}, "OldResourceProperties": {}}) == ""


def test_without_the_variable_any_stack_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACK_ID")
    assert why_not_answered(EVENT | {"StackId": "another"}) == ""


@pytest.mark.parametrize(("event", "why"), OTHERS)
def test_nothing_is_done_for_anything_else(
    event: Any, why: str, caplog: pytest.LogCaptureFixture, root_logger: logging.Logger
) -> None:
    handler = make_handler(SimpleNamespace(), SimpleNamespace(), lambda *_: pytest.fail("a reply was sent"))
    caplog.handler.setFormatter(logging.Formatter("of an earlier request: %(message)s"))

    handler(event, SimpleNamespace(aws_request_id="invocation-1"))

    [record] = caplog.records
    assert record.getMessage() == f"not a request from CloudFormation for a resource of this stack: {why}"
    text = caplog.handler.format(record)
    assert "of an earlier request" not in text
    assert '"aws_request_id": "invocation-1"' in text
    assert "secret" not in text
