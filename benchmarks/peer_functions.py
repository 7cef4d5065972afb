"""The peers' function code, loaded from the folders that their apps deploy."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

_PEERS = Path(__file__).parent / "peers"


def provider_function(personalize: Any) -> Any:
    """Return the Provider's user functions, over this client."""
    module = _loaded("provider_function", "")
    module.personalize = personalize  # type: ignore[attr-defined]
    return module


def crhelper_function(personalize: Any, polling_minutes: int) -> Any:
    """Return the crhelper resource, over this client."""
    module = _loaded("crhelper_function", str(polling_minutes))
    module.personalize = personalize  # type: ignore[attr-defined]
    return module


def copy_crhelper_function(target: Path) -> Path:
    """Write the crhelper function with crhelper beside it, as ``pip install --target`` does, and return its folder."""
    spec = importlib.util.find_spec("crhelper")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    crhelper = Path(spec.submodule_search_locations[0])
    shutil.copytree(crhelper, target / "crhelper", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(_PEERS / "crhelper_function" / "import_data.py", target)
    return target


@functools.cache
def _loaded(folder: str, polling_minutes: str) -> ModuleType:
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    os.environ.setdefault("AWS_REGION", "us-east-1")
    os.environ["POLLING_MINUTES"] = polling_minutes or "2"
    spec = importlib.util.spec_from_file_location(f"benchmarks_{folder}", _PEERS / folder / "import_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
