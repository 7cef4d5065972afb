"""What the handler relies on in crhelper, so that another version of it fails here and not in a deployment."""

import json
import logging
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from crhelper import FAILED, SUCCESS, CfnResource, log_helper, resource_helper

CONTEXT = SimpleNamespace(
    aws_request_id="request", function_name="function", get_remaining_time_in_millis=lambda: 180_000
)


def an_event(request_type: str = "Create", **more: Any) -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "ResponseURL": "https://signed.example/?secret",
        "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/Shop/1",
        "RequestId": "r-1",
        "LogicalResourceId": "Interactions",
        "ResourceProperties": {},
        **more,
    }


class Probe(CfnResource):
    """crhelper's resource with the same methods replaced as the handler replaces, each of them noting its call."""

    _event: dict[str, Any]

    def __init__(self) -> None:
        with mock.patch.dict("os.environ", AWS_SAM_LOCAL="true"):
            super().__init__(json_logging=True, log_level="INFO", boto_level="ERROR", sleep_on_delete=0)
        self._sam_local = None
        self.calls: list[Any] = []
        self.answers = True
        self.physical_id_at_send = ""

    def _set_timeout(self) -> None:
        self.calls.append("set timeout")

    def _poll_enabled(self) -> bool:
        self.calls.append("poll enabled")
        return True

    def _polling_init(self, event: Any) -> None:
        self.calls.append("polling")
        self._send_response = self.answers

    def generate_physical_id(self, event: Any) -> str:
        self.calls.append("generate id")
        return "generated"

    def _send(self, status: Any = None, reason: str = "", send_response: Any = None) -> None:
        self.calls.append(("send", status, reason))
        self.physical_id_at_send = self.PhysicalResourceId


