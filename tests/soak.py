"""Twenty thousand random histories: `make soak`. Prints what was run, what went wrong on purpose, and the violations.

A violation is told at once: the shortest history that shows it, its whole story, and the seed that finds it again.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHUNK = 500
ENOUGH = 5000
EVENTS = (
    "datasets replaced",
    "rollbacks that went on in the background",
    "imports that add to another",
    "imports that schedules asked for",
    "imports that uploads asked for",
    "requests for imports that came late",
    "requests for imports that came twice",
    "imports between deployments",
    "imports between deployments that followed another",
    "events that were refused",
    "events that were repeated",
)


def run_chunk(seed: int, histories: int) -> tuple[int, Counter[str], Counter[str], str]:
    """Run so many histories and return the seed, what was counted, the faults that struck, and the violation."""
    from hypothesis import HealthCheck, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test
    from simulator import histories as run

    run.counted.clear()
    run.struck.clear()
    chosen = settings(
        max_examples=histories,
        stateful_step_count=run.STEPS,
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    violation = ""
    try:
        run_state_machine_as_test(seeded(seed)(run.LifeCycle), settings=chosen)
    except Exception as error:
        violation = "\n".join([str(error), *getattr(error, "__notes__", [])])
    return seed, Counter(run.counted), Counter(run.struck), violation


def main() -> int:
    """Run the chunks on as many processes as asked for and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    arguments = parser.parse_args()
    began = time.monotonic()
    _see_sources()
    chunks = [(arguments.seed + n, CHUNK) for n in range(-(-arguments.histories // CHUNK))]
    counted: Counter[str] = Counter()
    struck: Counter[str] = Counter()
    violations = 0
    print(f"seed {arguments.seed}, {len(chunks)} chunks of {CHUNK} histories")
    with multiprocessing.get_context("spawn").Pool(arguments.processes, initializer=_see_sources) as pool:
        for seed, chunk_counted, chunk_struck, violation in pool.imap_unordered(_run, chunks):
            counted += chunk_counted
            struck += chunk_struck
            if violation:
                violations += 1
                print(f"\nviolation, found again by --seed {seed} --histories {CHUNK}:\n{violation}\n")
            so_far = f"{counted['histories']} histories, {violations} violations"
            print(f"  {so_far}, {time.monotonic() - began:.0f} s", flush=True)
    print(f"\nfaults injected: {struck.total()}")
    for fault, count in sorted(struck.items()):
        print(f"  {count:6} {fault}")
    for name, count in counted.items():
        print(f"{name}: {count}")
    print(f"violations: {violations}")
    missing = _missing(counted, struck) if counted["histories"] >= ENOUGH else []
    if missing:
        print(f"never happened: {', '.join(missing)}")
    return 1 if violations or missing else 0


def _missing(counted: Counter[str], struck: Counter[str]) -> list[str]:
    """What should have happened in so many histories, and did not."""
    from simulator.faults import Kind

    faults = [kind.value for kind in Kind if not any(kind.value in fault for fault in struck)]
    return [*faults, *(event for event in EVENTS if not counted[event])]


def _run(chunk: tuple[int, int]) -> tuple[int, Counter[str], Counter[str], str]:
    return run_chunk(*chunk)


def _see_sources() -> None:
    sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "lambda", "constructs")]


if __name__ == "__main__":
    sys.exit(main())
