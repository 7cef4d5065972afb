"""One account and region in which everything runs in virtual time: the services, the function, and the stacks."""

import os
import random
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any
from unittest import mock

from simulator.clients import answered_by, clients
from simulator.cloudformation import CloudFormation
from simulator.due import EventBus, Metrics
from simulator.faults import Faults, Kind, When
from simulator.functions import Function, Invocation
from simulator.invariants import Invariants, contents, spec_of
from simulator.logs import Log, captured
from simulator.objects import Objects
from simulator.personalize import Dataset, Job, Outcome, Personalize
from simulator.processes import Loop
from simulator.requests import Request, Requests
from simulator.scheduler import Scheduler
from simulator.stack import Stack
from simulator.template import Template
from simulator.templates import SERVICE_TOKEN, dataset_arn
from simulator.wire import Wire

from cdk_personalize_import_handler.function import make_handler

START = 1_800_000_000.0
GROUP = "personalize-import-polls"
SCHEDULE_ROLE = "arn:aws:iam::111122223333:role/personalize-import-schedule"
# After the last request is answered no schedule may go on for longer than this, faults apart.
TIDY_WITHIN = 150.0
# With these the function tells that a dataset may not hold what the stack says.
WARNINGS = (
    "still runs and may replace the data of",
    "what went on in the background has failed",
    "this import replaces what was added to the dataset",
    "nothing goes on in the background",
)


class Clock:
    """The clock that the handler gets."""

    def __init__(self, loop: Loop, faults: Faults, event: Callable[[], dict[str, Any]]) -> None:
        self._loop = loop
        self._faults = faults
        self._event = event

    def time(self) -> float:
        return self._loop.now

    def sleep(self, seconds: float, /) -> None:
        if self._faults.take("SLEEP", self._event()):
            self._loop.die()
        self._loop.sleep(seconds)


