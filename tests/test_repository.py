"""What holds for the repository as a whole: what its folders may hold, and that it gives the same everywhere."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import constructs
import pytest

import cdk_personalize_import

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
TRACKED = [
    Path(name)
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
PYTHON = [path for path in TRACKED if path.suffix == ".py"]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_no_package_hides_another() -> None:
    """A package named constructs or tests.constructs would hide PyPI's, on which the CDK itself depends."""
    assert not (ROOT / "constructs" / "__init__.py").exists()
    assert not [str(path) for path in PYTHON if path.parts[0] == "tests" and path.name == "__init__.py"]
    assert constructs.__file__ is not None
    assert "site-packages" in Path(constructs.__file__).parts


def test_no_file_names_a_registry() -> None:
    hosts = ["pypi." + "org", "pythonhosted." + "org", "registry." + "npmjs", "registry." + "yarnpkg", "npm." + "pkg."]
    assert [
        (str(path), host) for path in TRACKED for host in hosts if host.encode() in (ROOT / path).read_bytes()
    ] == []


def test_the_repository_s_address_is_in_one_place() -> None:
    placeholder = b"/OWN" + b"ER/"
    named = [str(path) for path in TRACKED if placeholder in (ROOT / path).read_bytes()]
    assert named == ["pyproject.toml"]


@pytest.mark.parametrize("lock", ["package-lock.json", "locks/dev.txt", "locks/uv.txt", ".npmrc"])
def test_lock_files_leave_the_registry_open(lock: str) -> None:
    assert "://" not in re.sub(r'"(url|homepage)": "[^"]*"', "", text(Path(lock)))


def test_documents_and_examples_import_from_the_top_of_the_package_only() -> None:
    statement = re.compile(r"^\s*(?:from|import) (cdk_personalize_import[\w.]*)(?: import ([\w, ]+))?", re.MULTILINE)
    found = [
        (str(path), module, names)
        for path in TRACKED
        if path.suffix == ".md" or path.name == "app.py" or (path.parts[0] == "examples" and path.suffix == ".py")
        for module, names in statement.findall(text(path))
    ]
    assert {"README.md", "app.py"} < {path for path, _, _ in found}
    for path, module, names in found:
        assert module == "cdk_personalize_import", path
        assert set(names.split(", ")) <= set(cdk_personalize_import.__all__), path


def test_every_file_under_tests_is_collected_or_imported() -> None:
    """A test file without the test_ prefix would never run, and nobody would notice."""
    files = [path.relative_to("tests") for path in PYTHON if path.parts[0] == "tests"]
    imported: set[str] = set()
    for path in files:
        for node in ast.walk(ast.parse(text("tests" / path))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    commands = text(Path("Makefile"))
    for path in files:
        module = ".".join(path.with_suffix("").parts)
        assert (
            path.name.startswith("test_")
            or path.name == "conftest.py"
            or module in imported
            or f"-m tests.{module}" in commands
            or path.parts[:2] == ("end_to_end", "apps")
        ), f"tests/{path} is neither a test nor imported by one"


def test_no_two_tests_of_a_file_have_the_same_name() -> None:
    for path in PYTHON:
        if path.parts[0] == "tests":
            for node in ast.walk(ast.parse(text(path))):
                if isinstance(node, ast.Module | ast.ClassDef):
                    names = [child.name for child in node.body if isinstance(child, ast.FunctionDef)]
                    assert len(names) == len(set(names)), path


@pytest.fixture(scope="module")
def two_assemblies(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The cloud assemblies of two copies of the repository, in folders of different depth and with other file modes."""
    processes = []
    assemblies = []
    for name in ("copy", "another/copy"):
        folder = tmp_path_factory.mktemp("synth") / name
        for path in TRACKED:
            if path.parts[0] in ("app.py", "cdk.json", "constructs", "data", "lambda"):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / path, folder / path)
                (folder / path).chmod(0o644 if name == "copy" else 0o600)
        # A stray cache must not change the asset.
        cache = folder / "lambda" / "cdk_personalize_import_handler" / "__pycache__"
        cache.mkdir()
        (cache / f"{len(name)}.pyc").write_bytes(name.encode())
        # No credentials and no region: synthesis asks AWS nothing.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ["HOME"],
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PYTHONPATH": str(folder / "constructs"),
            "CDK_OUTDIR": str(folder / "cdk.out"),
            "CDK_CONTEXT_JSON": json.dumps(json.loads(text(Path("cdk.json")))["context"]),
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        }
        command = [sys.executable, "-B", "app.py"]
        processes.append(subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True))
        assemblies.append(folder / "cdk.out")
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    return assemblies


def test_synthesis_gives_the_same_in_every_folder(two_assemblies: list[Path]) -> None:
    first, second = (
        {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
        for folder in two_assemblies
    )
    assert list(first) == list(second)
    assert "PersonalizeImport.template.json" in first
    assert [name for name in first if first[name] != second[name]] == []


def test_the_function_s_code_is_the_handler_the_data_rules_and_crhelper(two_assemblies: list[Path]) -> None:
    [handler] = two_assemblies[0].glob("asset.*/cdk_personalize_import_handler")
    asset = handler.parent
    assert sorted(path.name for path in asset.iterdir()) == [
        "cdk_personalize_import_handler",
        "crhelper",
        "personalize_csv",
    ]
    assert {path.suffix for path in asset.rglob("*") if path.is_file()} == {".py"}
