"""The hook for pre-commit runs the command that the package installs, with what its extra installs."""

import tomllib
from typing import Any

import pytest
from synthesis import ROOT


def test_the_hook_is_the_command_with_its_extra() -> None:
    yaml: Any = pytest.importorskip("yaml")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    command, check = hook["entry"].split()
    assert command in project["scripts"]
    assert check == "check"
    assert sorted(hook["additional_dependencies"]) == sorted(project["optional-dependencies"]["cli"])
