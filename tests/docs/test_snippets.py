"""Every block of Python in the pages is a file that runs."""

import re
from pathlib import Path

import pytest
from synthesis import ROOT, synthesise

PAGES = sorted((ROOT / "docs" / "pages").rglob("*.md"))
SNIPPETS = sorted((ROOT / "docs" / "snippets").glob("*.py"))
"""Those that are tests are run with all others: they are among the testpaths."""
# Made from signatures and from measurements.
GENERATED = {"reference/api.md", "how-it-works/figures.md"}
INCLUDED = re.compile(r'--8<-- "([^":]+)')
IMPORT = '"Custom::PersonalizeDatasetImportJob"'


def test_no_page_has_python_of_its_own() -> None:
    own = []
    for path in PAGES:
        for block in re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            if not INCLUDED.match(block) and path.relative_to(ROOT / "docs" / "pages").as_posix() not in GENERATED:
                own.append((path.name, block))
    assert own == []


def test_every_snippet_is_on_a_page_and_is_run() -> None:
    included = {name for path in PAGES for name in INCLUDED.findall(path.read_text(encoding="utf-8"))}
    assert {path.relative_to(ROOT).as_posix() for path in SNIPPETS} <= included
    run_elsewhere = {"app.py", "CONTRIBUTING.md", *(f"examples/{path.name}" for path in ROOT.glob("examples/*.py"))}
    assert [name for name in included if name.endswith(".py")] != []
    assert {name for name in included if not name.startswith("docs/")} <= run_elsewhere


def test_every_command_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md"]:
        used = set(re.findall(r"^(?:    )?make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert used <= targets, path.name


@pytest.mark.parametrize("path", [path for path in SNIPPETS if not path.name.startswith("test_")], ids=lambda p: p.stem)
def test_a_snippet_synthesises_an_import(path: Path, tmp_path: Path) -> None:
    [template] = synthesise(path, tmp_path).glob("*.template.json")
    assert IMPORT in template.read_text(encoding="utf-8")
