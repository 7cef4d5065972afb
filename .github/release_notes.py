"""Prints the changelog's entry of a tag, or refuses: ``python .github/release_notes.py v0.1.0``.

A release is refused whose tag isn't the version of pyproject.toml, or which the changelog says nothing about.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def notes(tag: str, root: Path = ROOT) -> str:
    """Return the entry of a tag.

    Args:
        tag: The tag, ``v`` and the version.
        root: The folder with pyproject.toml and CHANGELOG.md.

    Raises:
        SystemExit: The tag isn't the project's version, or the changelog has no entry for it, or an empty one.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if tag != f"v{version}":
        raise SystemExit(f"the tag {tag} is not v{version}, the version in pyproject.toml")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    entry = re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d\n(.*?)(?=^## |\Z)", changelog, re.M | re.S)
    if not entry or not entry[1].strip():
        raise SystemExit(f"CHANGELOG.md has no entry '## [{version}] - <date>' that says something")
    return entry[1].strip()


if __name__ == "__main__":
    print(notes(sys.argv[1]))  # noqa: T201 - this is what it is for
