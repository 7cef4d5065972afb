"""Verdicts on data, kept from one synthesis to the next, so that data which hasn't changed isn't checked again.

They lie in the user's cache folder, a small file each, and can be deleted at any time. The environment variable
`CDK_PERSONALIZE_IMPORT_NO_CACHE`, set to anything, does without.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

import personalize_csv

NO_CACHE = "CDK_PERSONALIZE_IMPORT_NO_CACHE"
MOST_KEPT = 200


@dataclass(frozen=True)
class Verdict:
    """What the rules say about the data of an import, in sentences.

    Attributes:
        errors: What is certain to make the import fail.
        warnings: What may.
    """

    errors: list[str]
    warnings: list[str]


def key(*parts: str) -> str:
    """Return the key of a verdict: of all that it depends on, and of the rules themselves."""
    return hashlib.sha256("\0".join((_rules(), *parts)).encode()).hexdigest()


@functools.cache
def _rules() -> str:
    digest = hashlib.sha256()
    for file in sorted(Path(personalize_csv.__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def kept(key: str) -> Verdict | None:
    """Return a verdict of an earlier synthesis; None if there is none that can be read."""
    if os.environ.get(NO_CACHE):
        return None
    try:
        content = json.loads(_path(key).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("key") != key:
        return None
    texts = [content.get("errors"), content.get("warnings")]
    if not all(isinstance(each, list) and all(isinstance(text, str) for text in each) for each in texts):
        return None
    return Verdict(content["errors"], content["warnings"])


def keep(key: str, verdict: Verdict) -> None:
    """Keep a verdict, and at most `MOST_KEPT` of them; where that isn't possible, the data is checked again."""
    if os.environ.get(NO_CACHE):
        return
    path = _path(key)
    with contextlib.suppress(OSError):
        # Messages quote the data: nobody else reads them.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".new", delete=False) as new:
            json.dump({"key": key, **asdict(verdict)}, new)
        Path(new.name).replace(path)
        for old in sorted(path.parent.iterdir(), key=lambda file: file.stat().st_mtime)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


def _path(key: str) -> Path:
    return platformdirs.user_cache_path("cdk-personalize-import", appauthor=False) / "verdicts" / f"{key}.json"
