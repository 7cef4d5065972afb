"""How a request starts its job: once, whatever is delivered twice, lost, late or oddly named."""

from typing import Any

import pytest
from simulator.faults import Fault, Kind, When
from simulator.personalize import JOB_NAME, Outcome
from simulator.templates import SERVICE_TOKEN, an_import, dataset_arn
from simulator.world import World, simulated


def test_import_succeeds(world: World) -> None:
    stack = world.deploy(an_import())

    (job,) = world.jobs()
    reply = world.request().reply
    assert stack.status == "CREATE_COMPLETE"
    assert reply is not None
    assert reply.body["PhysicalResourceId"] == job.arn
    assert reply.body["Data"] == {
        "DatasetImportJobArn": job.arn,
        "JobName": job.name,
        "Status": "ACTIVE",
        "CreationDateTime": "2027-01-15T08:00:15.221197+00:00",
        "LastUpdatedDateTime": "2027-01-15T08:06:15.221197+00:00",
    }


def test_job_is_the_one_asked_for(world: World) -> None:
    world.foreign_job(dataset="interactions", duration=60, age=3600)
    world.deploy(
        an_import(
            ImportMode="INCREMENTAL",
            PublishAttributionMetricsToS3=True,
            DataLocation="s3://bucket/one file.csv",
            Tags=[{"tagKey": "a", "tagValue": ""}, {"tagKey": "ü", "tagValue": "b c"}],
        )
    )

    (job,) = world.jobs()
    assert (job.mode, job.attribution, job.location) == ("INCREMENTAL", True, "s3://bucket/one file.csv")
    assert job.tags == [{"tagKey": "a", "tagValue": ""}, {"tagKey": "ü", "tagValue": "b c"}]


def test_no_tags_are_sent_without_tags(world: World) -> None:
    world.deploy(an_import(Tags=None))

    (create,) = [call for call in world.wire.calls if call.operation == "CreateDatasetImportJob"]
    assert "tags" not in create.params


@pytest.mark.parametrize("apart", [0.0, 0.05, 0.2, 1.0, 30.0, 200.0, 1000.0])
def test_request_delivered_twice_is_one_job(world: World, apart: float) -> None:
    world.function.duplicates = lambda event: None if "Poll" in event else apart
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    world.run()
    assert len({reply.body["Status"] for reply in world.request().replies}) == 1


def test_request_delivered_twice_at_the_same_moment_whatever_comes_first() -> None:
    for seed in range(60):
        with simulated(seed) as world:
            world.function.delay = 0.05
            world.function.duplicates = lambda event: 0.02
            stack = world.deploy(an_import())
            world.delete(stack)
            world.finish()
            assert len(world.jobs()) == 1


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.READ_TIMEOUT, Kind.SERVER_ERROR, Kind.DEATH])
def test_reply_of_create_dataset_import_job_lost(world: World, kind: Kind) -> None:
    world.faults.plan(Fault("CreateDatasetImportJob", kind, When.AFTER))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    assert sum(world.faults.struck.values()) == 1


@pytest.mark.parametrize("kind", [Kind.DROPPED, Kind.DEATH])
def test_own_job_that_is_not_listed_yet(world: World, kind: Kind) -> None:
    world.personalize.list_lag = 150
    world.faults.plan(Fault("CreateDatasetImportJob", kind, When.AFTER))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
    refusals = [call.error for call in world.wire.calls if call.operation == "CreateDatasetImportJob"]
    assert "ResourceAlreadyExistsException" in refusals


def test_own_job_that_is_listed_long_after_its_end(world: World) -> None:
    world.personalize.list_lag = 10_000
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1


@pytest.mark.parametrize("order", ["newest", "oldest", "shuffled"])
@pytest.mark.parametrize("number", [0, 99, 100, 101, 1000])
def test_job_is_found_among_many_in_any_order(world: World, order: str, number: int) -> None:
    world.personalize.order = order
    for index in range(number):
        world.foreign_job(dataset="interactions", duration=60, age=3600 + index)
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1


def test_polls_with_10000_earlier_jobs_list_one_page(world: World) -> None:
    for index in range(10_000):
        world.foreign_job(dataset="interactions", duration=60, age=86_400 - index)
    world.scheduler.jitter = 0.0
    stack = world.deploy(an_import(PollInterval=60))

    assert stack.status == "CREATE_COMPLETE"
    polls = [invocation for invocation in world.invocations(world.request()) if invocation.is_poll]
    first = polls[0].started
    lists = [call for call in world.wire.calls if call.operation == "ListDatasetImportJobs" and call.time > first]
    # One look a minute. A schedule that is made or changed ticks at once as well, which is too soon.
    job = world.jobs()[0]
    assert len(lists) == len(polls) / 2 == job.outcome.duration / 60
    assert not any("nextToken" in call.params for call in lists)


