"""Prints the Python versions of pyproject.toml's classifiers as JSON, for the matrix of a workflow."""

import json
import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def versions() -> list[str]:
    """Return the versions, such as 3.13."""
    classifiers = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["classifiers"]
    found = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", name) for name in classifiers]
    return [match[1] for match in found if match]


if __name__ == "__main__":
    print(json.dumps(versions()))  # noqa: T201 - this is what it is for
