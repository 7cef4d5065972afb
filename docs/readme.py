"""Fills README's blocks with the files that they name: README is read where nothing can be pulled in by reference."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_BLOCK = re.compile(r"(<!-- begin: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
_LANGUAGES = {".py": "python", ".txt": "console"}


def page() -> str:
    """Return README with its blocks filled."""

    def fill(match: re.Match[str]) -> str:
        path = ROOT / match[2]
        text = path.read_text(encoding="utf-8").rstrip()
        return f"{match[1]}```{_LANGUAGES[path.suffix]}\n{text}\n```\n{match[3]}"

    return _BLOCK.sub(fill, (ROOT / "README.md").read_text(encoding="utf-8"))
