"""Measures how soon the end of an import is seen and what waiting for it costs, by simulation in virtual time."""

from __future__ import annotations

import logging
import math
import random
import statistics
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from benchmarks import waiting_crhelper, waiting_ours, waiting_provider
from benchmarks.report import Section, Table, Target
from benchmarks.waiting import Conditions, Speeds, Wait

_RUNS = {6: 300, 20: 300, 40: 300, 180: 150}
_RUNS_OF_COMPARED = 2000
_RUNS_OF_OTHER_CONDITIONS = 200
MINUTES = tuple(_RUNS)
_EARLIER = 5
# By how much jobs differ from what they usually take.
_SPREAD = 0.1

OURS, OURS_FIRST = "this project", "this project, first import"
PROVIDER, CRHELPER_1, CRHELPER_2 = "Provider, 5 s", "plain crhelper, 1 minute", "plain crhelper, 2 minutes"
_WAITS: dict[str, Callable[[Conditions, random.Random], Wait]] = {
    OURS: waiting_ours.wait,
    OURS_FIRST: lambda conditions, chance: waiting_ours.wait(replace(conditions, earlier=()), chance),
    PROVIDER: waiting_provider.wait,
    CRHELPER_1: lambda conditions, chance: waiting_crhelper.wait(conditions, chance, 1),
    CRHELPER_2: lambda conditions, chance: waiting_crhelper.wait(conditions, chance, 2),
}


@dataclass(frozen=True)
class Figures:
    """Many waits.

    Attributes:
        latencies: Seconds between the job's end and the reply, in ascending order; empty where no reply came in time.
        usd: Mean cost of an import.
        invocations: Mean number of invocations of Lambda functions.
        transitions: Mean number of state transitions.
    """

    latencies: tuple[float, ...]
    usd: float
    invocations: float
    transitions: float

    @property
    def mean(self) -> float:
        """The mean latency."""
        return statistics.mean(self.latencies)

    @property
    def error(self) -> float:
        """The standard error of the mean."""
        return statistics.stdev(self.latencies) / math.sqrt(len(self.latencies))

    @property
    def p95(self) -> float:
        """The latency that 95 of 100 imports stay under."""
        return self.latencies[int(len(self.latencies) * 0.95)]


def simulate(
    wait: Callable[[Conditions, random.Random], Wait], runs: int, conditions: Callable[[random.Random], Conditions]
) -> Figures:
    """Wait many times; the same seeds for everybody."""
    with _quiet():
        waits = []
        for seed in range(runs):
            chance = random.Random(seed)
            waits.append(wait(conditions(chance), chance))
    return Figures(
        latencies=tuple(sorted(one.latency for one in waits if one.latency is not None)),
        usd=statistics.mean(one.bill.usd for one in waits),
        invocations=statistics.mean(one.bill.invocations for one in waits),
        transitions=statistics.mean(one.bill.transitions for one in waits),
    )


def some_import(
    minutes: float, speeds: Speeds, *, spread: float = _SPREAD, earlier: int = _EARLIER, jitter: float = 5.0
) -> Callable[[random.Random], Conditions]:
    """Return what makes an import of about these minutes, with earlier ones of about the same."""

    def make(chance: random.Random) -> Conditions:
        durations = [minutes * 60 * chance.uniform(1 - spread, 1 + spread) for _ in range(earlier + 1)]
        return Conditions(durations[0], tuple(durations[1:]), jitter, speeds)

    return make


def _of_name_and_minutes(case: tuple[str, int, Speeds]) -> Figures:
    name, minutes, speeds = case
    runs = _RUNS_OF_COMPARED if minutes == 40 and name in (OURS, PROVIDER) else _RUNS[minutes]
    return simulate(_WAITS[name], runs, some_import(minutes, speeds))


def measure(speeds: Speeds) -> tuple[Section, dict[str, Figures]]:
    """Return the section, and the figures of the 40-minute import."""
    cases = [(name, minutes) for name in _WAITS for minutes in MINUTES]
    with ProcessPoolExecutor(2) as pool:
        results = pool.map(_of_name_and_minutes, [(*case, speeds) for case in cases])
        figures = dict(zip(cases, results, strict=True))
    columns = ("", *(f"{minutes} minutes" for minutes in MINUTES))
    unknown = ["unpublished"] * len(MINUTES), ["0"] * len(MINUTES)
    never = ["never waits"] * len(MINUTES), ["one short invocation"] * len(MINUTES)
    latency = Table(
        "Seconds until the end of an import is seen: mean / 95% / max",
        columns,
        [
            *([name, *(_seconds(figures[name, minutes]) for minutes in MINUTES)] for name in _WAITS),
            ["CfnDataset (CloudFormation polls)", *unknown[0]],
            ["AwsCustomResource", *never[0]],
        ],
        f"Jobs take the given minutes ±{_SPREAD:.0%}; this project learns from {_EARLIER} earlier ones, but for the "
        "first import of a dataset. Provider and a single custom resource give up after an hour.",
    )
    cost = Table(
        "USD for one import",
        columns,
        [
            *([name, *(_usd(figures[name, minutes]) for minutes in MINUTES)] for name in _WAITS),
            ["CfnDataset (CloudFormation polls)", *unknown[1]],
            ["AwsCustomResource", *never[1]],
        ],
        "Where nothing was seen in time, what it costs until then in parentheses.",
    )
    forty = {name: figures[name, 40] for name in _WAITS}
    return Section(
        "Waiting for an import",
        [latency, cost, _invocations(forty), _sensitivity(speeds)],
        _targets(forty),
    ), forty


