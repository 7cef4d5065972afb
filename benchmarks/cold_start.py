"""Measures how long a function takes from a new process to its first answer, and the memory that it takes.

Each program of ``cold_starts/`` runs in fresh processes, from the folder that Lambda would get. As there, boto3 lies
compiled in the environment, and the function's own files are compiled at each start.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peer_functions import copy_crhelper_function
from benchmarks.report import Section, Table, Target
from benchmarks.templates import this_projects_asset
from benchmarks.waiting import Speeds

_HERE = Path(__file__).parent
_ROUNDS = 45
# What the target compares runs in every round, the rest in every third.
_RARE = 3
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIABENCHMARK",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_SESSION_TOKEN": "none",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "SCHEDULE_GROUP_NAME": "polls",
    "SCHEDULE_ROLE_ARN": "arn:aws:iam::111122223333:role/schedule",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True)
class Program:
    """A program that is started again and again.

    Attributes:
        name: What it stands for.
        arguments: Its file in ``cold_starts/`` and its arguments.
        folder: The folder of the function's code, None where it has none.
    """

    name: str
    arguments: tuple[str, ...]
    folder: Path | None = None


@dataclass(frozen=True)
class Start:
    """One process, or the medians of many.

    Attributes:
        cpu: CPU seconds, without those of a bare interpreter.
        memory: Peak memory, in MiB.
        to_client: CPU time in terms of boto3 with one client, in the same round.
        to_call: CPU time in terms of boto3 with one client and one call, in the same round.
        least: The least CPU time of all.
    """

    cpu: float
    memory: float
    to_client: float = 0.0
    to_call: float = 0.0
    least: float = 0.0


BARE, CLIENT, CALL, PROVIDER = "bare Python", "boto3 + one client", "boto3 + one client + one call", "Provider, Create"
OURS_NO_WAIT, OURS_WAIT = "this project, Create that doesn't wait", "this project, Create until its schedule is made"
OURS_UPDATE, OURS_DELETE = "this project, Update that changes nothing", "this project, Delete with nothing running"
OURS_PREFLIGHT = "this project, Create with a preflight of 20 files"
CRHELPER, CRHELPER_DELETE = "plain crhelper, Create until its rule is made", "plain crhelper, Delete"
_COMPARED = (BARE, CLIENT, CALL, OURS_NO_WAIT)


def programs(folder: Path) -> list[Program]:
    """Return the programs, with the functions' code below a folder."""
    ours, crhelper = this_projects_asset(folder / "ours"), folder / "crhelper"
    crhelper.mkdir()
    copy_crhelper_function(crhelper)
    provider = _HERE / "peers" / "provider_function"
    return [
        Program(BARE, ("bare.py",)),
        Program(CLIENT, ("client.py",)),
        Program(CALL, ("one_call.py",)),
        Program(OURS_NO_WAIT, ("this_project.py", "Create", "false", "false"), ours),
        Program(OURS_UPDATE, ("this_project.py", "Update", "false", "false"), ours),
        Program(OURS_DELETE, ("this_project.py", "Delete", "false", "false"), ours),
        Program(OURS_WAIT, ("this_project.py", "Create", "true", "false"), ours),
        Program(OURS_PREFLIGHT, ("preflight.py", "Create", "false", "true"), ours),
        Program(PROVIDER, ("provider.py",), provider),
        Program(CRHELPER_DELETE, ("crhelper_plain.py", "Delete"), crhelper),
        Program(CRHELPER, ("crhelper_plain.py", "Create"), crhelper),
    ]


def start(program: Program) -> Start:
    """Run a program once, in a fresh process."""
    cpu, memory = _run(program, *program.arguments).split()
    return Start(float(cpu), int(memory) / 1024)


def _run(program: Program, file: str, *arguments: str) -> bytes:
    """Run a file of ``cold_starts/`` where the program's function lies; return its output."""
    programs_folder = _HERE / "cold_starts"
    command = [sys.executable, str(programs_folder / "run.py"), str(programs_folder / file), *arguments]
    environment = _ENVIRONMENT | {"PATH": os.environ["PATH"], "PYTHONPATH": str(program.folder or "")}
    done = subprocess.run(command, cwd=program.folder or _HERE, env=environment, capture_output=True, check=False)
    if done.returncode:
        print(done.stderr.decode(), file=sys.stderr)
        done.check_returncode()
    return done.stdout


def medians(rounds: int = _ROUNDS) -> dict[str, Start]:
    """Return each program's medians over interleaved rounds; the ratios are medians of each round's."""
    with tempfile.TemporaryDirectory() as folder:
        all_programs = programs(Path(folder))
        for program in all_programs:
            start(program)  # boto3's files are read once, as in an environment that Lambda has at hand
        starts: dict[str, list[Start]] = {program.name: [] for program in all_programs}
        for number in range(rounds):
            some = [one for one in all_programs if number % _RARE == 0 or one.name in _COMPARED]
            this_round = {program.name: start(program) for program in some}
            cpu = {name: one.cpu - this_round[BARE].cpu for name, one in this_round.items()}
            for name, one in this_round.items():
                ratios = cpu[name] / cpu[CLIENT], cpu[name] / cpu[CALL]
                starts[name].append(Start(cpu[name], one.memory, *ratios))

    return {
        name: Start(
            statistics.median(run.cpu for run in runs),
            statistics.median(run.memory for run in runs),
            statistics.median(run.to_client for run in runs),
            statistics.median(run.to_call for run in runs),
            min(run.cpu for run in runs),
        )
        for name, runs in starts.items()
    }


def speeds(starts: dict[str, Start]) -> Speeds:
    """Return what the simulation of waiting needs to know, measured in warm processes as well."""
    with tempfile.TemporaryDirectory() as folder:
        by_name = {program.name: program for program in programs(Path(folder))}
        warm = [_warm(by_name[name]) for name in (OURS_WAIT, CRHELPER)]
    return Speeds(
        ours=starts[OURS_WAIT].cpu,
        provider=starts[PROVIDER].cpu,
        crhelper=starts[CRHELPER].cpu,
        **(warm[0] | warm[1]),
    )


def _warm(program: Program) -> dict[str, float]:
    output = _run(program, "warm.py").splitlines()[0]
    figures: dict[str, float] = json.loads(output)
    return figures


def section(starts: dict[str, Start]) -> Section:
    """Return the table and the target."""
    rows = [
        [name, f"{run.cpu * 1000:.0f}", f"{run.to_client:.2f}", f"{run.to_call:.2f}", f"{run.memory:.0f}"]
        for name, run in starts.items()
    ]
    ours = starts[OURS_NO_WAIT]
    least = ours.least / starts[CLIENT].least
    return Section(
        "Cold start",
        [
            Table(
                "From a new process to the first answer",
                ("", "CPU, ms", "to boto3 + client", "to boto3 + client + one call", "peak memory, MiB"),
                rows,
                f"Medians over fresh processes in {_ROUNDS} or {_ROUNDS // _RARE} interleaved rounds; calls are "
                "answered without a network.",
            )
        ],
        [
            Target(
                "cold start to first reply",
                "within 5% of boto3 plus one client",
                f"{ours.to_client - 1:+.0%} (the fastest starts: {least - 1:+.0%})",
                ours.to_client <= 1.05,
            )
        ],
    )
