"""Random histories: deploys, updates, rollbacks and deletes, while everything that can go wrong does."""

from collections import Counter
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from simulator.faults import Fault, Kind, When
from simulator.fresh_data import FreshData
from simulator.personalize import Outcome
from simulator.stack import Stack
from simulator.template import Declared
from simulator.templates import an_import, dataset_arn, other
from simulator.world import simulated

DEPLOYABLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
DELETABLE = (*DEPLOYABLE, "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")
OPERATIONS = (
    "ListDatasetImportJobs",
    "CreateDatasetImportJob",
    "DescribeDataset",
    "DescribeStacks",
    "DescribeStackResource",
    "DescribeDatasetImportJob",
    "PutEvents",
    "CreateSchedule",
    "UpdateSchedule",
    "GetSchedule",
    "DeleteSchedule",
    "PUT",
    "SLEEP",
    "*",
)
FAULTS = st.builds(
    Fault,
    operation=st.sampled_from(OPERATIONS),
    kind=st.sampled_from(Kind),
    when=st.sampled_from(When),
    skip=st.integers(0, 30),
    times=st.integers(1, 3),
)
MOST_FAULTS = 10
# Lambda repeats an event twice: of three deaths of one first invocation nobody recovers.
MOST_DEATHS = 2
STEPS = 12
# Greater numbers hypothesis also takes from whatever modules are loaded, so that the histories would differ with them.
MOST_SEEDS = 99
LONGEST = 4000.0
SECONDS_BETWEEN_DEPLOYS = 10.0

# Over all histories of this process, for the report.
counted: Counter[str] = Counter()
struck: Counter[str] = Counter()


