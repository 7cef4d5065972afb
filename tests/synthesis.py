"""Synthesises an app's script within the process of the tests, which saves starting Python and the CDK each time."""

import functools
import json
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

ROOT = Path(__file__).parents[1]
CONTEXT: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]


def synthesise(script: Path, outdir: Path, **context: str) -> Path:
    """Run an app's script and return the folder of its cloud assembly.

    Args:
        script: The script; it calls ``synth`` itself.
        outdir: The folder to write the cloud assembly to.
        **context: What ``-c`` gives on the command line.
    """
    with _app(functools.partial(cdk.App, outdir=str(outdir), context=CONTEXT | context)):
        runpy.run_path(str(script))
    return outdir


def synthesise_together(scripts: list[Path], outdir: Path, **context: str) -> Path:
    """Run the scripts of several apps as if they were one app, and return the folder of its cloud assembly."""
    app = cdk.App(outdir=str(outdir), context=CONTEXT | context)
    synth = app.synth
    # Each script synthesises its app at its end; here only the last one may.
    app.synth = lambda: None  # type: ignore[method-assign,assignment,misc]
    with _app(lambda: app):
        for script in scripts:
            runpy.run_path(str(script))
    synth()
    return outdir


def template(assembly: Path, stack: str) -> Template:
    """Return the template of a stack in a cloud assembly."""
    return Template.from_json(json.loads((assembly / f"{stack}.template.json").read_text(encoding="utf-8")))


@contextmanager
def _app(replacement: Any) -> Iterator[None]:
    original = cdk.App
    cdk.App = replacement  # type: ignore[misc]
    try:
        yield
    finally:
        cdk.App = original  # type: ignore[misc]