def _targets(forty: dict[str, Figures]) -> list[Target]:
    ours, first, provider = forty[OURS], forty[OURS_FIRST], forty[PROVIDER]
    return [
        Target(
            "mean detection latency, 40-minute job, with earlier jobs to learn from",
            "at or under Provider's (5 s interval)",
            f"{ours.mean:.2f} ± {ours.error:.2f} s, Provider's {provider.mean:.2f} ± {provider.error:.2f} s",
            # Both look every five seconds at the end: they are alike to within what chance makes of it.
            ours.mean - provider.mean <= 2 * math.hypot(ours.error, provider.error),
        ),
        Target("mean detection latency with no history", "under 10 s", f"{first.mean:.1f} s", first.mean < 10),
        Target(
            "cost of waiting for that job, with history",
            "at most a tenth of Provider's",
            f"{ours.usd / provider.usd:.1%}",
            ours.usd <= provider.usd / 10,
        ),
        Target(
            "the same without history",
            "at most a third of Provider's",
            f"{first.usd / provider.usd:.1%}",
            first.usd <= provider.usd / 3,
        ),
    ]


def _invocations(forty: dict[str, Figures]) -> Table:
    rows = [
        [name, f"{figures.invocations:.0f}", f"{figures.transitions:.0f}", f"{figures.usd:.6f}"]
        for name, figures in forty.items()
    ]
    return Table("One 40-minute import", ("", "invocations", "state transitions", "USD"), rows)


def _other_conditions(speeds: Speeds) -> dict[str, Callable[[random.Random], Conditions]]:
    def wild(chance: random.Random) -> Conditions:
        return Conditions(2400, tuple(chance.uniform(360, 10800) for _ in range(10)), 5.0, speeds)

    return {
        "as above": some_import(40, speeds),
        "±5%": some_import(40, speeds, spread=0.05),
        "±20%": some_import(40, speeds, spread=0.2),
        "one earlier job": some_import(40, speeds, earlier=1),
        "one earlier job, ±20%": some_import(40, speeds, earlier=1, spread=0.2),
        "ten earlier jobs, 6 minutes to 3 hours": wild,
        "ticks on the second": some_import(40, speeds, jitter=0.0),
        "ticks up to half a minute late": some_import(40, speeds, jitter=30.0),
        "ticks anywhere in their minute": some_import(40, speeds, jitter=60.0),
        "first import, ticks anywhere in their minute": some_import(40, speeds, earlier=0, jitter=60.0),
    }


def _of_other_conditions(case: tuple[str, Speeds]) -> Figures:
    name, speeds = case
    return simulate(waiting_ours.wait, _RUNS_OF_OTHER_CONDITIONS, _other_conditions(speeds)[name])


def _sensitivity(speeds: Speeds) -> Table:
    """Return how this project fares when jobs differ more, or ticks come later, than expected."""
    names = list(_other_conditions(speeds))
    with ProcessPoolExecutor(2) as pool:
        figures = dict(zip(names, pool.map(_of_other_conditions, [(name, speeds) for name in names]), strict=True))
    rows = [[name, _seconds(case), f"{case.usd:.6f}"] for name, case in figures.items()]
    return Table(
        "This project under other conditions, one 40-minute import",
        ("", "seconds: mean / 95% / max", "USD"),
        rows,
        "As above is: five earlier jobs, ±10%, ticks up to 5 s late. EventBridge Scheduler promises no more than that "
        "a tick comes within its minute.",
    )


def _seconds(figures: Figures) -> str:
    if not figures.latencies:
        return "gives up"
    return f"{figures.mean:.1f} / {figures.p95:.1f} / {figures.latencies[-1]:.1f}"


def _usd(figures: Figures) -> str:
    return f"{figures.usd:.6f}" if figures.latencies else f"({figures.usd:.6f})"


@contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
