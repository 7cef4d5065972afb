"""What is answered when something breaks that no resource foresees: a bug, the schedules, or the way of the reply."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from simulator.logs import Log, captured
from unreliable_scheduler import GROUP, NOW, Clock, Unreliable, throttled

from cdk_personalize_import_handler.custom_resource.invocation import Invocation
from cdk_personalize_import_handler.custom_resource.outcome import Finished, Outcome, Waiting
from cdk_personalize_import_handler.custom_resource.polled_resource import PolledResource, UndeliveredReplyError
from cdk_personalize_import_handler.custom_resource.request import Request

CONTEXT = SimpleNamespace(
    aws_request_id="request",
    invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:imports",
    get_remaining_time_in_millis=lambda: 180_000,
    log_stream_name="stream",
)
RESULT = "arn:aws:personalize:us-east-1:111122223333:dataset-import-job/job"


class Thing:
    """A resource that takes its time.

    Attributes:
        comes_to: What a look comes to.
    """

    kind = "thing"
    noun = "job"

    def __init__(self) -> None:
        self.comes_to: Outcome | Exception = Waiting("on its way", {"Started": True}, result_id=RESULT)

    def interval(self, request: Request) -> float:
        return 0.0

    def look(self, request: Request, invocation: Invocation) -> Outcome:
        if isinstance(self.comes_to, Exception):
            raise self.comes_to
        return self.comes_to


class Deployment:
    """CloudFormation, and a function with a thing.

    Attributes:
        replies: The replies that it was sent.
        accepts: The HTTP status that it answers a reply with.
        status: What it says of the thing.
    """

    def __init__(self, scheduler: Unreliable, clock: Clock) -> None:
        self.thing = Thing()
        self.clock = clock
        self.replies: list[dict[str, Any]] = []
        self.accepts = 200
        self.status = "CREATE_IN_PROGRESS"
        self.log = Log(clock.time)
        clients = SimpleNamespace(scheduler=scheduler, cloudformation=self)
        self._function = PolledResource(self.thing, clients, clock, self._put)

    def send(self, request_type: str = "Create", **members: Any) -> None:
        event = {
            "RequestType": request_type,
            "ResponseURL": "https://example.com/reply",
            "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/Shop/1",
            "RequestId": "request-1",
            "LogicalResourceId": "Thing",
            "PhysicalResourceId": RESULT,
            "ResourceProperties": {"Timeout": "600"},
            **members,
        }
        with captured(self.log):
            self._function(event, CONTEXT)

    def poll(self, *, answered: bool = False, after: float = 60.0) -> None:
        self.clock.now = NOW + after
        self.send(Poll={"IssuedAt": NOW, "Deadline": NOW + 600, **({"Answered": True} if answered else {})})

    def describe_stack_resource(self, **_: str) -> dict[str, Any]:
        return {"StackResourceDetail": {"ResourceStatus": self.status, "PhysicalResourceId": RESULT}}

    def _put(self, url: str, body: bytes) -> int:
        if self.accepts == 200:
            self.replies.append(json.loads(body))
        return self.accepts


@pytest.fixture
def deployment(scheduler: Unreliable, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("SCHEDULE_GROUP_NAME", GROUP)
    monkeypatch.setenv("SCHEDULE_ROLE_ARN", "arn:aws:iam::111122223333:role/schedule")
    return Deployment(scheduler, clock)


def schedules(scheduler: Unreliable) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = scheduler.list_schedules(GroupName=GROUP)["Schedules"]
    return found


def test_a_bug_in_the_first_invocation_is_answered_with_its_text(deployment: Deployment) -> None:
    deployment.thing.comes_to = RuntimeError("no such thing")
    deployment.send()
    [reply] = deployment.replies
    assert (reply["Status"], reply["Reason"]) == ("FAILED", "no such thing (log stream stream)")


def test_a_bug_in_a_poll_is_left_to_the_next_poll_until_the_deadline(
    deployment: Deployment, scheduler: Unreliable
) -> None:
    deployment.send()
    deployment.thing.comes_to = RuntimeError("no such thing")
    deployment.poll()
    assert deployment.replies == []
    assert "this poll failed, the next one tries again" in deployment.log.text()
    assert len(schedules(scheduler)) == 1
    deployment.poll(after=601.0)
    assert [reply["Status"] for reply in deployment.replies] == ["FAILED"]
    assert schedules(scheduler) == []


def test_without_polls_a_create_fails_under_the_id_of_what_it_has_begun(
    deployment: Deployment, scheduler: Unreliable
) -> None:
    scheduler.failures["create_schedule"] = [throttled()] * 100
    deployment.send()
    [reply] = deployment.replies
    assert (reply["Status"], reply["PhysicalResourceId"]) == ("FAILED", RESULT)
    assert reply["Reason"].startswith("the polls could not be scheduled: ")
    assert f"(job {RESULT}, log stream stream)" in reply["Reason"]


def test_without_polls_a_delete_succeeds(deployment: Deployment, scheduler: Unreliable) -> None:
    scheduler.failures["create_schedule"] = [throttled()] * 100
    deployment.send("Delete")
    assert [reply["Status"] for reply in deployment.replies] == ["SUCCESS"]
    assert "deleted without waiting any longer" in deployment.log.text()


def test_a_reply_that_neither_arrives_nor_can_be_sent_by_a_poll_fails_the_invocation(
    deployment: Deployment, scheduler: Unreliable
) -> None:
    deployment.thing.comes_to = Finished(RESULT)
    deployment.accepts = 503
    scheduler.failures["create_schedule"] = [throttled()] * 100
    with pytest.raises(UndeliveredReplyError):
        deployment.send()
    scheduler.failures.clear()
    deployment.accepts = 200
    deployment.send()  # Lambda repeats the event.
    assert [reply["Status"] for reply in deployment.replies] == ["SUCCESS"]


def test_a_refusal_that_does_not_arrive_fails_the_invocation(deployment: Deployment) -> None:
    deployment.accepts = 503
    with pytest.raises(UndeliveredReplyError):
        deployment.send("Rename")


def test_what_cannot_go_on_in_the_background_is_logged(deployment: Deployment, scheduler: Unreliable) -> None:
    deployment.thing.comes_to = Finished(RESULT, goes_on_until=NOW + 86_400)
    scheduler.failures["create_schedule"] = [throttled()] * 100
    deployment.send()
    assert [reply["Status"] for reply in deployment.replies] == ["SUCCESS"]
    assert "WARNING nothing goes on in the background" in deployment.log.text()


def test_an_answered_request_is_never_answered_again(deployment: Deployment) -> None:
    deployment.status = "UPDATE_COMPLETE"
    deployment.thing.comes_to = RuntimeError("no such thing")
    deployment.poll(answered=True, after=601.0)
    assert deployment.replies == []
    assert "ERROR not replied to an answered request: no such thing" in deployment.log.text()