@pytest.mark.parametrize(
    ("logical_id", "prefix"),
    [
        ("A" * 255, None),
        ("Interactions", "x" * 300),
        ("Interactions", "Ünïcode/Stack/データ"),
        ("Interactions", "-_-"),
        ("Interactions", "9 lives"),
        ("Z", ""),
    ],
)
def test_any_name_gives_a_valid_job_name(world: World, logical_id: str, prefix: str | None) -> None:
    stack = world.deploy(an_import(logical_id, role="Role", dataset="interactions", JobNamePrefix=prefix))

    (job,) = world.jobs()
    assert stack.status == "CREATE_COMPLETE"
    assert len(job.name) <= 63
    assert JOB_NAME.fullmatch(job.name)


def test_event_over_8_kb(world: World) -> None:
    tags = [{"tagKey": f"{number:03d}" + "k" * 120, "tagValue": "v" * 250} for number in range(50)]
    stack = world.deploy(an_import(Tags=tags))

    assert stack.status == "CREATE_COMPLETE"
    assert world.jobs()[0].tags == tags


def test_unknown_extra_properties_and_missing_optional_ones(world: World) -> None:
    bare = an_import(
        ImportMode=None,
        PublishAttributionMetricsToS3=None,
        Tags=None,
        JobNamePrefix=None,
        WaitForCompletion=None,
        PollInterval=None,
        Preflight=None,
        SomethingNew={"deep": ["values", {"more": 1}]},
    )
    stack = world.deploy(bare)

    (job,) = world.jobs()
    assert stack.status == "CREATE_COMPLETE"
    assert (job.mode, job.attribution, job.tags) == ("FULL", False, [])


@pytest.mark.parametrize("missing", ["DatasetArn", "DataLocation", "RoleArn"])
def test_missing_required_property_fails_within_a_minute_with_its_name(world: World, missing: str) -> None:
    without: dict[str, Any] = {missing: None}
    stack = world.deploy(an_import(**without))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert not create.succeeded
    assert missing in create.reason
    assert create.seconds < 60
    assert world.jobs() == []


@pytest.mark.parametrize("name", ["Timeout", "PollInterval"])
def test_unreadable_number_fails_with_its_name(world: World, name: str) -> None:
    template = an_import()
    declared = template["Interactions"]
    template["Interactions"] = type(declared)("import", {**declared.properties, name: "soon"}, declared.depends_on)
    world.invariants.excused.add("Interactions")
    stack = world.deploy(template)

    assert stack.status == "ROLLBACK_COMPLETE"
    assert name in world.request(0).reason


def test_unknown_request_type_fails_with_a_clear_reason(world: World) -> None:
    world.invariants.excused.add("Interactions")
    request = world.requests.send(
        "create",
        "arn:aws:cloudformation:us-east-1:111122223333:stack/S/1",
        "Interactions",
        None,
        {"DatasetArn": dataset_arn("x"), "ServiceToken": SERVICE_TOKEN},
        None,
        lambda request: None,
        request_type="Replace",
    )
    world.run()

    assert not request.succeeded
    assert "Replace" in request.reason
    assert request.seconds < 60


def test_without_waiting_complete_when_the_job_is_accepted(world: World) -> None:
    stack = world.deploy(an_import(WaitForCompletion=False))

    request = world.request()
    assert stack.status == "CREATE_COMPLETE"
    assert request.seconds < 5
    assert request.reply is not None
    assert request.reply.body["PhysicalResourceId"] == world.jobs()[0].arn
    assert len(world.invocations(request)) == 1
    assert world.scheduler.made == {}


def test_without_waiting_the_quota_is_still_waited_for(world: World) -> None:
    for _ in range(5):
        world.foreign_job(duration=700)
    stack = world.deploy(an_import(WaitForCompletion=False))

    assert stack.status == "CREATE_COMPLETE"
    assert 700 < world.request().seconds + 15 < 800


def test_job_that_ended_before_it_was_first_seen(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=1, pending=0)
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"


def test_function_dies_twice_before_it_did_anything(world: World) -> None:
    world.faults.plan(Fault("*", Kind.DEATH, times=2))
    stack = world.deploy(an_import())

    assert stack.status == "CREATE_COMPLETE"
    assert [invocation.outcome for invocation in world.invocations(world.request())][:3] == ["died", "died", "returned"]


def test_late_first_invocation_still_answers_in_time(world: World) -> None:
    world.personalize.next_outcome = lambda request: Outcome(duration=10_000)
    world.faults.plan(Fault("*", Kind.DEATH, times=2))
    stack = world.deploy(an_import(timeout=300))

    create = world.request(0)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert create.state == "answered"
    assert create.seconds < 300 + 90


def test_a_job_whose_start_was_not_confirmed_and_that_can_not_be_seen_yet_is_waited_for(world: World) -> None:
    world.personalize.list_lag = 30
    world.faults.plan(
        Fault("CreateDatasetImportJob", Kind.DROPPED, When.AFTER),
        Fault("DescribeDatasetImportJob", Kind.THROTTLE, times=2),
    )
    stack = world.deploy(an_import())

    assert "the import has been started, and is not listed yet" in world.log.text()
    assert stack.status == "CREATE_COMPLETE"
    assert len(world.jobs()) == 1
