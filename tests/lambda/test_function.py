"""The function as Lambda loads and calls it."""

import gc
import importlib
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import cdk_personalize_import_handler
from cdk_personalize_import_handler import function

CONTEXT = SimpleNamespace(aws_request_id="request")


@pytest.fixture(autouse=True)
def _in_lambda(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    function._default_handler.cache_clear()
    yield
    function._default_handler.cache_clear()
    gc.unfreeze()
    gc.enable()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_an_event_of_somebody_else_is_refused_without_its_content(caplog: pytest.LogCaptureFixture) -> None:
    function.handler({"RequestType": "Create", "Secret": "swordfish"}, CONTEXT)
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage() == (
        "not a request from CloudFormation for a resource of this stack:"
        " it has no ResponseURL, StackId, RequestId, LogicalResourceId"
    )


def test_while_it_is_loaded_no_garbage_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "imports")
    importlib.reload(cdk_personalize_import_handler)
    assert not gc.isenabled()
    before = gc.get_freeze_count()
    loaded = importlib.reload(function)
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    # The clients were made meanwhile, and not by the first request.
    assert loaded._default_handler.cache_info().misses == 1
