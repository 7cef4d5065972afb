"""What must hold whatever happens. Each violation is a sentence; a history without any is a good one."""

from collections.abc import Iterable
from typing import Any

from simulator.personalize import Dataset, Job, Personalize
from simulator.requests import Request
from simulator.wire import Call

from cdk_personalize_import_handler.custom_resource.names import resource_hash
from cdk_personalize_import_handler.dataset_import.spec import ImportSpec

Spec = tuple[str, ...]
FINAL_ERRORS = ("InvalidInputException", "ResourceNotFoundException", "TooManyTagsException")
PERMISSION_ERRORS = ("InvalidInputException", "AccessDeniedException", "AccessDenied")
# What an import between deployments asks before it starts.
QUESTIONS = ("DescribeStackResource", "DescribeDatasetImportJob", "ListDatasetImportJobs", "GetSchedule")
FIRST_MINUTES = 60.0
NEAR = 5.0


def spec_of(properties: dict[str, Any]) -> Spec:
    """What defines an import."""
    return (
        properties.get("DatasetArn", ""),
        properties.get("DataLocation", ""),
        properties.get("ImportMode", "FULL"),
        properties.get("PublishAttributionMetricsToS3", "false"),
        properties.get("AddsTo", ""),
        properties.get("DataVersion", ""),
    )


def is_late(request: Request, now: float) -> bool:
    """Whether the request has been waited for as long as its Timeout says."""
    timeout = request.properties.get("Timeout", "3420")
    return now >= request.sent + (float(timeout) if timeout.isdecimal() else 3420) - NEAR


