"""Builds the wheel and synthesises with it where there is nothing else: ``python -m tests.wheel_check``.

The wheel is installed into fresh virtual environments beside its declared dependencies only: with the newest
aws-cdk-lib, and with the oldest one that it declares. An app in another folder then synthesises without the network,
and its template and assets are compared with those of the checkout.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

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


def main() -> None:
    """Run the check; raise where something is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        wheel = _build(scratch / "dist")
        _check_content(wheel)
        checked_out = _synth(Path(sys.executable), scratch / "app", {"PYTHONPATH": str(ROOT / "constructs")})
        for name, pins in {"newest": [], "oldest": [_oldest_aws_cdk_lib()]}.items():
            python = _install(wheel, scratch / name / "venv", pins)
            installed = _synth(python, scratch / name / "app", {})
            _check_command(wheel, python, scratch / name / "app")
            version = _version(python)
            if version == _version(Path(sys.executable)):
                _compare(installed, checked_out)
            print(f"{wheel.name} works on its own, with aws-cdk-lib {version}")  # noqa: T201


def _build(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def _check_content(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    handler = "lambda/cdk_personalize_import_handler"
    for source in (
        "constructs/cdk_personalize_import",
        "constructs/personalize_csv",
        "constructs/personalize_import_cli",
        handler,
    ):
        for file in (ROOT / source).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix().removeprefix("constructs/")
            name = name.replace("lambda/", "cdk_personalize_import/_lambda/")
            if name not in names:
                raise SystemExit(f"{wheel.name} lacks {name}")
    for package in ("cdk_personalize_import", "personalize_csv", "personalize_import_cli"):
        if f"{package}/py.typed" not in names:
            raise SystemExit(f"{wheel.name} lacks the py.typed of {package}")
    tops = {name.split("/")[0] for name in names}
    strangers = {
        top
        for top in tops
        if not top.startswith(("cdk_personalize_import", "personalize_csv", "personalize_import_cli"))
    }
    if strangers:
        raise SystemExit(f"{wheel.name} holds {sorted(strangers)}")


def _oldest_aws_cdk_lib() -> str:
    """The requirement of the oldest aws-cdk-lib that pyproject.toml allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [declared] = [name for name in project["dependencies"] if name.startswith("aws-cdk-lib>=")]
    return str(declared).split(",")[0].replace(">=", "==")


def _install(wheel: Path, folder: Path, pins: list[str]) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", str(wheel), *pins], check=True)
    subprocess.run([*pip, "check"], check=True)
    return python


def _check_command(wheel: Path, python: Path, folder: Path) -> None:
    """Run the command without and with the extra that it needs."""
    command = [str(python.with_name("personalize-import")), "check", "items.csv"]
    command += ["--schema", str(ROOT / "data" / "schemas" / "items.json"), "--type", "items"]
    without = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if without.returncode != 2 or "pip install 'cdk-personalize-import[cli]'" not in without.stderr:
        raise SystemExit(f"personalize-import doesn't say what it needs: {without.stderr}")
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", f"{wheel}[cli]"], check=True)
    checked = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if checked.returncode != 1 or "missing-column" not in checked.stdout:
        raise SystemExit(f"personalize-import doesn't check: {checked.stdout}{checked.stderr}")


def _synth(python: Path, folder: Path, environment: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(APP, encoding="utf-8")
    (folder / "items.csv").write_text("ITEM_ID,GENRES\n1,a\n", encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
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
    code = "import importlib.metadata as found; print(found.version('aws-cdk-lib'))"
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def _compare(one: Path, other: Path) -> None:
    for name in ("Shop.template.json", "Shop.assets.json"):
        if (one / name).read_bytes() != (other / name).read_bytes():
            raise SystemExit(f"{name} of the wheel differs from that of the checkout")


if __name__ == "__main__":
    main()
