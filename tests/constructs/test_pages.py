"""The pages that are made from the code are as the code is."""

import importlib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "path"), [("permissions", "permissions.md"), ("api", "reference/api.md")])
def test_a_page_is_current(name: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "api":
        pytest.importorskip("griffe")
    monkeypatch.syspath_prepend(str(DOCS))
    made = importlib.import_module(f"{name}_page").page()
    assert (DOCS / "pages" / path).read_text(encoding="utf-8") == made, "run: make docs"


@pytest.mark.parametrize("name", ["check", "watch"])
def test_a_picture_is_current_and_whole_by_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    made: str = getattr(importlib.import_module("terminal_pictures"), name)()
    assert (DOCS / "pages" / "guides" / f"{name}.svg").read_text(encoding="utf-8") == made, "run: make docs"
    assert "url(http" not in made


def test_readme_shows_the_files_that_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    made = importlib.import_module("readme").page()
    assert (DOCS.parent / "README.md").read_text(encoding="utf-8") == made, "run: make docs"
    assert made.count("<!-- begin: ") == 2


def test_every_statement_needs_a_reason_and_every_reason_a_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    page = importlib.import_module("permissions_page")
    monkeypatch.setitem(page._REASONS["The key's policy"], "Unneeded", "for nothing")
    with pytest.raises(ValueError, match=r"reasons without a statement.*Unneeded"):
        page.page()
    monkeypatch.delitem(page._REASONS["The key's policy"], "Unneeded")
    monkeypatch.delitem(page._REASONS["The function's role"], "WriteLogs")
    with pytest.raises(ValueError, match="'WriteLogs' has no reason"):
        page.page()