class Invariants:
    """Looks at every job that is started and at every request that is closed.

    Attributes:
        violations: what did not hold.
        excused: logical ids whose requests may fail for reasons that only the test knows.
        going_on: ids of rollbacks that were answered at their deadline, and go on in the background.
    """

    def __init__(self, personalize: Personalize, requests: list[Request], calls: list[Call]) -> None:
        self.personalize = personalize
        self.requests = requests
        self.calls = calls
        self.violations: list[str] = []
        self.excused: set[str] = set()
        self.going_on: set[str] = set()

    def violated(self, what: str) -> None:
        self.violations.append(f"{self.personalize.now():.1f}: {what}")

    # --- when a job is started

    def job_started(self, job: Job, event: dict[str, Any]) -> None:
        """Look at a job that was just started by an invocation for this event."""
        now = self.personalize.now()
        if "Due" in event:
            self._due_job_started(job, event)
            return
        request = next((sent for sent in self.requests if sent.request_id == event.get("RequestId")), None)
        if request is None:
            self.violated(f"{job.name} was started for no request")
            return
        job.request_id, job.spec = request.request_id, spec_of(request.properties)
        title = f"{request.request_type} {request.request_id[:8]} of {request.logical_id}"
        self._alone(title, job)
        if len(self.jobs_of_request(request)) > 1:
            self.violated(f"{title} started a second job")
        if request.state in ("answered", "timed out") and request.request_id not in self.going_on:
            self.violated(f"{title} started a job although it was {request.state} {now - request.closed:.1f} s before")
        newer = [
            sent
            for sent in self.requests_of(request)
            if sent.sent > request.sent and sent.state == "answered" and sent.purpose != "clean-up"
        ]
        if newer:
            self.violated(f"{title} started a job although a newer {newer[0].request_type} was already answered")
        if request.request_type not in ("Create", "Update"):
            self.violated(f"{title} started a job")
        asked = request.properties
        expected = (
            asked["DatasetArn"],
            asked["DataLocation"],
            asked.get("ImportMode", "FULL"),
            asked.get("PublishAttributionMetricsToS3", "false") == "true",
            asked["RoleArn"],
            asked.get("Tags", []),
        )
        if (job.dataset_arn, job.location, job.mode, job.attribution, job.role_arn, job.tags) != expected:
            self.violated(f"{title} started a job that is not the one asked for")

    def _due_job_started(self, job: Job, event: dict[str, Any]) -> None:
        """Look at a job that was started between deployments."""
        key = (event["StackId"], event["LogicalResourceId"])
        own = [sent for sent in self.requests if (sent.stack_id, sent.logical_id) == key]
        _, _, spec_hash, _ = job.name.rsplit("-", 3)
        named = [sent.properties for sent in own if ImportSpec.read(sent.properties).hash == spec_hash]
        job.request_id, job.spec = event["RequestId"], spec_of([event["ResourceProperties"], *named][-1])
        title = f"{event['RequestId']} of {key[1]}"
        others = self._others_of_resource(job)
        if any(other.request_id == job.request_id for other in others):
            self.violated(f"{title} started a second job")
        self._alone(title, job)
        blind = any(call.error for call in self._calls(job.request_id) if call.operation in QUESTIONS)
        succeeded = [sent for sent in own if sent.succeeded and sent.request_type != "Delete"]
        if succeeded and not blind and not self._is_deployed(job, succeeded[-1].properties):
            self.violated(f"{title} started {job.name}, which the stack does not say any more: {job.spec}")
        if succeeded and succeeded[-1].properties["RoleArn"] != job.role_arn and not blind:
            self.violated(f"{title} started a job with another role")

    def _is_deployed(self, job: Job, asked: dict[str, Any]) -> bool:
        """Whether the job imports what was deployed last; a schedule may have an import mode of its own."""
        if job.mode != asked.get("ImportMode", "FULL"):
            return bool(job.location == asked["DataLocation"])
        return job.spec == spec_of(asked)

    def _others_of_resource(self, job: Job) -> list[Job]:
        resource = job.name.rsplit("-", 3)[1]
        jobs = self.personalize.jobs_of(job.dataset_arn)
        return [other for other in jobs if other is not job and other.request_id and f"-{resource}-" in other.name]

    def _alone(self, title: str, job: Job) -> None:
        """Only one import of a construct runs at a time, where one of them is none of a deployment's."""
        for other in self._others_of_resource(job):
            between = {other.request_id, job.request_id} - {sent.request_id for sent in self.requests}
            if between and other.running(job.created):
                self.violated(f"{title} started {job.name} while {other.name} of the same construct was running")

    # --- when a request is closed

    def request_closed(self, request: Request) -> None:
        """Look at a request that was just answered or timed out."""
        title = f"{request.request_type} ({request.purpose}) {request.request_id[:8]} of {request.logical_id}"
        reply = request.reply
        if reply is None:
            self.violated(f"{title} was not answered within its {request.service_timeout:.0f} s")
        elif reply.problem:
            self.violated(f"{title} got a reply that CloudFormation can't use: {reply.problem}")
        elif request.request_type == "Delete":
            self._deleted(title, request)
        elif reply.succeeded:
            self._succeeded(title, request, reply.body)
        else:
            self._failed(title, request, reply.body)

    def _deleted(self, title: str, request: Request) -> None:
        now = self.personalize.now()
        if not request.succeeded:
            self.violated(f"{title} failed: {request.reason}")
        running = [job.name for job in self.jobs_of_resource(request) if job.running(now)]
        if running and request.purpose != "clean-up" and not self.may_give_up(request):
            self.violated(f"{title} was answered while {', '.join(running)} was running")

    def may_give_up(self, delete: Request) -> bool:
        """Whether a Delete need not wait any more: its deadline has come, or it is not permitted to look."""
        denied = any(call.error in PERMISSION_ERRORS for call in self.calls if call.request_id == delete.request_id)
        return denied or is_late(delete, min(delete.closed, self.personalize.now()))

    def _succeeded(self, title: str, request: Request, reply: dict[str, Any]) -> None:
        now = self.personalize.now()
        asked = request.properties
        if request.purpose == "rollback" and is_late(request, now):
            self._went_on(title, request, reply)
            return
        job = self.personalize.jobs.get(reply["PhysicalResourceId"])
        if job is None:
            if not ("HandOver" in asked and is_late(request, now)):
                self.violated(f"{title} succeeded without a job: {reply['PhysicalResourceId']}")
            return
        if job.spec != spec_of(asked):
            self.violated(f"{title} succeeded with {job.name}, which imports something else")
        status = job.status(now)
        waits = asked.get("WaitForCompletion", "true") == "true"
        handed_over = "HandOver" in asked and is_late(request, now)
        if waits and not handed_over and status != "ACTIVE":
            self.violated(f"{title} succeeded with {job.name}, which is {status}")
        data = reply.get("Data", {})
        if data.get("DatasetImportJobArn") != job.arn or data.get("JobName") != job.name:
            self.violated(f"{title} succeeded with the attributes of another job: {data}")
        old = request.old_properties
        same_import = old is not None and spec_of(old) == spec_of(asked) and "JobName" not in asked
        old_job = self.personalize.jobs.get(request.physical_id or "")
        held = contents(self.personalize.jobs_of(asked["DatasetArn"]), self._dataset(asked), job.created)
        # One that adds to an import of another id than before is another import.
        has_data = old_job is not None and old_job.spec == spec_of(asked) and old_job.spec in held
        is_new = job.request_id == request.request_id
        if same_import and old_job and has_data and is_new:
            self.violated(f"{title} changes nothing about the import but replaced {old_job.name} by {job.name}")

    def _went_on(self, title: str, request: Request, reply: dict[str, Any]) -> None:
        """A rollback succeeds at its deadline, and goes on in the background unless the data is there."""
        self.going_on.add(request.request_id)
        missing = {"DatasetImportJobArn", "JobName", "Status", "CreationDateTime", "LastUpdatedDateTime"} - set(
            reply.get("Data", {})
        )
        if missing:
            self.violated(f"{title} succeeded without {missing}")

    def _failed(self, title: str, request: Request, reply: dict[str, Any]) -> None:
        now = self.personalize.now()
        jobs = self.jobs_of_request(request)
        if jobs and reply["PhysicalResourceId"] != jobs[0].arn:
            self.violated(f"{title} failed with {reply['PhysicalResourceId']} instead of its job {jobs[0].name}")
        if self._refused(request) or (is_late(request, now) and request.purpose != "rollback"):
            return
        if any(call.operation == "DescribeStacks" and call.error for call in self._calls_for(request)):
            return  # Nothing told that this is a rollback.
        followed = jobs or [
            job for job in self.personalize.jobs.values() if job.name == request.properties.get("JobName")
        ]
        named = (reply["PhysicalResourceId"], request.properties.get("AddsTo"))
        followed += [job for job in self.personalize.jobs.values() if job.arn in named]
        if not any(job.status(now) == "CREATE FAILED" for job in followed):
            self.violated(f"{title} failed without need: {reply.get('Reason')}")

    def _refused(self, request: Request) -> bool:
        """Whether a service refused something for this request for good."""
        asked = request.properties
        if request.logical_id in self.excused:
            return True
        if not all(asked.get(name) for name in ("DatasetArn", "DataLocation", "RoleArn")):
            return True
        own = [call for call in self._calls_for(request) if call.error]
        if any(call.operation.endswith("Schedule") for call in own[-5:]):
            return True
        late_enough = self.personalize.now() > request.sent + FIRST_MINUTES
        return any(
            (call.error in FINAL_ERRORS and not self._about_role(call, asked))
            or (call.error in PERMISSION_ERRORS and late_enough)
            for call in own
        )

    def _calls_for(self, request: Request) -> list[Call]:
        return self._calls(request.request_id)

    def _calls(self, request_id: str) -> list[Call]:
        return [call for call in self.calls if call.request_id == request_id]

    def _about_role(self, call: Call, asked: dict[str, Any]) -> bool:
        return (
            call.error == "InvalidInputException"
            and self.personalize.roles.get(asked["RoleArn"], float("inf")) > call.time
        )

    def _dataset(self, asked: dict[str, Any]) -> Dataset | None:
        return self.personalize.datasets.get(asked.get("DatasetArn", ""))

    # --- whose is what

    def requests_of(self, request: Request) -> list[Request]:
        """All requests for the same resource."""
        key = (request.stack_id, request.logical_id)
        return [sent for sent in self.requests if (sent.stack_id, sent.logical_id) == key]

    def jobs_of_request(self, request: Request) -> list[Job]:
        return [job for job in self.personalize.jobs.values() if job.request_id == request.request_id]

    def jobs_of_resource(self, request: Request) -> list[Job]:
        """The jobs that requests for the same resource started, and the one that a link of a chain follows."""
        named = request.properties.get("JobName", "")
        resource = resource_hash(request.stack_id, request.logical_id)
        return [job for job in self.personalize.jobs.values() if f"-{resource}-" in job.name or job.name == named]


def contents(jobs: Iterable[Job], dataset: Dataset | None, now: float) -> list[Spec]:
    """What a dataset holds: what the last FULL import of ours put there, and what was added since."""
    held: list[Spec] = []
    created = dataset.created if dataset else 0.0
    for job in sorted(jobs, key=lambda job: job.ends):
        if job.active(now) and job.spec and job.created >= created:
            held = [job.spec] if job.mode == "FULL" else [*held, job.spec]
    return held
