"""The page that lists the resource types is as the embedded AWS is."""

import importlib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_of_resource_types_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    made = importlib.import_module("embedded_types_page").page()
    page = DOCS / "pages" / "reference" / "embedded-resource-types.md"
    assert page.read_text(encoding="utf-8") == made, "run: make docs"
