"""The event by which an import tells its end, held against its documented schema."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_PAGES = Path(__file__).parents[1] / "docs" / "pages"
SCHEMA: dict[str, Any] = json.loads(
    (_PAGES / "reference" / "dataset-import-job-finished.json").read_text(encoding="utf-8")
)
_VALIDATOR = Draft202012Validator(SCHEMA)


def faults(event: dict[str, Any]) -> list[str]:
    """Return what about an event isn't as the schema says, and members that it doesn't describe."""
    described = SCHEMA["properties"]["detail"]["properties"].keys()
    unknown = [f"detail.{name} isn't described" for name in event["detail"].keys() - described]
    return unknown + [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(event)]
