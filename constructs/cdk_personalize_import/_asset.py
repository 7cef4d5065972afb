"""The function's code: the handler, the data rules and crhelper, as one asset.

Only this module knows where they lie. Nothing is downloaded or compiled, no container is needed, and the same sources
give the same asset hash in every folder and on every machine.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

_REMEDY = "reinstall cdk-personalize-import"
_HANDLER = "cdk_personalize_import_handler"
_PACKAGE = Path(__file__).resolve().parent


def function_code(scope: Construct) -> lambda_.Code:
    """Return the code of the function.

    Args:
        scope: A construct of the app.

    Raises:
        FileNotFoundError: A part of the code is not where the distribution puts it.
    """
    return lambda_.Code.from_asset(collect(scope, {folder.name: _sources(folder) for folder in _folders()}))


def collect(scope: Construct, folders: Mapping[str, Sequence[Path]]) -> str:
    """Copy files into a folder of the cloud assembly, for an asset, and return its path.

    In the cloud assembly, and not in a temporary folder, they are still there when the CDK CLI runs with --no-staging.

    Args:
        scope: A construct of the app; each has one such folder.
        folders: The files of each folder of the asset, by the folder's path in it.
    """
    stage = cdk.Stage.of(scope)
    assert stage is not None
    root = Path(stage.asset_outdir, f"collected-{scope.node.addr}")
    shutil.rmtree(root, ignore_errors=True)
    for name, files in folders.items():
        folder = root / name
        folder.mkdir(parents=True)
        for file in files:
            copy = folder / file.name
            shutil.copyfile(file, copy)
            # Whatever the umask: what is deployed is read by other users.
            copy.chmod(0o644)
    return str(root)


def _folders() -> list[Path]:
    return [_handler_folder(), _PACKAGE.parent / "personalize_csv", _crhelper_folder()]


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
    sources = sorted(folder.glob("*.py"))
    if not sources:
        raise FileNotFoundError(f"no Python files in {folder}; {_REMEDY}")
    return sources
