"""What the workflows ask the repository: which Pythons there are, and what is new in a version."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
from synthesis import ROOT

WORKFLOWS = ROOT / ".github"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(WORKFLOWS))


@pytest.fixture
def release() -> Any:
    return importlib.import_module("release_notes")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    return tmp_path


def test_the_matrix_has_the_versions_of_the_classifiers() -> None:
    versions = importlib.import_module("python_versions").versions()
    assert versions[0] == "3.11"
    assert versions == sorted(versions, key=lambda version: int(version.split(".")[1]))


def test_the_notes_are_the_changelog_s_entry(release: Any, project: Path) -> None:
    (project / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-26\n\n### Added\n\n- This.\n\n## [1.1.0] - 2026-01-01\n"
    )
    assert release.notes("v1.2.0", project) == "### Added\n\n- This."


@pytest.mark.parametrize(
    ("tag", "changelog", "reason"),
    [
        ("v1.2.1", "## [1.2.1] - 2026-11-26\n\n- This.\n", "v1.2.0, the version in pyproject"),
        ("v1.2.0", "## [Unreleased]\n\n- This.\n", "no entry"),
        ("v1.2.0", "## [1.2.0]\n\n- This.\n", "no entry"),
        ("v1.2.0", "## [1.2.0] - 2026-11-26\n\n## [1.1.0] - 2026-01-01\n\n- That.\n", "no entry"),
    ],
)
def test_a_release_is_refused(release: Any, project: Path, tag: str, changelog: str, reason: str) -> None:
    (project / "CHANGELOG.md").write_text(changelog)
    with pytest.raises(SystemExit, match=reason):
        release.notes(tag, project)


def test_every_action_is_pinned_by_hash() -> None:
    for path in (WORKFLOWS / "workflows").glob("*.yml"):
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), f"{path.name}: {action}"
