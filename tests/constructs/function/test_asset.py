"""The function's code: what it holds, and that it is the same in every folder and on every machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shop import Shop

from cdk_personalize_import._function import asset as asset_module

ROOT = Path(__file__).parents[3]
APP = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from cdk_personalize_import import DatasetImportJob, DataSource

app = cdk.App(outdir="cdk.out")
stack = cdk.Stack(app, "Shop")
DatasetImportJob(
    stack,
    "Items",
    dataset_arn="arn:aws:personalize:eu-west-1:123456789012:dataset/shop/ITEMS",
    data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "items/"),
)
app.synth()
"""


def files(assembly: Path) -> dict[str, bytes]:
    [asset] = [found for found in assembly.glob("asset.*") if (found / "crhelper").is_dir()]
    return {str(file.relative_to(asset)): file.read_bytes() for file in sorted(asset.rglob("*")) if file.is_file()}


def test_it_holds_what_the_function_imports_and_nothing_else(shop: Shop) -> None:
    shop.job()
    found = files(Path(shop.app.synth().directory))
    assert {name.split("/")[0] for name in found} == {"cdk_personalize_import_handler", "crhelper", "personalize_csv"}
    assert {Path(name).suffix for name in found} == {".py"}
    sources = ROOT / "lambda"
    handler = {str(source.relative_to(sources)): source.read_bytes() for source in sources.rglob("*.py")}
    assert {name: found[name] for name in found if name.startswith("cdk_personalize_import_handler/")} == handler


def test_it_holds_the_handlers_folders_as_well(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    handler = package / "_lambda" / "cdk_personalize_import_handler"
    shutil.copytree(ROOT / "constructs" / "personalize_csv", tmp_path / "personalize_csv")
    (handler / "inner").mkdir(parents=True)
    for module in ("function.py", "inner/__init__.py", "inner/module.py"):
        (handler / module).write_text("")
    monkeypatch.setattr(asset_module, "_PACKAGE", package)
    shop.job()
    found = files(Path(shop.app.synth().directory))
    assert "cdk_personalize_import_handler/inner/module.py" in found


def test_the_handler_is_where_the_function_looks_for_it(shop: Shop) -> None:
    shop.job()
    assembly = Path(shop.app.synth().directory)
    [asset] = [found for found in assembly.glob("asset.*") if (found / "crhelper").is_dir()]
    module, _, function = shop.synth().properties("AWS::Lambda::Function")["Handler"].rpartition(".")
    code = f"import sys; sys.path.insert(0, {str(asset)!r}); import {module} as m; print(m.{function} and m.__file__)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd="/")
    assert ran.stdout.strip() == str(asset / Path(*module.split(".")).with_suffix(".py"))


def synth_elsewhere(folder: Path, umask: int, source: Path = ROOT) -> Path:
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(APP)
    environment = {**os.environ, "PYTHONPATH": str(source / "constructs"), "PYTHONHASHSEED": str(umask)}
    subprocess.run(
        [sys.executable, "app.py"], check=True, cwd=folder, env=environment, preexec_fn=lambda: os.umask(umask)
    )
    return folder / "cdk.out"


def test_two_folders_give_the_same_template_and_the_same_assets(tmp_path: Path) -> None:
    copy = tmp_path / "another" / "checkout"
    for part in ("constructs", "lambda"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("*.pyc"))
    # What other tools leave behind.
    cache = copy / "lambda" / "cdk_personalize_import_handler" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "stray.pyc").write_bytes(b"stray")
    (cache.parent / ".pytest_cache").mkdir()
    one = synth_elsewhere(tmp_path / "one", umask=0o022)
    two = synth_elsewhere(tmp_path / "two" / "deeper", umask=0o077, source=copy)
    for name in ("Shop.template.json", "Shop.assets.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert files(one) == files(two)
    assert json.loads((one / "Shop.assets.json").read_text())["files"]


def test_its_files_can_be_read_by_everybody(tmp_path: Path) -> None:
    assembly = synth_elsewhere(tmp_path / "app", umask=0o077)
    [asset] = [found for found in assembly.glob("asset.*") if (found / "crhelper").is_dir()]
    assert {file.stat().st_mode & 0o777 for file in asset.rglob("*.py")} == {0o644}


def test_synthesis_loads_no_aws_sdk(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        APP + "import sys\nprint(sorted({'boto3', 'botocore', 'crhelper'} & sys.modules.keys()))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "constructs")}
    ran = subprocess.run(
        [sys.executable, "app.py"], check=True, cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "[]"
    assert "Bundling" not in ran.stderr


@pytest.mark.parametrize("missing", ["handler", "crhelper", "files"])
def test_missing_code_is_a_clear_error(
    missing: str, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "handler":
        monkeypatch.setattr(asset_module, "_PACKAGE", tmp_path / "constructs" / "cdk_personalize_import")
    elif missing == "crhelper":
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    else:
        (tmp_path / "_lambda" / "cdk_personalize_import_handler").mkdir(parents=True)
        monkeypatch.setattr(asset_module, "_PACKAGE", tmp_path)
    with pytest.raises(FileNotFoundError, match="reinstall cdk-personalize-import"):
        shop.job()
