"""The deployed folder answers every kind of request, on Lambda's oldest and newest libraries as in the embedded AWS."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from runtime.conftest import LIBRARIES, STAND_IN
from runtime.play import DATASET, PROPERTIES, Play
from simulator.faults import ServiceError
from simulator.personalize import Outcome

Story = Callable[[Play], None]
ENDED_AT_ONCE = Outcome(duration=0)


@pytest.fixture(scope="module")
def processes(start: Any, asset: tuple[Path, str]) -> dict[str, Any]:
    return {kind: start(kind, *asset) for kind in (*LIBRARIES, STAND_IN)}


@pytest.fixture
def everywhere(processes: dict[str, Any], aws: Any, replies: Any) -> Callable[[Story], None]:
    """Plays a story in every process; all of them have to log the same."""

    def play_everywhere(story: Story) -> None:
        logs = {}
        for kind, process in processes.items():
            play = Play(process, aws, replies)
            story(play)
            logs[kind] = [record | {"timestamp": ""} for record in play.log]
        assert logs["oldest"] == logs["newest"] == logs[STAND_IN]

    return play_everywhere


def test_a_create_is_answered_by_the_poll_that_sees_the_end(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.personalize.next_outcome = lambda _: ENDED_AT_ONCE
        play.request("Create")
        assert play.reply is None
        play.poll()
        assert play.reply
        assert (play.reply["Status"], play.reply["Data"]["Status"]) == ("SUCCESS", "ACTIVE")
        assert play.reply["PhysicalResourceId"] == play.reply["Data"]["DatasetImportJobArn"]
        assert play.log
        assert [metric["Succeeded"] for metric in play.metrics] == [1]
        assert play.aws.polls() == []
        assert play.aws.operations == [
            "ListDatasetImportJobs",
            "CreateDatasetImportJob",
            "CreateSchedule",
            "ListDatasetImportJobs",
            "GetSchedule",
            "DeleteSchedule",
        ]

    everywhere(story)


def test_a_create_that_does_not_wait_is_answered_at_once(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.request("Create", {"WaitForCompletion": "false"})
        assert play.reply
        assert (play.reply["Status"], play.reply["Data"]["Status"]) == ("SUCCESS", "CREATE PENDING")

    everywhere(story)


def test_a_failing_job_fails_its_request(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.personalize.next_outcome = lambda _: Outcome(duration=0, failure_reason="No objects found")
        play.request("Create")
        play.poll()
        assert play.reply
        assert play.reply["Status"] == "FAILED"
        assert play.reply["Reason"].startswith("No objects found (job arn:")
        assert "[$LATEST]0123456789abcdef" in play.reply["Reason"]

    everywhere(story)


def test_a_property_that_is_no_number_fails_its_request(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.request("Create", {"PollInterval": "soon"})
        assert play.reply
        assert play.reply["Status"] == "FAILED"
        assert "PollInterval" in play.reply["Reason"]

    everywhere(story)


def test_what_the_service_refuses_fails_the_request(everywhere: Any) -> None:
    def refuse(_: Any) -> None:
        raise ServiceError("InvalidInputException", "The data location is no good")

    def story(play: Play) -> None:
        play.aws.personalize.refusals.append(refuse)
        play.request("Create")
        assert play.reply
        assert "The data location is no good" in play.reply["Reason"]

    everywhere(story)


def test_a_preflight_reads_the_data_and_fails_the_request(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.objects.put("training-data", "interactions.csv", b"USER_ID,ITEM_ID\nu1,i1\n" * 2000)
        play.request("Create", {"Preflight": "true"})
        assert play.reply
        assert play.reply["Status"] == "FAILED"
        assert "TIMESTAMP" in play.reply["Reason"]
        assert set(play.aws.operations) >= {"DescribeDataset", "DescribeSchema", "ListObjectsV2", "GetObject"}
        # Its looks come in an order of their own.
        play.log.sort(key=str)

    everywhere(story)


def test_an_update_that_changes_nothing_is_answered_at_once(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.personalize.next_outcome = lambda _: ENDED_AT_ONCE
        play.request("Create")
        play.poll()
        assert play.reply
        job = play.reply["PhysicalResourceId"]
        play.request("Update", PhysicalResourceId=job, OldResourceProperties=PROPERTIES)
        assert play.reply
        assert (play.reply["Status"], play.reply["PhysicalResourceId"]) == ("SUCCESS", job)

    everywhere(story)


def test_an_update_of_the_data_starts_another_job(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.personalize.next_outcome = lambda _: ENDED_AT_ONCE
        play.request("Create")
        play.poll()
        assert play.reply
        job = play.reply["PhysicalResourceId"]
        old = {"PhysicalResourceId": job, "OldResourceProperties": PROPERTIES}
        play.request("Update", {"DataVersion": "2"}, **old)
        play.poll()
        assert play.reply
        assert play.reply["Status"] == "SUCCESS"
        assert play.reply["PhysicalResourceId"] != job

    everywhere(story)


def test_a_delete_with_nothing_running_is_answered_at_once(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.aws.personalize.next_outcome = lambda _: ENDED_AT_ONCE
        play.request("Create")
        play.poll()
        assert play.reply
        play.request("Delete", PhysicalResourceId=play.reply["PhysicalResourceId"])
        assert play.reply
        assert play.reply["Status"] == "SUCCESS"

    everywhere(story)


def test_a_delete_waits_for_a_running_job(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.request("Create", {"WaitForCompletion": "false"})
        assert play.reply
        play.request("Delete", PhysicalResourceId=play.reply["PhysicalResourceId"])
        assert play.reply is None
        [job] = play.aws.personalize.jobs.values()
        job.outcome = ENDED_AT_ONCE
        play.poll()
        assert play.reply
        assert play.reply["Status"] == "SUCCESS"

    everywhere(story)


def test_a_full_quota_is_waited_for(everywhere: Any) -> None:
    def refuse(_: Any) -> None:
        raise ServiceError("LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")

    def story(play: Play) -> None:
        play.aws.personalize.refusals.append(refuse)
        play.request("Create", {"WaitForCompletion": "false"})
        assert play.reply is None
        play.aws.personalize.refusals.clear()
        play.poll()
        assert play.reply
        assert play.reply["Status"] == "SUCCESS"

    everywhere(story)


def test_an_unknown_kind_of_request_is_refused(everywhere: Any) -> None:
    def story(play: Play) -> None:
        play.request("Describe")
        assert play.reply
        assert "'Describe' is not one of" in play.reply["Reason"]
        assert play.aws.personalize.jobs_of(DATASET) == []

    everywhere(story)


@pytest.mark.parametrize(
    "event",
    [None, [], {"RequestType": "Create"}, {"Records": []}, {"Due": {}}, "url is not https", "of another stack"],
)
def test_what_is_not_cloudformations_is_logged_and_left(everywhere: Any, event: Any) -> None:
    def story(play: Play) -> None:
        play.request("Create", {"WaitForCompletion": "false"})
        calls = len(play.aws.operations)
        sent = {"url is not https": {"ResponseURL": "http://127.0.0.1/"}, "of another stack": {"StackId": "arn:other"}}
        play.send({**play.sent, **sent[event]} if isinstance(event, str) else event)
        assert len(play.aws.operations) == calls
        assert play.log[-1]["level"] == "ERROR"
        # Not as if it were of the request before.
        assert not play.log[-1].keys() & {"RequestId", "LogicalResourceId", "StackId", "RequestType"}

    everywhere(story)