class World:
    """Everything there is.

    Args:
        seed: decides latencies, jitter and invented ids.
    """

    def __init__(self, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.loop = Loop(START)
        self.faults = Faults()
        self.log = Log(lambda: self.loop.now)
        self.wire = Wire(self.loop, self.random, self.faults, self._event)
        self.personalize = Personalize(lambda: self.loop.now)
        self.clock = Clock(self.loop, self.faults, self._event)
        self.function = Function(self.loop, self.random, self.faults, self._make_handler, SERVICE_TOKEN, self._exists)
        self.scheduler = Scheduler(self.loop, self.random, GROUP, SCHEDULE_ROLE, self._invoke)
        self.scheduler.group_exists = lambda: self._exists(self._event())
        self.requests = Requests(self.loop, self.function.invoke, SERVICE_TOKEN)
        self.objects = Objects()
        self.events = EventBus(lambda: self.loop.now)
        self.metrics = Metrics()
        self.invariants = Invariants(self.personalize, self.requests.sent, self.wire.calls)
        self.requests.replied.append(self.invariants.request_closed)
        self.refuse_replies: Callable[[str], int | OSError | None] = lambda url: None
        self.stacks: list[Stack] = []
        self.wire.broken = self.invariants.violated
        self.wire.services = {
            "personalize": self._serve_personalize,
            "scheduler": self.scheduler.serve,
            "s3": self.objects.serve,
            "cloudformation": CloudFormation(lambda: self.stacks).serve,
            "events": self.events.serve,
        }

    # --- what tests do

    def stack(self, name: str = "Shop") -> Stack:
        """A new stack, with a function and a schedule group of its own."""
        stack = Stack(f"{name}{len(self.stacks) or ''}", self.loop, self.random, self.requests, self.personalize)
        stack.deleted = lambda: self._provider_deleted(stack)
        self.stacks.append(stack)
        return stack

    def deploy(self, template: Template, stack: Stack | None = None) -> Stack:
        """Create a stack, or update one, and let it settle."""
        stack = stack or self.stack()
        self.begin(template, stack)
        self.settle(stack)
        return stack

    def begin(self, template: Template, stack: Stack | None = None) -> Stack:
        """Begin to create or update a stack whose datasets, unless its own, have existed for long."""
        stack = stack or self.stack()
        own = {declared.properties["Arn"] for declared in template.values() if declared.kind == "dataset"}
        for declared in template.values():
            arn = declared.properties.get("DatasetArn")
            if declared.kind == "import" and arn and arn not in own:
                self.personalize.datasets.setdefault(arn, Dataset(arn))
        stack.deploy(template)
        return stack

    def delete(self, stack: Stack) -> None:
        """Delete a stack and let that settle."""
        stack.delete()
        self.settle(stack)

    def settle(self, stack: Stack) -> None:
        """Let time pass until the operation on the stack is done."""
        self._run(done=lambda: stack.settled)
        assert stack.settled, f"{stack.status} for ever"

    def run(self, seconds: float | None = None) -> None:
        """Let time pass, or everything that is still to happen."""
        self._run(until=float("inf") if seconds is None else self.loop.now + seconds)

    def foreign_job(self, duration: float = 600.0, dataset: str = "foreign", age: float = 0.0) -> Job:
        """A job that somebody else started `age` seconds ago."""
        arn = dataset_arn(dataset)
        name = f"foreign-{len(self.personalize.jobs)}"
        now = self.loop.now - age
        job_arn = arn.split(":dataset/")[0] + f":dataset-import-job/{name}"
        job = Job(name, job_arn, arn, "s3://foreign/", "FULL", False, "", now, Outcome(duration), now)
        return self.personalize.add_job(job)

    # --- what tests look at

    @property
    def now(self) -> float:
        return self.loop.now

    def jobs(self) -> list[Job]:
        """The jobs that the function started."""
        return [job for job in self.personalize.jobs.values() if job.request_id]

    def request(self, number: int = -1) -> Request:
        return self.requests.sent[number]

    def invocations(self, request: Request) -> list[Invocation]:
        return [invocation for invocation in self.function.invocations if invocation.request_id == request.request_id]

    def finish(self, problems: Iterable[str] = ()) -> None:
        """Let everything happen that is still to happen, and look at what is left.

        Args:
            problems: What else is not as it must be; asked at the end.

        Raises:
            AssertionError: if something is not as it must be.
        """
        self.run()
        self.run(max((job.ends - self.now for job in self.personalize.jobs.values()), default=0))
        self.violations.extend(self._left_behind())
        self.violations.extend(problems)
        assert not self.violations, "\n".join([*self.violations, "", *self.story()])

    @property
    def violations(self) -> list[str]:
        return self.invariants.violations

    def story(self) -> list[str]:
        """What happened, line by line."""
        lines: list[tuple[float, str]] = [(time, f"      log {text}") for time, text in self.log.lines]
        for request in self.requests.sent:
            title = f"{request.request_type} ({request.purpose}) {request.request_id[:8]} of {request.logical_id}"
            lines.append((request.sent, f"  {title}: sent, id {request.physical_id}"))
            lines += [(reply.time, f"  {title}: reply {reply.body} {reply.problem}") for reply in request.replies]
            if request.state != "open":
                lines.append((request.closed, f"  {title}: {request.state}"))
        for call in self.wire.calls:
            lines.append((call.time, f"      {call.request_id[:8]} {call.operation} {call.error}"))
        for invocation in self.function.invocations:
            kind = "poll" if invocation.is_poll else "first"
            title = f"    {invocation.request_id[:8]} {kind} invocation {invocation.number}"
            lines.append((invocation.started, f"{title} begins (attempt {invocation.attempt + 1})"))
            lines.append((invocation.ended, f"{title} {invocation.outcome} {invocation.log}"))
        for job in self.personalize.jobs.values():
            lines.append((job.created, f"    job {job.name} for {str(job.request_id)[:8]}, {job.outcome}"))
            if not job.running(self.now):
                lines.append((job.ends, f"    job {job.name} is {job.status(self.now)}"))
        lines.sort(key=lambda line: line[0])
        faults = [f"fault struck: {name} x{count}" for name, count in self.faults.struck.items()]
        stacks = [f"stack {stack.name}: {stack.status} {stack.parts.refused_deletes}" for stack in self.stacks]
        return [*stacks, *faults, *(f"{time - START:9.1f} {text}" for time, text in lines)]

    # --- how the parts are joined

    def _run(self, until: float = float("inf"), done: Callable[[], bool] = lambda: False) -> None:
        with captured(self.log), redirect_stdout(self.metrics):
            self.loop.run(until, done)

    def _event(self) -> dict[str, Any]:
        invocation = self.function.current
        return invocation.event if invocation else {}

    def _make_handler(self) -> Callable[[dict[str, Any], Any], None]:
        return make_handler(clients(), self.clock, self._put)

    def _invoke(self, arn: str, event: dict[str, Any]) -> None:
        if arn == self.function.arn:
            self.function.invoke(event)

    def _serve_personalize(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer, job = self.personalize.serve(operation, params)
        if job:
            self.invariants.job_started(job, self._event())
        return answer

    def _put(self, url: str, body: bytes) -> int:
        """Take a reply, unless it is refused or lost."""
        fault = self.faults.take("PUT", self._event())
        self.loop.sleep(self.random.uniform(0.02, 0.1))
        if fault and fault.kind is Kind.DEATH and fault.when is When.BEFORE:
            self.loop.die()
        if fault and fault.when is When.BEFORE:
            return self._refused(fault.kind)
        scripted = self.refuse_replies(url)
        if scripted is not None:
            self.faults.struck["PUT: refused by the test"] += 1
        if isinstance(scripted, OSError):
            raise scripted
        status = scripted or self._receive(url, body)
        if fault and fault.kind is Kind.DEATH:
            self.loop.die()
        return self._refused(fault.kind) if fault else status

    def _receive(self, url: str, body: bytes) -> int:
        try:
            return self.requests.receive(url, body)
        except Exception:
            self.invariants.violated(traceback.format_exc())
            raise

    def _refused(self, kind: Kind) -> int:
        if kind is Kind.REFUSED:
            return 503
        raise ConnectionResetError("Connection reset by peer")

    def _exists(self, event: dict[str, Any]) -> bool:
        """Whether the stack that an event is for still has its function and its schedule group."""
        return event.get("StackId") not in {stack.stack_id for stack in self.stacks if stack.gone}

    def _provider_deleted(self, stack: Stack) -> None:
        """The stack's function and schedule group go last, the group with what is in it."""
        if not self.faults.struck and not self.function.repeated:
            for schedule in self.scheduler.of_stack(stack.stack_id):
                if schedule.name.endswith("-pending"):
                    continue  # of an upload that was told late; it finds that the import is gone
                self.violations.append(f"schedule {schedule.name} was left when the stack was deleted")
        self.scheduler.delete_group(stack.stack_id)

    # --- what must hold at the end

    def _left_behind(self) -> Iterator[str]:
        for stack in self.stacks:
            if not stack.settled:
                yield f"{stack.name} is {stack.status} for ever"
            own = [request for request in self.requests.sent if request.stack_id == stack.stack_id]
            deletes = [request for request in own if request.request_type == "Delete"]
            if not any(self.invariants.may_give_up(delete) for delete in deletes):
                yield from (f"{stack.name}: could not delete {refused}" for refused in stack.parts.refused_deletes)
            yield from self._wrong_data(stack)
        yield from (f"schedule {name} is left" for name in self.scheduler.schedules)
        open_ones = [request for request in self.requests.sent if request.state == "open"]
        yield from (f"request {request.request_id} is open" for request in open_ones)
        yield from (f"logged: {leak[:300]}" for leak in self.log.leaks)
        if not self.faults.struck:
            for invocation in self.function.invocations:
                if invocation.outcome == "raised":
                    yield f"invocation {invocation.number} raised: {invocation.log}"
            if not self.function.repeated:
                yield from self._late_ticks()

    def _late_ticks(self) -> Iterator[str]:
        """Schedules that went on although their request, or a newer one for the resource, was answered."""
        requests = {request.request_id: request for request in self.requests.sent}
        in_background = self.invariants.going_on
        for time, request_id in self.scheduler.ticked:
            request = requests.get(request_id)
            if request is None:
                continue  # of an import between deployments
            answered = [
                other.closed
                for other in self.invariants.requests_of(request)
                if other.state == "answered"
                and (other is request or (other.sent > request.sent and request.request_type != "Delete"))
            ]
            if request_id not in in_background and answered and time > min(answered) + TIDY_WITHIN:
                yield f"a schedule ticked at {time - START:.1f}, long after request {request_id} was answered"

    def _wrong_data(self, stack: Stack) -> Iterator[str]:
        """Imports that stand although their data is not in the dataset."""
        for name, resource in stack.resources.items():
            asked = resource.properties
            if resource.declared.kind != "import" or asked.get("WaitForCompletion") == "false":
                continue
            dataset = asked["DatasetArn"]
            if not stack.status.endswith("_COMPLETE") or self._was_told(name):
                continue
            if self._was_made_in_rollback(stack, dataset) and not self._was_asked(stack, name, dataset):
                continue
            held = contents(self.personalize.jobs_of(dataset), self.personalize.datasets.get(dataset), self.now)
            if spec_of(asked) not in held:
                yield f"{name} stands in {stack.status}, but the dataset holds {held}"

    def _was_made_in_rollback(self, stack: Stack, dataset: str) -> bool:
        made = self.personalize.datasets[dataset].created if dataset in self.personalize.datasets else 0.0
        return any(began <= made <= ended for began, ended in stack.rollbacks)

    def _was_asked(self, stack: Stack, name: str, dataset: str) -> bool:
        """Whether CloudFormation asked for an import since its dataset was made.

        It doesn't where the update failed after the dataset was replaced, and before the import was updated.
        """
        made = self.personalize.datasets[dataset].created
        own = [sent for sent in self.requests.sent if (sent.stack_id, sent.logical_id) == (stack.stack_id, name)]
        return any(sent.sent >= made and sent.request_type != "Delete" for sent in own)

    def _was_told(self, name: str) -> bool:
        """Whether a warning, or an event, says why the data of an import may not be in the dataset."""
        details = (detail for detail in self.events.details if detail["cause"] != "deployment")
        failed = any(detail["status"] == "FAILED" and detail["construct"] == name for detail in details)
        return failed or any(warning in line for _, line in self.log.lines for warning in WARNINGS)


@contextmanager
def simulated(seed: int = 1) -> Iterator[World]:
    """A world that answers the handler's calls for as long as the context lasts."""
    world = World(seed)
    environment = {"SCHEDULE_GROUP_NAME": GROUP, "SCHEDULE_ROLE_ARN": SCHEDULE_ROLE, "AWS_REGION": "us-east-1"}
    state = random.getstate()
    random.seed(seed)
    with ExitStack() as active:
        active.callback(random.setstate, state)
        active.enter_context(mock.patch.dict(os.environ, environment))
        active.enter_context(answered_by(world.wire, world.loop))
        active.callback(world.loop.close)
        yield world