class LifeCycle(RuleBasedStateMachine):
    """One account, one stack after the other, and time that passes between what happens."""

    def __init__(self) -> None:
        super().__init__()
        self._active = ExitStack()
        self._faults = 0
        self._deaths = 0
        self._version = 0
        self._schema = "v1"

    @initialize(
        seed=st.integers(0, MOST_SEEDS),
        order=st.sampled_from(["newest", "oldest", "shuffled"]),
        list_lag=st.sampled_from([0.0, 0.0, 3.0]),
        quota_first=st.booleans(),
        jitter=st.sampled_from([1.0, 20.0, 59.0]),
        own_dataset=st.booleans(),
        failed_id_wins=st.booleans(),
        siblings=st.booleans(),
        adds=st.booleans(),
        fresh=st.booleans(),
        trouble=st.lists(FAULTS, max_size=3),
    )
    def begin(
        self,
        seed: int,
        order: str,
        list_lag: float,
        quota_first: bool,
        jitter: float,
        own_dataset: bool,
        failed_id_wins: bool,
        siblings: bool,
        adds: bool,
        fresh: bool,
        trouble: list[Fault],
    ) -> None:
        self.world = self._active.enter_context(simulated(seed))
        self.world.personalize.order = order
        self.world.personalize.list_lag = list_lag
        self.world.personalize.quota_first = quota_first
        self.world.scheduler.jitter = jitter
        self.world.personalize.next_outcome = lambda request: Outcome(duration=100.0)
        self._own_dataset = own_dataset
        self._failed_id_wins = failed_id_wins
        self._siblings = siblings
        self._adds = adds and siblings
        self._is_fresh = fresh
        self.fresh = FreshData(self.world)
        self._new_stack()
        if fresh:
            # Nothing is due before the first deployment is complete.
            self.deploy(
                [1, 1], timeout=3600, wait=True, interval=10, mode="FULL", moved=False, sibling=None, schema="v1"
            )
            self.world.settle(self.stack)
        for fault in trouble:
            self._plan(fault)

    def _new_stack(self) -> None:
        self.stack: Stack = self.world.stack()
        self.stack.parts.failed_id_wins = self._failed_id_wins

    # --- what people do

    @rule(
        versions=st.lists(st.integers(0, 3), min_size=2, max_size=2),
        timeout=st.sampled_from([3600, 3600, 3600, 600, 150, 4000]),
        wait=st.sampled_from([True, True, True, False]),
        interval=st.sampled_from([10, 60, 150]),
        mode=st.sampled_from(["FULL", "FULL", "INCREMENTAL"]),
        moved=st.sampled_from([False, False, True]),
        sibling=st.sampled_from([None, None, 1.0, 30.0, 100.0, 400.0]),
        schema=st.sampled_from(["v1", "v1", "v2"]),
    )
    def deploy(
        self,
        versions: list[int],
        timeout: int,
        wait: bool,
        interval: int,
        mode: str,
        moved: bool,
        sibling: float | None,
        schema: str,
    ) -> None:
        """Deploy none, one or two imports, each in one of three versions, beside something that may fail."""
        self._settle()
        self.world.run(SECONDS_BETWEEN_DEPLOYS)
        if self.stack.status not in ("", *DEPLOYABLE):
            self.start_anew()
        self._version += 1
        self.fresh.note(self.stack)
        between: dict[str, Any] = {"SendEvents": True, "DueImports": True} if self._is_fresh else {}
        if mode == "FULL":
            self._schema = schema
        template: dict[str, Declared] = {"Other": other(takes=1)}
        for name, version in zip(("A", "B") if self._siblings else ("A",), versions, strict=False):
            adds = self._adds and name == "B" and "A" in template
            if version and (adds or not self._adds or name == "A"):
                template |= an_import(
                    name,
                    timeout=timeout,
                    dataset=self._dataset("A" if adds else name),
                    own_dataset=self._own_dataset and not adds,
                    definition=self._schema if self._own_dataset else "",
                    adds_to=last_link(template, "A") if adds else "",
                    DataVersion=str(version),
                    DataLocation=f"s3://training-data/{name.lower()}/{'moved/' if moved else ''}",
                    **between,
                    WaitForCompletion=wait,
                    PollInterval=interval,
                    ImportMode="INCREMENTAL" if adds else mode if self._has_data(name) and not self._adds else "FULL",
                )
                counted["imports that add to another"] += adds
        if sibling is not None and self._siblings:
            template["Other"] = other(takes=15 + sibling, fails=True, version=self._version)
        self.world.begin(template, self.stack)

    def _has_data(self, name: str) -> bool:
        jobs = self.world.personalize.jobs_of(dataset_arn(self._dataset(name)))
        return any(job.active(self.world.now) for job in jobs)

    def _dataset(self, name: str) -> str:
        return f"{name}-of-{self.stack.name}"

    def _settle(self) -> None:
        """Let the operation under way come to its end, also when that needs the user once more."""
        self.world.settle(self.stack)
        for _ in range(2):
            if self.stack.status == "UPDATE_ROLLBACK_FAILED":
                if self.stack.parts.refused_replacements:
                    self.world.run(LONGEST)
                self.world.personalize.next_outcome = lambda request: Outcome(duration=100.0)
                self.stack.continue_rollback()
                self.world.settle(self.stack)

    def start_anew(self) -> None:
        """Delete the stack if it is still there, and begin another."""
        if self.stack.status in DELETABLE:
            self.stack.delete()
            self.world.settle(self.stack)
        self._new_stack()

    @precondition(lambda self: self._siblings and not self.stack.settled)
    @rule()
    def another_resource_fails(self) -> None:
        self.stack.fail()

    @precondition(lambda self: self.stack.status in DELETABLE)
    @rule()
    def delete(self) -> None:
        self.stack.delete()

    @rule(seconds=st.sampled_from([0.1, 1.0, 15.2, 16.0, 60.0, 100.0, 300.0, 1000.0, 4000.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.run(seconds)

    # --- what happens between deployments

    @precondition(lambda self: self._is_fresh)
    @rule(
        name=st.sampled_from(["A", "A", "B"]),
        cause=st.sampled_from(["schedule", "upload"]),
        late=st.sampled_from([0.0, 0.0, 1.0, 70.0, 700.0, 4000.0]),
        again=st.sampled_from([None, None, 0.05, 2.0, 90.0, 4000.0]),
        number=st.sampled_from([1, 1, 3]),
        spacing=st.sampled_from([0.3, 30.0, 200.0]),
        mode=st.sampled_from([None, None, None, "INCREMENTAL"]),
    )
    def data_is_due(
        self, name: str, cause: str, late: float, again: float | None, number: int, spacing: float, mode: str | None
    ) -> None:
        """Schedules ask for imports, and uploads do: late, repeated, several in a row, or the latest first."""
        for _ in range(number):
            if not self.fresh.can_ask(self.stack, name):
                self.world.settle(self.stack)
            if not self.fresh.can_ask(self.stack, name):
                return
            self.fresh.ask(self.stack, name, cause, late, again, mode if cause == "schedule" else None)
            counted[f"imports that {cause}s asked for"] += 1
            counted["requests for imports that came late"] += late > 0
            counted["requests for imports that came twice"] += again is not None
            self.world.run(spacing)
            late = max(0.0, late - 2 * spacing)  # the next one overtakes it

    @precondition(lambda self: self._is_fresh)
    @rule(seconds=st.sampled_from([30.0, 600.0]))
    def events_are_refused(self, seconds: float) -> None:
        self.world.events.refused_until = self.world.now + seconds

    # --- how jobs go

    @rule(
        duration=st.sampled_from([1.0, 30.0, 100.0, 200.0, 400.0, 1000.0, 3500.0]),
        fails=st.sampled_from([False, False, True]),
    )
    def next_jobs(self, duration: float, fails: bool) -> None:
        if not fails:
            duration = max(duration, 30.0)  # Only a failure can be over before the job is listed.
        outcome = Outcome(duration, min(20.0, duration / 2), "broken data" if fails else None)
        self.world.personalize.next_outcome = lambda request: outcome

    @rule(number=st.integers(1, 5), duration=st.sampled_from([50.0, 200.0, 800.0]))
    def others_use_the_quota(self, number: int, duration: float) -> None:
        for _ in range(min(number, 5 - len(self.world.personalize.running()))):
            self.world.foreign_job(duration=duration)

    # --- what goes wrong

    @precondition(lambda self: self._faults < MOST_FAULTS)
    @rule(fault=FAULTS)
    def calls_will_fail(self, fault: Fault) -> None:
        """Calls fail, or the function dies in them."""
        self._plan(fault)

    def _plan(self, fault: Fault) -> None:
        self._faults += fault.times
        if fault.kind is Kind.DEATH:
            fault.times = min(fault.times, MOST_DEATHS - self._deaths)
            self._deaths += fault.times
        if fault.times:
            self.world.faults.plan(fault)

    @rule(
        refused=st.sampled_from([0.0, 10.0, 60.0]),
        twice=st.sampled_from([None, 0.0, 0.05, 0.3, 2.0]),
        lost=st.sampled_from([1000, 2, 3]),
    )
    def delivery_is_bad(self, refused: float, twice: float | None, lost: int) -> None:
        """Replies are refused for a while, events come twice, ticks get lost."""
        until = self.world.now + refused
        self.world.refuse_replies = lambda url: 503 if self.world.now < until else None
        self.world.function.duplicates = lambda event: twice
        self.world.scheduler.lose = lambda schedule: schedule.ticks % lost == 0

    # --- the end

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self._end()
        finally:
            self._active.close()

    def _end(self) -> None:
        world = self.world
        self._settle()
        world.finish(self.fresh.problems() if self._is_fresh else ())
        counted["histories"] += 1
        counted["requests"] += len(world.requests.sent)
        counted["jobs"] += len(world.jobs())
        counted["invocations"] += len(world.function.invocations)
        counted["API calls"] += len(world.wire.calls)
        counted["datasets replaced"] += sum(stack.parts.replaced_datasets for stack in world.stacks)
        counted["rollbacks that went on in the background"] += len(world.invariants.going_on)
        due = self.fresh.due_jobs()
        counted["imports between deployments"] += len(due)
        counted["imports between deployments that followed another"] += len(
            [job for job in due if job.mode == "INCREMENTAL" and "pending" in str(job.request_id)]
        )
        counted["events that were refused"] += world.events.refused
        counted["events of ends"] += len(world.events.details)
        counted["events that were repeated"] += len(world.events.details) - len(
            {detail["id"] for detail in world.events.details}
        )
        struck.update(world.faults.struck)


def last_link(template: dict[str, Declared], name: str) -> str:
    """The logical id of the resource that ends the wait of an import."""
    return max((link for link in template if link == name or link.startswith(f"{name}Wait")), key=len)
