"""Builds the wheel and uses it where the source isn't: ``python -m tests.wheel_check [PYTHON]``.

The wheel is installed into fresh virtual environments, of the named Python or of this one: with the newest aws-cdk-lib,
and with the oldest one that it declares. An app in another folder then synthesises without the network; with the
checkout's aws-cdk-lib its template and assets are compared with those of the checkout. At last the tests of the
construct are run against the installed wheel, from a folder that has tests and no source.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from locks.install import BIN, LOCKS, pip_configuration, uv_environment

ROOT = Path(__file__).resolve().parents[1]
# An audit hook keeps the app offline; where the system allows it, its Node process is kept offline as well.
APP = """
import sys

def offline(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(f"the network was used: {event} {arguments}")

sys.addaudithook(offline)

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App(outdir="cdk.out")
stack = cdk.Stack(app, "Shop")
arn = "arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS"
bucket = s3.Bucket(stack, "Bucket")
DatasetImportJob(stack, "Bucketful", dataset_arn=arn, data_source=DataSource.from_bucket(bucket, "items/"))
DatasetImportJob(stack, "Local", dataset_arn=arn, data_source=DataSource.from_local_path("items.csv"))
app.synth()
"""
SOURCES = ["constructs/cdk_personalize_import", "constructs/personalize_csv", "constructs/personalize_import_cli"]
HANDLER = "lambda/cdk_personalize_import_handler"
# What the construct's tests read beside themselves.
BESIDE = ["app.py", "cdk.json", "data", "docs", "examples", "pyproject.toml", "tests"]
# These look into folders of the checkout's source.
ABOUT_THE_SOURCE = [
    "--ignore=tests/constructs/test_pages.py",
    "--ignore=tests/constructs/function/test_asset.py",
    "--deselect=tests/personalize_csv/test_schema.py::test_the_package_needs_nothing_but_the_standard_library",
]
TESTS = ["tests/constructs", "tests/personalize_csv", "tests/test_examples.py", "tests/test_app.py"]


def main(python: str) -> None:
    """Run the check; raise where something is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        wheel = _build(scratch / "dist")
        _check_content(wheel)
        checked_out = _synth(Path(sys.executable), scratch / "app", {"PYTHONPATH": str(ROOT / "constructs")})
        for name, requirements in {
            "oldest": [str(wheel), _oldest_aws_cdk_lib()],
            "newest": [str(wheel)],
            "locked": ["--require-hashes", "--requirement", str(LOCKS / "dev.txt")],
        }.items():
            installed = _environment(python, scratch / name / "venv")
            _uv("pip", "install", "--python", installed, *requirements)
            if name == "locked":
                _uv("pip", "install", "--python", installed, "--no-deps", wheel)
            _uv("pip", "check", "--python", installed)
            assembly = _synth(installed, scratch / name / "app", {})
            if name == "newest":
                _check_command(wheel, installed, scratch / name / "app")
            print(f"{wheel.name} synthesises with {_version(installed)}", flush=True)  # noqa: T201
        _compare(assembly, checked_out)
        _test(installed, scratch / "tests")


def _build(folder: Path) -> Path:
    _uv("build", "--wheel", "--no-build-isolation", "--out-dir", folder, ROOT, "--python", sys.executable)
    [wheel] = folder.glob("*.whl")
    return wheel


def _check_content(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for source in (*SOURCES, HANDLER):
        for file in (ROOT / source).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix().removeprefix("constructs/")
            name = name.replace("lambda/", "cdk_personalize_import/_lambda/")
            if name not in names:
                raise SystemExit(f"{wheel.name} lacks {name}")
    for package in ("cdk_personalize_import", "personalize_csv", "personalize_import_cli"):
        if f"{package}/py.typed" not in names:
            raise SystemExit(f"{wheel.name} lacks the py.typed of {package}")
    tops = {name.split("/")[0] for name in names}
    strangers = {top for top in tops if not top.startswith(("cdk_personalize_import", "personalize_"))}
    if strangers:
        raise SystemExit(f"{wheel.name} holds {sorted(strangers)}")


def _oldest_aws_cdk_lib() -> str:
    """The requirement of the oldest aws-cdk-lib that pyproject.toml allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [declared] = [name for name in project["dependencies"] if name.startswith("aws-cdk-lib>=")]
    return str(declared).split(",")[0].replace(">=", "==")


def _environment(python: str, folder: Path) -> Path:
    _uv("venv", "--python", python, folder)
    return folder / "bin" / "python"


def _uv(*arguments: str | Path) -> None:
    command = [str(BIN / "uv"), *map(str, arguments), "--quiet"]
    environment = uv_environment(pip_configuration())
    environment.pop("VIRTUAL_ENV")
    subprocess.run(command, check=True, env=environment)


def _check_command(wheel: Path, python: Path, folder: Path) -> None:
    """Run the command without and with the extra that it needs."""
    command = [str(python.with_name("personalize-import")), "check", "items.csv"]
    command += ["--schema", str(ROOT / "data" / "schemas" / "items.json"), "--type", "items"]
    without = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if without.returncode != 2 or "pip install 'cdk-personalize-import[cli]'" not in without.stderr:
        raise SystemExit(f"personalize-import doesn't say what it needs: {without.stderr}")
    _uv("pip", "install", "--python", python, f"{wheel}[cli]")
    checked = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if checked.returncode != 1 or "missing-column" not in checked.stdout:
        raise SystemExit(f"personalize-import doesn't check: {checked.stdout}{checked.stderr}")


def _synth(python: Path, folder: Path, environment: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(APP, encoding="utf-8")
    (folder / "items.csv").write_text("ITEM_ID,GENRES\n1,a\n", encoding="utf-8")
    clean = _without_python_variables() | {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
    subprocess.run([*_offline(), str(python), "app.py"], check=True, cwd=folder, env={**clean, **environment})
    return folder / "cdk.out"


def _offline() -> list[str]:
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    command = [unshare, "--map-root-user", "--net"]
    allowed = subprocess.run([*command, "true"], check=False, capture_output=True)
    return command if allowed.returncode == 0 else []


def _version(python: Path) -> str:
    code = (
        "import sys, importlib.metadata as found;"
        "print('aws-cdk-lib', found.version('aws-cdk-lib'), 'in Python', sys.version.split()[0])"
    )
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _compare(one: Path, other: Path) -> None:
    for name in ("Shop.template.json", "Shop.assets.json"):
        if (one / name).read_bytes() != (other / name).read_bytes():
            raise SystemExit(f"{name} of the wheel differs from that of the checkout")


def _test(python: Path, folder: Path) -> None:
    """Run the construct's tests from a folder without the source."""
    folder.mkdir()
    for name in BESIDE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    # The CDK CLI's own files, the flags of a new app for one.
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    code = "import cdk_personalize_import; print(cdk_personalize_import.__path__[0])"
    command = [str(python), "-c", code]
    package = Path(subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout.strip())
    if not package.is_relative_to(python.parents[1]):
        raise SystemExit(f"the tests would import {package}")
    environment = _without_python_variables() | {"PYTHONPATH": str(package / "_lambda")}
    command = [str(python), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *TESTS, *ABOUT_THE_SOURCE]
    subprocess.run(command, check=True, cwd=folder, env=environment)


def _without_python_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
