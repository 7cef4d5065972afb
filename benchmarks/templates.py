"""Measures templates, assets and synth time: each app in a process of its own, for every number of imports."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median

from benchmarks.creation_chain import longest_chain
from benchmarks.report import Section, Table, Target

EMPTY = "empty"
DATASETS = "datasets"
STACK = "Imports"
PEERS = {
    "this_project": "this project",
    "native": "CfnDataset",
    "aws_custom_resource": "AwsCustomResource",
    "provider": "Provider",
    "crhelper_plain": "plain crhelper",
}
IMPORTS = (1, 10, 50, 100)
_MANY = 300
"""So many that what a run compiles and collects once is little beside what the imports take."""

_ROUNDS = 2
# The apps that a target compares run more often: two runs of the same app differ by more than the apps do.
_COMPARED = [
    (peer, imports, made)
    for imports in (IMPORTS[0], _MANY)
    for peer, made in (*product(("this_project", "provider"), ("", DATASETS)), (EMPTY, DATASETS))
]
_MORE_ROUNDS = 6
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Synth:
    """What one run of an app made.

    Attributes:
        resources: Number of resources in the template.
        template_bytes: Size of the template without the spaces that make it readable.
        asset_bytes: Size of the assets that a deployment uploads, as zip files.
        cpu: CPU seconds of the app and of the CDK's Node process.
        chain: Number of resources that are made one after the other, at most.
    """

    resources: int
    template_bytes: int
    asset_bytes: int
    cpu: float
    chain: int


def measure() -> Section:
    """Synthesise every app, in interleaved rounds."""
    one_round = [(EMPTY, 0, ""), *((peer, imports, "") for imports in (*IMPORTS, _MANY) for peer in PEERS)]
    runs: dict[tuple[str, int, str], list[Synth]] = defaultdict(list)
    # One app at a time: two that share the machine's caches take more CPU time.
    for app in one_round * _ROUNDS + _COMPARED * _MORE_ROUNDS:
        runs[app].append(synthesise(*app))
    empty = runs[EMPTY, 0, ""][0]

    def cpu(peer: str, imports: int) -> float:
        # The least of all rounds: what else the machine does only adds to it.
        return min(run.cpu for run in runs[peer, imports, ""])

    empty_cpu = cpu(EMPTY, 0)

    def resources(peer: str, imports: int) -> int:
        return runs[peer, imports, ""][0].resources - empty.resources

    def per_import(peer: str, made: str = "") -> float:
        rounds = zip(runs[peer, IMPORTS[0], made], runs[peer, _MANY, made], strict=True)
        return median(many.cpu - one.cpu for one, many in rounds) / (_MANY - IMPORTS[0])

    columns = ("", *(f"N = {imports}" for imports in IMPORTS))

    def by_imports(title: str, cell: str, note: str = "") -> Table:
        return Table(title, columns, [[name, *cells(peer, cell)] for peer, name in PEERS.items()], note)

    def cells(peer: str, cell: str) -> list[str]:
        values = {
            "resources": lambda n: f"{resources(peer, n)}",
            "bytes": lambda n: f"{runs[peer, n, ''][0].template_bytes:,}",
            "cpu": lambda n: f"{cpu(peer, n) / empty_cpu:.2f}",
        }
        return [values[cell](imports) for imports in IMPORTS]

    ours, provider = resources("this_project", 1), resources("provider", 1)
    further = (resources("this_project", IMPORTS[-1]) - ours) / (IMPORTS[-1] - 1)
    our_cpu, provider_cpu = per_import("this_project"), per_import("provider")
    datasets_cpu = per_import(EMPTY, DATASETS)
    our_whole, provider_whole = (per_import(peer, DATASETS) - datasets_cpu for peer in ("this_project", "provider"))
    return Section(
        "Template, asset and synth time",
        [
            by_imports("Resources that N imports add to a stack", "resources", _RESOURCES_NOTE),
            by_imports("Bytes of the template", "bytes"),
            by_imports("CPU time of the synth, in terms of an app without imports", "cpu"),
            Table(
                "Synth time and assets",
                ("", "CPU per further import, ms", "assets, bytes of zip files", "resources made one after the other"),
                [
                    [name, f"{per_import(peer) * 1000:.1f}", f"{first.asset_bytes:,}", f"{first.chain}"]
                    for peer, name in PEERS.items()
                    for first in runs[peer, 1, ""][:1]
                ],
                f"Between one import and {_MANY}: medians of {_ROUNDS} rounds, {_ROUNDS + _MORE_ROUNDS} for this "
                f"project and Provider; an app without imports takes {empty_cpu:.1f} s of CPU.",
            ),
        ],
        [
            Target(
                "template resources for one import",
                "a third of Provider's",
                f"{ours} of {provider}: {ours / provider:.0%}",
                ours / provider <= 1 / 3,
            ),
            Target("template resources per further import", "at most 3", f"{further:.1f}", further <= 3),
            Target(
                "resources made one after the other on a first deployment, the import included",
                "at most 3",
                f"{runs['this_project', 1, ''][0].chain}, Provider's {runs['provider', 1, ''][0].chain}",
                runs["this_project", 1, ""][0].chain <= 3,
            ),
            _synth_time("synth time per further import", our_cpu, provider_cpu),
            _synth_time("the same into a dataset of the app, the dataset's own left out", our_whole, provider_whole),
        ],
    )


def _synth_time(figure: str, ours: float, providers: float) -> Target:
    return Target(
        figure,
        "at most 0.8 of Provider's",
        f"{ours / providers:.2f}: {ours * 1000:.1f} ms, Provider's {providers * 1000:.1f} ms",
        ours <= 0.8 * providers,
    )


_RESOURCES_NOTE = (
    "The bucket with the data is not counted, its policy is. Every function has a log group that lets events expire; "
    "the three functions of Provider's framework share one."
)


def synthesise(peer: str, imports: int, made: str = "") -> Synth:
    """Run one app in a fresh process."""
    with tempfile.TemporaryDirectory() as temporary:
        assembly = Path(temporary)
        usage = _run(_command(peer, imports, assembly, made))
        template = json.loads((assembly / f"{STACK}.template.json").read_text(encoding="utf-8"))
        return Synth(
            resources=len(template["Resources"]),
            template_bytes=len(json.dumps(template, separators=(",", ":"))),
            asset_bytes=sum(zipped(asset) for asset in _assets(assembly) if asset.is_dir()),
            cpu=usage.ru_utime + usage.ru_stime,
            chain=longest_chain(template["Resources"]),
        )


def this_projects_asset(folder: Path) -> Path:
    """Synthesise one import of this project's into a folder and return the folder of its function's code."""
    _run(_command("this_project", 1, folder))
    return next(asset for asset in _assets(folder) if asset.is_dir())


def _command(peer: str, imports: int, assembly: Path, made: str = "") -> list[str]:
    return [sys.executable, "-m", "benchmarks.app", peer, str(imports), str(assembly), made]


def _run(command: list[str]) -> resource.struct_rusage:
    # Node lies beside the interpreter.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(
            command, cwd=_ROOT, env=os.environ | {"PATH": path}, stdout=output, stderr=subprocess.STDOUT
        ) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            print(output.read().decode(), file=sys.stderr)
            raise subprocess.CalledProcessError(process.returncode, command)
    return usage


def _assets(assembly: Path) -> list[Path]:
    """Return what a deployment uploads."""
    manifest = json.loads((assembly / f"{STACK}.assets.json").read_text(encoding="utf-8"))
    return [assembly / file["source"]["path"] for file in manifest["files"].values()]


def zipped(folder: Path) -> int:
    """Return the size of a folder as a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder))
    return buffer.tell()
