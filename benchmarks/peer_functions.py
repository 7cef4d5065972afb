"""The peers' function code, loaded from the folders that their apps deploy."""

from __future__ import annotations

import functools
import importlib.util
import os
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
