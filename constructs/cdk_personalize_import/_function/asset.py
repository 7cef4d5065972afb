"""The function's code: the handler, the data rules and crhelper, as one asset.

Only this module knows where they lie. Nothing is downloaded or compiled, no container is needed, and the same sources
give the same asset hash in every folder and on every machine.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_personalize_import._template.assembly_folder import collect

_REMEDY = "reinstall cdk-personalize-import"
_HANDLER = "cdk_personalize_import_handler"
_PACKAGE = Path(__file__).resolve().parents[1]


def function_code(scope: Construct) -> lambda_.Code:
    """Return the code of the function.

    Args:
        scope: A construct of the app.

    Raises:
        FileNotFoundError: A part of the code is not where the distribution puts it.
    """
    return lambda_.Code.from_asset(collect(scope, _files()))


def _files() -> dict[str, Path]:
    """Return the files of the code by their paths in the asset."""
    roots = (_handler_folder(), _PACKAGE.parent / "personalize_csv", _crhelper_folder())
    return {file.relative_to(root.parent).as_posix(): file for root in roots for file in _sources(root)}


def _handler_folder() -> Path:
    installed = _PACKAGE / "_lambda" / _HANDLER
    checked_out = _PACKAGE.parents[1] / "lambda" / _HANDLER
    for folder in (installed, checked_out):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the function's code is neither in {installed} nor in {checked_out}; {_REMEDY}")


def _crhelper_folder() -> Path:
    # Found, not imported: importing it would load boto3, which synth has no need of.
    spec = importlib.util.find_spec("crhelper")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package crhelper is not installed; {_REMEDY}")
    return Path(spec.submodule_search_locations[0])


def _sources(folder: Path) -> list[Path]:
    sources = sorted(folder.rglob("*.py"))
    if not sources:
        raise FileNotFoundError(f"no Python files in {folder}; {_REMEDY}")
    return sources