@pytest.fixture
def probe() -> Iterator[Probe]:
    """A resource, with the root logger left as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [logging.NullHandler()]
    yield Probe()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_version_is_pinned_exactly() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert "crhelper==2.0.12" in project["project"]["dependencies"]
    assert version("crhelper") == "2.0.12"


def test_no_clients_are_made_in_sam_local(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock.patch("crhelper.resource_helper.boto3.client") as client:
        Probe()
        client.assert_not_called()
        monkeypatch.delenv("AWS_SAM_LOCAL", raising=False)
        CfnResource()
        assert [call.args[0] for call in client.call_args_list] == ["lambda", "events", "logs"]


def test_order_of_a_call(probe: Probe) -> None:
    probe.create(lambda event, context: probe.calls.append("function"))
    probe(an_event(), CONTEXT)

    order = ["set timeout", "function", "poll enabled", "poll enabled", "polling", "generate id", ("send", None, "")]
    assert probe.calls == order


@pytest.mark.parametrize("kind", ["create", "update", "delete", "poll_create", "poll_update", "poll_delete"])
def test_decorators_keep_the_function_under_its_kind(probe: Probe, kind: str) -> None:
    def function(event: Any, context: Any) -> None: ...

    assert getattr(probe, kind)(function) is function
    assert getattr(probe, f"_{kind}_func") is function


def test_function_comes_from_get_func(probe: Probe) -> None:
    with mock.patch.object(probe, "_get_func", return_value=lambda event, context: "from get_func"):
        probe(an_event("Unheard of"), CONTEXT)

    assert probe.physical_id_at_send == "from get_func"


def test_state_is_fresh_for_each_call(probe: Probe) -> None:
    probe.Status, probe.Reason, probe.PhysicalResourceId, probe.Data = FAILED, "old", "old", {"old": "1"}
    seen: dict[str, Any] = {}
    event = an_event()

    @probe.create
    def function(event: Any, context: Any) -> None:
        seen.update(vars(probe))

    probe(event, CONTEXT)
    assert (seen["Status"], seen["Reason"], seen["PhysicalResourceId"], seen["Data"]) == (SUCCESS, "", "", {})
    assert (seen["StackId"], seen["RequestId"]) == (event["StackId"], event["RequestId"])
    assert (seen["LogicalResourceId"], seen["RequestType"]) == ("Interactions", "Create")
    assert seen["_event"] is event
    assert seen["_context"] is CONTEXT
    assert seen["_response_url"] == event["ResponseURL"]
    assert seen["_send_response"] is False


def test_returned_value_is_the_physical_id(probe: Probe) -> None:
    probe.create(lambda event, context: "the id")
    probe(an_event(), CONTEXT)

    assert probe.physical_id_at_send == "the id"
    assert "generate id" not in probe.calls


def test_exception_of_the_function_is_the_reason_of_a_failure(probe: Probe) -> None:
    @probe.create
    def function(event: Any, context: Any) -> None:
        raise ValueError("what is wrong" * 100)

    probe(an_event(), CONTEXT)
    assert probe.Status == FAILED
    assert probe.Reason == "what is wrong" * 100
    assert probe.calls[-1] == ("send", None, "")


def test_status_and_reason_that_the_function_sets_stay(probe: Probe) -> None:
    @probe.create
    def function(event: Any, context: Any) -> str:
        probe.Status, probe.Reason, probe.Data = FAILED, "my reason", {"a": "b"}
        return "the id"

    probe(an_event(), CONTEXT)
    assert (probe.Status, probe.Reason, probe.Data) == (FAILED, "my reason", {"a": "b"})
    assert probe.physical_id_at_send == "the id"


def test_without_an_answer_nothing_is_sent(probe: Probe) -> None:
    probe.answers = False
    probe.create(lambda event, context: None)
    probe(an_event(), CONTEXT)

    assert probe.calls[-1] == "polling"


def test_missing_id_is_taken_from_the_event(probe: Probe) -> None:
    probe.update(lambda event, context: None)
    probe(an_event("Update", PhysicalResourceId="from the event"), CONTEXT)

    assert probe.physical_id_at_send == "from the event"


def test_exception_outside_of_the_function_is_sent_as_a_failure(probe: Probe) -> None:
    def broken(event: Any) -> None:
        raise RuntimeError("polling broke")

    probe.create(lambda event, context: None)
    with mock.patch.object(probe, "_polling_init", broken):
        probe(an_event(), CONTEXT)

    assert probe.calls[-1] == ("send", FAILED, "polling broke")


def test_exception_while_sending_is_raised_after_a_second_try(probe: Probe) -> None:
    sent: list[Any] = []

    def broken(status: Any = None, reason: str = "", send_response: Any = None) -> None:
        sent.append((status, reason))
        raise OSError("no connection")

    probe.create(lambda event, context: "the id")
    with mock.patch.object(probe, "_send", broken), pytest.raises(OSError, match="no connection"):
        probe(an_event(), CONTEXT)

    assert sent == [(None, ""), (FAILED, "no connection")]


def test_delete_does_not_sleep(probe: Probe) -> None:
    probe.delete(lambda event, context: "the id")
    with mock.patch("time.sleep", side_effect=AssertionError), mock.patch.object(resource_helper, "sleep") as sleep:
        probe(an_event("Delete"), CONTEXT)

    sleep.assert_not_called()
    assert probe.calls[-1] == ("send", None, "")


def test_process_death_is_not_taken_for_a_failure(probe: Probe) -> None:
    class Death(BaseException): ...

    @probe.create
    def function(event: Any, context: Any) -> None:
        raise Death

    with pytest.raises(Death):
        probe(an_event(), CONTEXT)
    assert all(call[0] != "send" for call in probe.calls)


def test_log_is_json_without_the_event(probe: Probe) -> None:
    lines: list[str] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logging.getLogger().handlers[:] = [Lines()]
    probe.create(lambda event, context: logging.getLogger("handler").info("a sentence"))
    probe(an_event(), CONTEXT)

    records = [json.loads(line) for line in lines]
    assert records[0]["message"] == "a sentence"
    assert {"RequestType", "StackId", "RequestId", "LogicalResourceId", "aws_request_id"} <= set(records[0])
    assert logging.getLogger().level == logging.INFO
    assert logging.getLogger("botocore").level == logging.ERROR
    assert all("ResponseURL" not in line for line in lines)
    assert all("signed.example" not in line for line in lines)


def test_whole_events_are_logged_at_debug_only() -> None:
    with mock.patch.object(resource_helper, "logger") as logger:
        event = an_event()
        probe = Probe()
        probe.create(lambda event, context: "the id")
        probe(event, CONTEXT)

    assert mock.call(event) in logger.debug.call_args_list
    others = [*logger.info.call_args_list, *logger.warning.call_args_list, *logger.error.call_args_list]
    assert all("signed.example" not in str(call) for call in others)


def test_log_levels_are_what_they_were_asked_to_be() -> None:
    root, botocore = logging.getLogger(), logging.getLogger("botocore")
    levels = root.level, botocore.level
    try:
        log_helper.setup("INFO", formatter_cls=None, boto_level="ERROR")
        assert (root.level, botocore.level) == (logging.INFO, logging.ERROR)
    finally:
        root.setLevel(levels[0])
        botocore.setLevel(levels[1])
